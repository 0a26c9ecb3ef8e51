"""What makes a reply unusable before anybody reads it: a prompt that was cut, white space for ever.

Invariant: a reply that is refused here raises one of `agent.llm.faults`; the others are untouched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.llm.faults import ContextOverflowError, InvalidOutputError

MOST_BLANKS = 200  # white space in a row, in JSON, at which a model has lost its way
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


def without_blanks(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, as long as there is more in them than white space."""
    blanks = 0
    for piece in pieces:
        blanks = len(piece) - len(piece.rstrip()) if piece.strip() else blanks + len(piece)
        if blanks > MOST_BLANKS:
            raise InvalidOutputError("the model writes nothing but white space")
        yield piece
