"""What makes a reply unusable before anybody reads it: a prompt that was cut, white space for ever.

Invariant: a reply that is refused here raises one of `agent.llm.faults`; the others are untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from agent.llm.faults import ContextOverflowError, InvalidOutputError

P = TypeVar("P")
MOST_BLANKS = 200  # white space in a row, in JSON, at which a model has lost its way
LONGEST_TOKEN = 32  # characters; far more than a token has on the average of any text
_LEAST_TOKENS = 1 / 12  # tokens a character of running text; below, the server has cut the prompt


def check_whole(messages: Sequence[tuple[str, str]], tokens: int | None) -> None:
    """Some servers cut a long prompt and say nothing; the tokens that they count tell."""
    characters = sum(len(" ".join(text.split())) for _, text in messages)
    if tokens is not None and tokens < characters * _LEAST_TOKENS:
        raise ContextOverflowError(f"the server read {tokens} tokens of {characters} characters")


def tokens_read(reply: Mapping[str, Any]) -> int | None:
    """The tokens of the prompt as the server counts them; None where it does not tell."""
    usage = reply.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else None


def first_logprobs(reply: Mapping[str, Any]) -> Any:
    """The ``logprobs.content`` of a chat completion, unread; None where there is none."""
    try:
        return reply["choices"][0]["logprobs"]["content"]
    except (KeyError, IndexError, TypeError):
        return None


def checked(value: P, check: Callable[[P], str] | None) -> P:
    """The value, if `check` finds nothing to say against it."""
    if check is not None and (wrong := check(value)):
        raise InvalidOutputError(wrong)
    return value


def without_blanks(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, as long as there is more in them than white space."""
    blanks = 0
    for piece in pieces:
        blanks = len(piece) - len(piece.rstrip()) if piece.strip() else blanks + len(piece)
        if blanks > MOST_BLANKS:
            raise InvalidOutputError("the model writes nothing but white space")
        yield piece


def within_tokens(pieces: Iterator[P], size: Callable[[P], int], most_tokens: int) -> Iterator[P]:
    """The pieces, as long as they can be of so many tokens. A server that knows no limit, or sends
    the same for ever, keeps every time limit between two pieces."""
    left = most_tokens * LONGEST_TOKEN
    for piece in pieces:
        left -= max(1, size(piece))  # an empty one is one too
        if left < 0:
            raise InvalidOutputError("the reply goes on beyond its limit of tokens")
        yield piece
