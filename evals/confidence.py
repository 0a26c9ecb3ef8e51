"""Whether a grader knows when it knows: calibration of its confidence, risk by coverage.

Invariant: outcomes of equal confidence are one group, so no figure depends on the order of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.cases import Case
from evals.judged import JudgedPoint
from evals.metrics import Marks, Rows

BANDS = 10
NEAR = 0.25  # what a row's confidence is the probability of being within


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the grader said it was of each outcome, and whether it was right: float [n] in
    [0, 1] and 0 or 1 [n]; `groups` names the question of each."""

    said: Marks
    right: Marks
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Outcomes of like confidence: mean confidence, share that was right, how many."""

    said: float
    right: float
    count: int


def of_rows(cases: Sequence[Case]) -> Sureness:
    """Of marks: right is a mark within `NEAR` of people's. What has no mark is left out."""
    kept = [case for case in cases if case.graded]
    said = np.array([float(case.out["confidence"]) for case in kept])
    # A hair more, because 0.85 - 0.6 is not 0.25 in floating point.
    right = np.array([abs(case.mark - case.human) <= NEAR + 1e-9 for case in kept])
    return Sureness(said, right.astype(np.float64), tuple(case.qid for case in kept))


def of_points(points: Sequence[JudgedPoint]) -> Sureness:
    """Of verdicts: right is people's verdict."""
    kept = [point for point in points if point.given != "ungraded"]
    said = np.array([point.confidence for point in kept])
    right = np.array([float(point.right) for point in kept])
    return Sureness(said, right, tuple(point.qid for point in kept))


def bands(sureness: Sureness, at: Rows | None = None) -> tuple[Band, ...]:
    """The bands of equal width that hold something, from the least sure on."""
    said, right = _chosen(sureness, at)
    band = np.clip((said * BANDS).astype(int), 0, BANDS - 1)
    return tuple(
        Band(float(said[mine].mean()), float(right[mine].mean()), int(mine.sum()))
        for mine in (band == b for b in range(BANDS))
        if mine.any()
    )


def calibration_error(sureness: Sureness, at: Rows | None = None) -> float:
    """Expected calibration error over `BANDS` bands of equal width (Guo et al. 2017, "On
    calibration of modern neural networks"); NaN without outcomes."""
    found = bands(sureness, at)
    total = sum(band.count for band in found)
    if not total:
        return float("nan")
    return sum(band.count * abs(band.said - band.right) for band in found) / total


def risks(sureness: Sureness, at: Rows | None = None) -> Marks:
    """Share of wrong outcomes among the k surest, for k = 1 … n: float [n].

    Of equally sure ones each counts as their mean. (El-Yaniv and Wiener 2010, "On the foundations
    of noise-free selective classification".)
    """
    said, right = _chosen(sureness, at)
    if not len(said):
        return np.zeros(0)
    levels, group = np.unique(-said, return_inverse=True)
    sizes = np.bincount(group, minlength=len(levels))
    wrong = np.bincount(group, weights=1.0 - right, minlength=len(levels)) / sizes
    errors: Marks = np.cumsum(np.repeat(wrong, sizes)) / np.arange(1, len(said) + 1)
    return errors


def area(sureness: Sureness, at: Rows | None = None) -> float:
    """Area under the curve of risk by coverage: the mean of `risks` (Geifman et al. 2019,
    "Bias-reduced uncertainty estimation for deep neural classifiers"); 0 is best."""
    curve = risks(sureness, at)
    return float(curve.mean()) if len(curve) else float("nan")


def surest_half(sureness: Sureness, at: Rows | None = None) -> float:
    """Share of right outcomes in the surer half; NaN without outcomes."""
    curve = risks(sureness, at)
    return 1.0 - float(curve[(len(curve) + 1) // 2 - 1]) if len(curve) else float("nan")


def _chosen(sureness: Sureness, at: Rows | None) -> tuple[Marks, Marks]:
    if at is None:
        return sureness.said, sureness.right
    return sureness.said[at], sureness.right[at]
