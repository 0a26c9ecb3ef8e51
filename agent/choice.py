"""Points of which fewer are asked for than there are: "Name three …" over a list of eight.

Invariant: where a question asks for n of its points, the n that serve the answer best weigh 1 and
the others 0, so that the score stays the weighted mean of its points. No other point weighs 0.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from agent.grades import PointGrade, Verdict
from corpus.questions.choices import asked_for

# An error counts before silence: who says something wrong has not merely said too little.
_RANK: dict[Verdict, int] = {"covered": 2, "partial": 2, "contradicted": 1, "missing": 0}


def counted(question: str, points: Sequence[PointGrade]) -> tuple[PointGrade, ...]:
    """The points, in order, with the weights that they have if the question asks for some of them
    only; as they are if it asks for all."""
    wanted = enough_of(question, len(points))
    return tuple(points) if wanted is None else _weighed(points, wanted)


def enough_of(question: str, points: int) -> int | None:
    """How many of so many points a question asks for; None if it asks for all."""
    wanted = asked_for(question)
    return wanted if wanted is not None and wanted < points else None


def recounted(points: Sequence[PointGrade]) -> tuple[PointGrade, ...]:
    """The points after some of them changed, weighed anew if they are a choice."""
    wanted = wanted_of(points)
    return tuple(points) if wanted is None else _weighed(points, wanted)


def wanted_of(points: Sequence[PointGrade]) -> int | None:
    """How many of the points are asked for; None if all are."""
    counting = sum(p.weight > 0 for p in points)
    return counting if counting < len(points) else None


def _weighed(points: Sequence[PointGrade], wanted: int) -> tuple[PointGrade, ...]:
    order = sorted(
        range(len(points)), key=lambda i: (-_RANK[points[i].verdict], -points[i].score, i)
    )
    best = frozenset(order[:wanted])
    return tuple(
        dataclasses.replace(p, weight=1.0 if i in best else 0.0) for i, p in enumerate(points)
    )
