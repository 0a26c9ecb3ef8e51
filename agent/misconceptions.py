"""When an answer says a known misconception rather than the key point that it contradicts.

Invariant: at most one point of a grade is changed by one misconception.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from agent.grades import AnswerSpan, PointGrade
from corpus.schema import Misconception

SAID_FROM = 0.6  # chance that the answer says the misconception


def contradicted_by(
    misconception: Misconception,
    points: tuple[PointGrade, ...],
    said: float,
    covered: Sequence[float],
    similarity: Sequence[float],
    span: AnswerSpan | None,
) -> tuple[PointGrade, ...]:
    """The points after one misconception that the answer says with the chance `said`.

    `covered` is the chance that the answer says each point, `similarity` that of each point with
    the misconception: it names the point where the misconception does not.
    """
    target = _target(misconception, points, similarity)
    if target is None or span is None or said < SAID_FROM or said <= covered[target]:
        return points
    changed = dataclasses.replace(
        points[target],
        verdict="contradicted",
        score=0.0,
        confidence=round(min(0.99, said), 3),
        answer_span=span,
    )
    return (*points[:target], changed, *points[target + 1 :])


def _target(
    misconception: Misconception, points: tuple[PointGrade, ...], similarity: Sequence[float]
) -> int | None:
    if misconception.contradicts is not None:
        ids = [p.id for p in points]
        known = misconception.contradicts in ids
        return ids.index(misconception.contradicts) if known else None
    return max(range(len(points)), key=lambda i: similarity[i]) if points else None
