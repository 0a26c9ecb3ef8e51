"""The mark of an answer that takes back, or leaves open, what it said before.

Invariant: of what was withdrawn nothing is covered; what was said after it counts as if it had been
all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from agent.grades import AnswerSpan, PointGrade
from agent.withdrawn import Withdrawal

SURE = 0.85  # that a marker gives nothing for what was withdrawn in so many words
_SAID = frozenset({"covered", "partial"})


def without_withdrawn(
    answer: str,
    withdrawal: Withdrawal,
    before: Sequence[PointGrade],
    after: Sequence[PointGrade],
) -> tuple[PointGrade, ...]:
    """The points of an answer from those of what stands before the withdrawal and of what stands
    after it, in the same order. What was said and is taken back is contradicted, by the words that
    take it back; what was left open is missing."""
    start, end = withdrawal.start, withdrawal.end
    place = AnswerSpan(start, end, answer[start:end])
    return tuple(_one(old, new, withdrawal, place) for old, new in zip(before, after, strict=True))


def _one(old: PointGrade, new: PointGrade, withdrawal: Withdrawal, place: AnswerSpan) -> PointGrade:
    if new.verdict in _SAID or new.verdict == "contradicted":
        return _moved(new, withdrawal.end)
    if old.verdict in _SAID and withdrawal.kind == "taken_back":
        return dataclasses.replace(
            old, verdict="contradicted", score=0.0, confidence=SURE, answer_span=place
        )
    if old.verdict in _SAID:
        return dataclasses.replace(
            old, verdict="missing", score=0.0, confidence=SURE, answer_span=None
        )
    if old.verdict == "contradicted" and withdrawal.kind == "taken_back":
        return _moved(new, withdrawal.end)  # who takes an error back has not made it
    return old


def _moved(point: PointGrade, by: int) -> PointGrade:
    """The point with its words in the whole answer."""
    span = point.answer_span
    if span is None:
        return point
    return dataclasses.replace(
        point, answer_span=AnswerSpan(span.start + by, span.end + by, span.quote)
    )
