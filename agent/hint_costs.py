"""What a hint costs: the most that a point can still earn once a hint has aimed at it.

Invariant: a cap lowers the question's grade only. The grade of the answer by itself stays as the
grader gave it, so that what was said and what was helped with are never confused.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agent.grades import Grade, PointGrade, Scored
from agent.records import TurnRecord
from agent.score import remade

AT_MOST = (1.0, 0.75, 0.5)  # a point's most by the number of hints on it
PRICE = (
    f"A hint costs: the point it helps with then earns at most {AT_MOST[1]:.0%} of its marks, "
    f"after a second hint {AT_MOST[2]:.0%}."
)


def caps(turns: Iterable[TurnRecord]) -> dict[str, float]:
    """The most that each hinted point of a question can earn, by its id, from the turns of it."""
    counts = Counter(t.hinted for t in turns if t.hinted is not None)
    return {point: AT_MOST[min(n, len(AT_MOST) - 1)] for point, n in counts.items()}


def capped(grade: Grade, most: Mapping[str, float]) -> Grade:
    """The grade with hinted points at their most: covered ones become partial."""
    if not isinstance(grade, Scored) or not any(_over(p, most) for p in grade.points):
        return grade
    points = tuple(
        dataclasses.replace(
            p, score=most[p.id], verdict="partial" if p.verdict == "covered" else p.verdict
        )
        if _over(p, most)
        else p
        for p in grade.points
    )
    return remade(grade, points, grade.flags)


def still_open(points: Sequence[PointGrade], most: Mapping[str, float]) -> list[PointGrade]:
    """The points, those that have reached their most as covered: there is nothing left to hint at
    or to ask after."""
    return [
        dataclasses.replace(p, verdict="covered", score=1.0)
        if p.id in most and p.score >= most[p.id]
        else p
        for p in points
    ]


def price_of_next(point_id: str, most: Mapping[str, float]) -> str:
    """What the hint just given on a point costs, in words."""
    before = AT_MOST.index(most.get(point_id, AT_MOST[0]))
    return f"This point now earns at most {AT_MOST[min(before + 1, len(AT_MOST) - 1)]:.0%}."


def _over(point: PointGrade, most: Mapping[str, float]) -> bool:
    return point.id in most and point.score > most[point.id]
