"""What can go wrong between a request and a usable reply, and which of it is worth another try.

Invariant: whatever the client libraries raise becomes one of the four kinds here, so that no fault
of a server can look like a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from corpus.schema import GreenroomError

_OVERFLOW = re.compile(
    r"maximum (?:context|model|input|sequence) length|context (?:length|window|size)|"
    r"too (?:long|many tokens)|exceeds? .{0,40}(?:context|tokens)|input is longer",
    re.I,
)
_SHOWN = 200  # characters of a server's own message
_BUSY = 429
_NOT_SERVED = frozenset({404, 405, 501})
_BAD_REQUEST = frozenset({400, 413, 422})
_PASSING = frozenset({408, 409, 425, 500, 502, 503, 504, 529})


class ModelUnavailableError(GreenroomError):
    """The model that was asked for cannot be used here; the message says what to do."""

    exit_code = 4


class NotServedError(ModelUnavailableError):
    """The server has nothing at the path that was asked for."""


class PassingError(Exception):
    """Something that may be gone at the next try. `counts`: it says that the server is ill.

    `wait` is the time in seconds that the server asked for, if it did.
    """

    def __init__(self, reason: str, *, counts: bool = True, wait: float | None = None) -> None:
        super().__init__(reason)
        self.counts = counts
        self.wait = wait


class InvalidOutputError(Exception):
    """The model answered, and the answer cannot be used."""


class ContextOverflowError(Exception):
    """The prompt is longer than the model can read."""


@contextmanager
def translated(model: str) -> Iterator[None]:
    """Turn what `openai`, `httpx` and LangChain raise into the kinds above."""
    import httpx
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        wait = seconds_asked(error.response.headers.get("retry-after"))
        raise of_status(error.status_code, error.message, model, wait) from error
    except openai.APITimeoutError as error:
        raise PassingError("no reply within the time limit") from error
    except openai.APIConnectionError as error:
        raise PassingError(f"no connection ({error.__cause__ or error})") from error
    except openai.LengthFinishReasonError as error:
        raise InvalidOutputError("the reply was cut at its token limit") from error
    except (openai.APIError, httpx.HTTPError) as error:
        raise PassingError(f"the connection broke ({error})") from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # LangChain reads a reply without checking its shape; each of these is a reply of none.
        raise InvalidOutputError(f"the reply has no usable shape ({_short(str(error))})") from error


def of_status(status: int, message: str, model: str, wait: float | None = None) -> Exception:
    """The fault behind an HTTP status that is not 200."""
    said = _short(message)
    if status in _BAD_REQUEST and _OVERFLOW.search(message):
        return ContextOverflowError(said)
    if status == _BUSY:
        return PassingError("the server has too much to do (429)", counts=False, wait=wait)
    if status in _PASSING:
        return PassingError(f"the server answers {status}: {said}", wait=wait)
    if status in (401, 403):
        return ModelUnavailableError(
            f"the model server refuses the key ({status}); set GREENROOM_LLM_API_KEY"
        )
    if status == 404 and "model" in message.lower():
        return ModelUnavailableError(
            f"the model server has no model {model!r} ({said}); set GREENROOM_LLM_MODEL"
        )
    if status in _NOT_SERVED:
        return NotServedError(
            f"the server has nothing at this path ({status}: {said}); check GREENROOM_LLM_URL, "
            "which ends in /v1"
        )
    if status in _BAD_REQUEST:
        return InvalidOutputError(f"the server refuses the request ({status}): {said}")
    return ModelUnavailableError(
        f"the model server answers {status}: {said}; see its log, or `greenroom doctor`"
    )


def seconds_asked(value: str | None) -> float | None:
    """The seconds of a ``Retry-After`` header; a date is left to our own waiting times."""
    try:
        return None if value is None else max(0.0, float(value))
    except ValueError:
        return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + " …"
