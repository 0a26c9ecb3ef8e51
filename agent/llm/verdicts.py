"""From a model's probabilities and the words found by code to a grade of one point.

Invariant: a covered, partial or contradicted point has words of the candidate; without them it is
missing, with little confidence, whatever the model says.
"""

from __future__ import annotations

from agent.choice import counted
from agent.grades import GradeRequest, PointGrade, Verdict
from agent.judge import VERDICTS
from agent.llm.labels import Probabilities, argmax, expected
from agent.llm.locating import Located
from agent.points import points_of
from agent.score import ASK_BELOW, bounded
from corpus.schema import KeyPoint

DEMOTED = 0.4  # confidence that a point is missing which the model saw and code cannot find
NOT_TOLD = round(ASK_BELOW - 0.05, 2)  # the most confidence of a verdict on words that hardly match
_MOST, _LEAST = 0.99, 0.01


def point_grade(located: Located, row: Probabilities) -> tuple[PointGrade, Probabilities]:
    """The grade of a point, and the probabilities after what code found."""
    verdict = VERDICTS[argmax(row)]
    if verdict != "missing" and not located.speaks:
        return _grade(located, "missing", 0.0, DEMOTED), demoted(row)
    confidence = row[VERDICTS.index(verdict)]
    if verdict != "missing" and not located.firm:
        confidence = min(confidence, NOT_TOLD)
    return _grade(located, verdict, mark_of(verdict, expected(row)), confidence), row


def mark_of(verdict: Verdict, mark: float) -> float:
    """The mark of a point with this verdict, within the bounds of `agent.score.bounded`."""
    return bounded(0.0 if verdict == "contradicted" else mark, verdict)


def demoted(row: Probabilities) -> Probabilities:
    """The probabilities with `DEMOTED` on missing; the others keep their proportions."""
    others = [p for v, p in zip(VERDICTS, row, strict=True) if v != "missing"]
    share = (1.0 - DEMOTED) / max(sum(others), 1e-9)
    covered, partial, missing, contradicted = (
        DEMOTED if v == "missing" else p * share for v, p in zip(VERDICTS, row, strict=True)
    )
    return covered, partial, missing, contradicted


def nothing_said(
    request: GradeRequest, confidence: float
) -> tuple[tuple[PointGrade, ...], tuple[Probabilities, ...]]:
    """Every point missing: of an answer in which nothing may count, no model is asked."""
    rest = (1.0 - confidence) / 3
    row = (rest, rest, confidence, rest)
    found = tuple(_missing(point, confidence) for point in points_of(request))
    return counted(request.question, found), (row,) * len(found)


def _grade(located: Located, verdict: Verdict, score: float, confidence: float) -> PointGrade:
    # Words that hardly match are shown where the candidate may be asked about them.
    asked = verdict != "missing" or confidence < ASK_BELOW
    point = located.point
    return PointGrade(
        point.id,
        point.text,
        point.weight,
        verdict,
        score,
        round(min(_MOST, max(_LEAST, confidence)), 3),
        "grader",
        located.span if asked else None,
        point.span,
    )


def _missing(point: KeyPoint, confidence: float) -> PointGrade:
    return PointGrade(
        point.id, point.text, point.weight, "missing", 0.0, confidence, "grader", None, point.span
    )
