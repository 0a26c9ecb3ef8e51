"""How far two markers agree on the rows that both have marked.

Invariant: only rows with two marks count; figures come from scikit-learn and SciPy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import cohen_kappa_score

from agent.grades import Verdict
from evals.marks import MarkedAnswer, Marks
from evals.metrics import mae, qwk, r

VERDICTS: tuple[Verdict, ...] = ("covered", "partial", "missing", "contradicted")


@dataclass(frozen=True, slots=True)
class Labels:
    """Two markers' verdicts on the same things: `confusion[i][j]` counts those that the first
    called ``VERDICTS[i]`` and the second ``VERDICTS[j]``."""

    rows: int
    agreed: float
    kappa: float
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Two markers' marks of the same answers."""

    rows: int
    r: float
    qwk: float
    mae: float


def score_agreement(marks: Marks) -> Scores:
    """Agreement on the marks of whole answers."""
    both = [(a.score, marks.second_answers[a.id].score) for a in _twice(marks)]
    first, second = np.array(both, dtype=np.float64).reshape(-1, 2).T
    if not both:
        return Scores(0, float("nan"), float("nan"), float("nan"))
    return Scores(len(both), r(first, second), qwk(first, second), mae(first, second))


def verdict_agreement(marks: Marks) -> Labels:
    """Agreement on the verdicts of the answers' key points."""
    return _labels(
        [
            (verdict, marks.second_answers[answer.id].verdicts[point])
            for answer in _twice(marks)
            for point, verdict in answer.verdicts.items()
        ]
    )


def label_agreement(marks: Marks) -> Labels:
    """Agreement on the labels of statements."""
    second = marks.second_pairs
    return _labels([(p.label, second[p.id].label) for p in marks.pairs if p.id in second])


def _twice(marks: Marks) -> list[MarkedAnswer]:
    return [answer for answer in marks.answers if answer.id in marks.second_answers]


def _labels(both: Sequence[tuple[Verdict, Verdict]]) -> Labels:
    counts = Counter(both)
    confusion = tuple(tuple(counts[a, b] for b in VERDICTS) for a in VERDICTS)
    if not both:
        return Labels(0, float("nan"), float("nan"), confusion)
    first, second = zip(*both, strict=True)
    agreed = sum(a == b for a, b in both) / len(both)
    return Labels(len(both), agreed, float(cohen_kappa_score(first, second)), confusion)
