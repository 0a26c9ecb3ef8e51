"""Grading where sources disagree: each disputed point is held against both, the better counts.

Invariant: a point's score is never lower than it would be without the other source, and both
passages stand beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from agent.grades import (
    LOST,
    Alternative,
    Flag,
    Grade,
    Grader,
    GradeRequest,
    PointGrade,
    Scored,
    Ungraded,
)
from agent.points import points_of
from agent.score import remade
from corpus.schema import Question

FLAG: Flag = "sources_disagree"

Disputed = Callable[[Question], Sequence[Alternative]]
"""Finds what other sources say on a question's key points."""


def grade_disputed(
    grader: Grader, request: GradeRequest, alternatives: Sequence[Alternative]
) -> Grade:
    """The grade of a request on whose points other sources say something else."""
    first = grader.grade(request)
    if not alternatives or not isinstance(first, Scored) or not first.points:
        return first
    points = {p.id: p for p in first.points}
    for alternative in alternatives:
        own = points.get(alternative.point_id)
        if own is None:
            continue
        other = grader.grade(_held_against(alternative, request))
        if isinstance(other, Ungraded) and other.reason in LOST:
            return other  # half of a fair hearing is none
        found = next((p for p in _points(other) if p.id == own.id), None)
        points[own.id] = _better(own, found, alternative)
    if all(p.other_span is None for p in points.values()):
        return first
    graded = tuple(points.values())
    flags = first.flags if FLAG in first.flags else (*first.flags, FLAG)
    return remade(first, graded, flags)


def _held_against(alternative: Alternative, request: GradeRequest) -> GradeRequest:
    """The request with what the other source says in place of the disputed point.

    Misconceptions about that point are the first source's and do not count against the second.
    """
    points = tuple(
        dataclasses.replace(p, text=alternative.text, span=alternative.span)
        if p.id == alternative.point_id
        else p
        for p in points_of(request)
    )
    kept = tuple(m for m in request.misconceptions if m.contradicts != alternative.point_id)
    return dataclasses.replace(request, key_points=points, misconceptions=kept)


def _better(own: PointGrade, other: PointGrade | None, alternative: Alternative) -> PointGrade:
    """The point as it was asked, with the verdict of the source that serves the answer better."""
    shown = dataclasses.replace(own, other_span=alternative.span)
    if other is None or other.score < own.score:
        return shown
    if other.score == own.score and own.verdict != "contradicted":
        return shown
    return dataclasses.replace(
        shown,
        verdict=other.verdict,
        score=other.score,
        confidence=other.confidence,
        answer_span=other.answer_span,
    )


def _points(grade: Grade) -> tuple[PointGrade, ...]:
    return grade.points if isinstance(grade, Scored) else ()
