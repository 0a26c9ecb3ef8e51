"""What a grader or a floor gives for a set of answers: marks, labels, and verdicts beside people's.

Invariant: a point that people judged and the grader did not is there as ``ungraded``, which is
wrong for every figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from agent.grades import Verdict
from evals.cases import Case, Graded
from evals.metrics import Rows, macro_f1


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """One key point of one answer. `score` and `confidence` in [0, 1] are the grader's."""

    qid: str
    human: Verdict
    given: str
    score: float
    confidence: float

    @property
    def right(self) -> bool:
        """Whether both verdicts are the same."""
        return self.given == self.human


@dataclass(frozen=True, slots=True)
class Given:
    """All that one grader gives; `marks` and `labels` by row, a mark is NaN where there is none."""

    name: str
    marks: tuple[float, ...]
    labels: tuple[str, ...]
    points: tuple[JudgedPoint, ...]


def given_by(graded: Graded) -> Given:
    """What the grader gave."""
    cases = graded.cases
    return Given(
        graded.grader,
        tuple(case.mark for case in cases),
        tuple(case.given_label for case in cases),
        tuple(point for case in cases for point in judged(case)),
    )


def verdict_accuracy(points: Sequence[JudgedPoint]) -> Callable[[Rows], float]:
    """Share of verdicts that are people's, of chosen points."""
    right = np.array([point.right for point in points], dtype=np.float64)
    return lambda at: float(right[at].mean())


def verdict_f1(points: Sequence[JudgedPoint]) -> Callable[[Rows], float]:
    """Macro-F1 over the verdicts that people gave, of chosen points."""
    human = np.array([point.human for point in points])
    given = np.array([point.given for point in points])
    return lambda at: macro_f1(human[at].tolist(), given[at].tolist())


def covered_auc(points: Sequence[JudgedPoint]) -> Callable[[Rows], float]:
    """Whether the score of a point tells covered from contradicted: area under the ROC curve, 0.5
    is chance; NaN where people gave only one of the two."""
    covered = np.array([point.human == "covered" for point in points])
    told = np.array([point.human in {"covered", "contradicted"} for point in points])
    scores = np.array([point.score for point in points])

    def measure(at: Rows) -> float:
        kept = at[told[at]]
        if len(np.unique(covered[kept])) < 2:
            return float("nan")
        return float(roc_auc_score(covered[kept], scores[kept]))

    return measure


def judged(case: Case) -> Iterator[JudgedPoint]:
    """The points that people judged, in their order."""
    found = {point["id"]: point for point in case.out["points"]}
    for point_id, human in (case.verdicts or {}).items():
        point = found.get(point_id)
        if point is None:
            yield JudgedPoint(case.qid, human, "ungraded", 0.0, 0.0)
        else:
            yield JudgedPoint(
                case.qid, human, point["verdict"], point["score"], point["confidence"]
            )
