"""The words a verdict is asked for in, and how their probabilities are read from a reply.

Invariant: probabilities come in the order of `agent.judge.VERDICTS`, lie in [0, 1] and sum to 1; a
reply that says something else than a label is refused, not interpreted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from agent.grades import Verdict
from agent.judge import VERDICTS
from agent.llm.faults import InvalidOutputError

Probabilities = tuple[float, float, float, float]

# "contradicted" begins like "covered", and a tokenizer may cut both at "co". These begin with four
# different letters, so their first tokens differ under any tokenizer.
LABEL: Mapping[Verdict, str] = {
    "covered": "covered",
    "partial": "partial",
    "missing": "missing",
    "contradicted": "opposite",
}
LABELS: tuple[str, ...] = tuple(LABEL[v] for v in VERDICTS)
TOP_LOGPROBS = 20  # the most that vLLM and OpenAI give; enough for every way to cut four words
LEAST_MASS = 0.5  # of the probability, on labels, where nothing forces the reply to be one
_HUGE = 2**63
_JUNK = " \t\n▁Ġ\"'`*"  # what tokenizers and models put before a word


def read_logprobs(content: Any, *, constrained: bool) -> Probabilities:
    """The labels' probabilities from the ``logprobs.content`` of a chat completion.

    A token counts for the label that it begins. Where the server was not made to choose
    (`constrained` false), at least `LEAST_MASS` must lie on labels. A label that is not told of
    gets its part of what is left: a server that tells of one token alone makes nobody sure.
    Raises `InvalidOutputError`.
    """
    told = {token: math.exp(logprob) for token, logprob in _first_tokens(content)}
    mass = dict.fromkeys(LABELS, 0.0)
    for token, probability in told.items():
        label = label_begun_by(token)
        if label is not None:
            mass[label] += probability
    total = sum(mass.values())
    if total <= 0.0 or (not constrained and total < LEAST_MASS):
        raise InvalidOutputError("the reply is none of the labels")
    untold = [label for label in LABELS if mass[label] == 0.0]
    for label in untold:
        mass[label] = min(max(0.0, 1.0 - sum(told.values())) / len(untold), min(told.values()))
    return normalised([mass[label] for label in LABELS])


def read_decision(answer: Any) -> Probabilities:
    """The labels' probabilities from one answer of ``/v1/systemone``. Raises
    `InvalidOutputError`."""
    given = answer.get("probabilities") if isinstance(answer, dict) else None
    if not isinstance(given, dict) or set(given) != set(LABELS):
        raise InvalidOutputError("the decision does not name the labels")
    return normalised([given[label] for label in LABELS])


def label_begun_by(token: str) -> str | None:
    """The one label that starts with this token (or that the token starts with)."""
    word = token.strip(_JUNK).lower()
    if not word:
        return None
    found = [x for x in LABELS if x.startswith(word) or word.startswith(x)]
    return found[0] if len(found) == 1 else None


def normalised(values: Sequence[Any]) -> Probabilities:
    """Four non-negative numbers as shares of their sum. Raises `InvalidOutputError` for others."""
    if not all(map(_is_number, values)):
        raise InvalidOutputError("a probability is no number")
    total = math.fsum(values)
    if not math.isfinite(total) or total <= 0.0 or min(values) < 0.0:
        raise InvalidOutputError("the probabilities are out of range")
    covered, partial, missing, contradicted = (v / total for v in values)
    return covered, partial, missing, contradicted


def mean(rows: Sequence[Probabilities]) -> Probabilities:
    """The average of several readings."""
    return normalised([math.fsum(column) for column in zip(*rows, strict=True)])


def expected(row: Probabilities) -> float:
    """The mark in [0, 1] that the probabilities promise: covered 1, partial a half."""
    return row[0] + 0.5 * row[1]


def argmax(row: Probabilities) -> int:
    """The index of the likeliest verdict; the first of equals."""
    return max(range(len(row)), key=lambda i: row[i])


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value from JSON is one that can be counted with: an integer there has no limit."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < _HUGE


def _first_tokens(content: Any) -> list[tuple[str, float]]:
    """The likeliest first tokens with their log probabilities, the one that was said among them."""
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        raise InvalidOutputError("the reply carries no logprobs")
    first = content[0]
    rows = first.get("top_logprobs") or []
    if not isinstance(rows, list):
        raise InvalidOutputError("the reply carries no logprobs")
    found: dict[str, float] = {}
    for row in [*rows, first]:
        token = row.get("token") if isinstance(row, dict) else None
        logprob = row.get("logprob") if isinstance(row, dict) else None
        if not isinstance(token, str) or not _is_number(logprob):
            raise InvalidOutputError("a logprob has no token or no number")
        if math.isnan(logprob) or logprob > 1e-3:
            raise InvalidOutputError(f"{logprob} is no log probability")
        found.setdefault(token, float(logprob))
    return list(found.items())
