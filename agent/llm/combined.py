"""The language model and the embedded grader together.

Their probabilities for each verdict are multiplied, each to a power (a logarithmic opinion pool,
Genest and Zidek 1986): where they agree the verdict gets surer than either, where they differ it
gets unsure, and an unsure point is asked. Invariant: no verdict without the candidate's own words,
and no mark where the model is away.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from agent.grades import Grade, Grader, GradeRequest, GraderInfo, PointGrade, Scored, Ungraded
from agent.judge import VERDICTS
from agent.llm.grader import LanguageModelGrader, Marked, scored
from agent.llm.labels import Probabilities, argmax, normalised
from agent.llm.verdicts import DEMOTED, NOT_TOLD, mark_of
from agent.score import ASK_BELOW

NAME = "combined"
# Equal powers, since neither was measured against the other; their sum is more than one because the
# two err for different reasons.
MODEL_POWER = 0.75
EMBEDDED_POWER = 0.75
FAR_APART = 0.5  # difference of two marks for a point that is called a disagreement
_NAMED = 2  # points on which they differ that the feedback names
_CHARS = 80
_LEAST = 0.005


class CombinedGrader:
    """Joins a language model's grade with the embedded one. Thread-safe."""

    def __init__(self, model: LanguageModelGrader, embedded: Grader) -> None:
        self._model = model
        self._embedded = embedded

    @property
    def info(self) -> GraderInfo:
        one, other = self._model.info, self._embedded.info
        return GraderInfo(
            NAME,
            f"{one.version}+{other.version}",
            f"{one.model} + {other.model}",
            one.measured and other.measured,
        )

    def grade(self, request: GradeRequest) -> Grade:
        embedded = self._embedded.grade(request)
        if isinstance(embedded, Ungraded):
            return dataclasses.replace(embedded, grader=self.info)
        marked = self._model.mark(request)
        if isinstance(marked, Ungraded):
            return dataclasses.replace(marked, grader=self.info)
        return self._joined(marked, embedded)

    def _joined(self, marked: Marked, embedded: Scored) -> Scored:
        pairs = list(zip(marked.points, embedded.points, strict=True))
        points = tuple(
            pooled(model, row, other)
            for (model, other), row in zip(pairs, marked.rows, strict=True)
        )
        differing = [model for model, other in pairs if _far_apart(model, other)]
        joined = dataclasses.replace(marked, points=points)
        return scored(joined, self.info, _told(differing))


def pooled(model: PointGrade, row: Probabilities, embedded: PointGrade) -> PointGrade:
    """One point of both. `row` are the model's probabilities."""
    other = _spread(embedded)
    product = normalised(
        [
            math.pow(max(a, _LEAST), MODEL_POWER) * math.pow(max(b, _LEAST), EMBEDDED_POWER)
            for a, b in zip(row, other, strict=True)
        ]
    )
    verdict = VERDICTS[argmax(product)]
    confidence = product[argmax(product)]
    span = model.answer_span or embedded.answer_span
    mark = (model.score + embedded.score) / 2
    if verdict != "missing" and span is None:
        verdict, mark, confidence = "missing", 0.0, DEMOTED
    if _far_apart(model, embedded):
        confidence = min(confidence, NOT_TOLD)
    # Words for a missing point are shown only where the candidate may be asked about them.
    shown = verdict != "missing" or confidence < ASK_BELOW
    return dataclasses.replace(
        model,
        verdict=verdict,
        score=mark_of(verdict, mark),
        confidence=round(min(0.99, confidence), 3),
        answer_span=span if shown else None,
    )


def _spread(point: PointGrade) -> Probabilities:
    """The verdict's confidence on itself, the rest evenly on the others."""
    rest = (1.0 - point.confidence) / 3
    covered, partial, missing, contradicted = (
        point.confidence if v == point.verdict else rest for v in VERDICTS
    )
    return covered, partial, missing, contradicted


def _far_apart(one: PointGrade, other: PointGrade) -> bool:
    """Two marks far from each other, or one of both saying that the point is contradicted."""
    against = {one.verdict, other.verdict} & {"contradicted"}
    differ = bool(against) and one.verdict != other.verdict
    return differ or abs(one.score - other.score) >= FAR_APART


def _told(points: Sequence[PointGrade]) -> tuple[str, ...]:
    if not points:
        return ()
    names = "; ".join(_short(p.text) for p in points[:_NAMED])
    more = f"; and {len(points) - _NAMED} more" if len(points) > _NAMED else ""
    return (f"The two graders differ on: {names}{more}. Take these verdicts as unsure.",)


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(" .;:")
    return line if len(line) <= _CHARS else line[:_CHARS].rsplit(" ", 1)[0] + " …"
