"""One request in JSON over a plain connection, and its reply.

A client that builds and checks objects for every reply costs several milliseconds of the processor;
a mark needs one token. Invariant: what is returned is a JSON object that came with status 200; all
else raises one of `agent.llm.faults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from agent.llm.faults import InvalidOutputError, PassingError, of_status, seconds_asked

if TYPE_CHECKING:
    import httpx


def exchange(
    client: httpx.Client,
    method: Literal["GET", "POST"],
    url: str,
    model: str,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What the server replies; `model` is named where it has none of that name.

    Raises `PassingError`, `InvalidOutputError`, `ContextOverflowError`, `ModelUnavailableError`,
    and RuntimeError where the client was closed.
    """
    import httpx

    try:
        reply = client.request(method, url, json=body)
    except httpx.ConnectTimeout as error:
        raise PassingError(f"no connection ({error})") from error
    except httpx.TimeoutException as error:
        raise PassingError("no reply within the time limit") from error
    except httpx.HTTPError as error:
        raise PassingError(f"no connection ({error})") from error
    if reply.status_code != 200:
        wait = seconds_asked(reply.headers.get("retry-after"))
        raise of_status(reply.status_code, _message(reply), model, wait)
    try:
        found = reply.json()
    except (ValueError, RecursionError) as error:
        raise InvalidOutputError("the reply is no JSON") from error
    if not isinstance(found, dict) or found.get("error"):
        raise InvalidOutputError("the reply is no object of the expected kind")
    return found


def _message(reply: httpx.Response) -> str:
    """What a server says of an error, in OpenAI's form or any other."""
    try:
        return str(reply.json()["error"]["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return reply.text
