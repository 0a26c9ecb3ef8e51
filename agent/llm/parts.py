"""An answer that is longer than a model can read: cut at sentences, and its verdicts joined again.

Invariant: the pieces together hold every word of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.judge import VERDICTS
from agent.llm.labels import Probabilities, argmax, expected
from agent.segments import sentences

LEAST_CHARS = 200  # a shorter piece says too little alone
_CONTRADICTED = VERDICTS.index("contradicted")


def halves(text: str) -> tuple[str, str] | None:
    """The text in two pieces, at the border of a sentence or, where there is none, at a blank near
    the middle. None where it is too short to be cut."""
    if len(text.strip()) < 2 * LEAST_CHARS:
        return None
    middle = len(text) // 2
    borders = [start for start, _ in sentences(text) if start >= LEAST_CHARS]
    borders = [at for at in borders if at <= len(text) - LEAST_CHARS]
    if not borders:
        blank = text.rfind(" ", LEAST_CHARS, middle)
        borders = [blank + 1 if blank >= 0 else middle]
    at = min(borders, key=lambda border: abs(border - middle))
    return text[:at], text[at:]


def joined(rows: Sequence[Probabilities]) -> Probabilities:
    """One point's verdict over the pieces in order: the best of them, but a later contradiction
    wins, as over an answer and its follow-ups (`agent.score.merge`)."""
    best = rows[0]
    for row in rows[1:]:
        if argmax(row) == _CONTRADICTED or expected(row) > expected(best):
            best = row
    return best
