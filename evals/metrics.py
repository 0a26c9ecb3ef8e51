"""How far marks agree with people's, with intervals that know about questions.

Invariant: intervals come from a bootstrap that draws whole questions (a question's answers are not
independent), with a seed given by the caller, so the same input gives the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import cohen_kappa_score, f1_score

Marks = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Metric = Callable[[Marks, Marks], float]

QWK_STEPS = 4  # marks are put on the scale 0, 1/4 … 1 for the weighted kappa
RESAMPLES = 200
LEVEL = 0.95
LEAST_GROUPS = 3  # questions; of two there are three different draws


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval; NaN where the data does not define it."""

    value: float
    low: float
    high: float


def shown(estimate: Estimate | None) -> str | None:
    """It with two places and its interval, as far as there is one, for a table."""
    if estimate is None or math.isnan(estimate.value):
        return None
    if math.isnan(estimate.low):
        return _number(estimate.value)
    return f"{_number(estimate.value)} [{_number(estimate.low)}, {_number(estimate.high)}]"


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # no -0.00


def r(human: Marks, given: Marks) -> float:
    """Pearson's correlation; NaN where one side is constant."""
    return float(pearsonr(human, given).statistic) if _varies(human, given) else float("nan")


def spearman(human: Marks, given: Marks) -> float:
    """Rank correlation; NaN where one side is constant."""
    return float(spearmanr(human, given).statistic) if _varies(human, given) else float("nan")


def rmse(human: Marks, given: Marks) -> float:
    """Root of the mean squared difference, on marks in [0, 1]."""
    return float(np.sqrt(np.mean((human - given) ** 2)))


def mae(human: Marks, given: Marks) -> float:
    """Mean absolute difference."""
    return float(np.mean(np.abs(human - given)))


def bias(human: Marks, given: Marks) -> float:
    """Mean of given less human: above 0 is too kind."""
    return float(np.mean(given - human))


def qwk(human: Marks, given: Marks) -> float:
    """Quadratic weighted kappa on marks rounded to quarters."""
    left, right = (np.rint(m * QWK_STEPS).astype(int) for m in (human, given))
    if len(np.unique(left)) < 2 and len(np.unique(right)) < 2:
        return float("nan")
    labels = list(range(QWK_STEPS + 1))
    return float(cohen_kappa_score(left, right, weights="quadratic", labels=labels))


def exact_quarters(human: Marks, given: Marks) -> float:
    """Share of marks that are the same when both are rounded to quarters."""
    return float(np.mean(_quarters_apart(human, given) == 0))


def within_a_quarter(human: Marks, given: Marks) -> float:
    """Share of marks that, both rounded to quarters, are one step apart at most."""
    return float(np.mean(_quarters_apart(human, given) <= 1))


NUMERIC: Mapping[str, Metric] = {
    "r": r,
    "spearman": spearman,
    "rmse": rmse,
    "mae": mae,
    "bias": bias,
    "qwk": qwk,
    "exact_quarters": exact_quarters,
    "within_a_quarter": within_a_quarter,
}


def macro_f1(human: Sequence[str], given: Sequence[str]) -> float:
    """Unweighted mean F1 over the labels that people gave; any other label given is wrong."""
    # Numbers, because scikit-learn is several times slower on strings.
    labels = sorted(set(human))
    number = {label: i for i, label in enumerate(labels)}
    left, right = ([number.get(x, -1) for x in side] for side in (human, given))
    wanted = list(range(len(labels)))
    return float(f1_score(left, right, labels=wanted, average="macro", zero_division=0))


def two_way(label: str) -> str:
    """Correct or not."""
    return "correct" if label == "correct" else "incorrect"


def three_way(label: str) -> str:
    """Correct, contradictory, or incorrect; partial counts as incorrect."""
    return label if label in {"correct", "contradictory"} else "incorrect"


def draws(groups: Sequence[str], seed: int, resamples: int = RESAMPLES) -> list[Rows]:
    """Row numbers of each resample: whole groups drawn with replacement, as many as there are.

    None where there are fewer than `LEAST_GROUPS`: the few different draws that there are bound
    nothing. The same groups and seed give the same draws.
    """
    names, inverse = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    if len(names) < LEAST_GROUPS:
        return []
    rows_of = [np.flatnonzero(inverse == i) for i in range(len(names))]
    random = np.random.default_rng(seed)
    return [
        np.concatenate([rows_of[i] for i in random.integers(0, len(names), len(names))])
        for _ in range(resamples)
    ]


def estimate(
    groups: Sequence[str],
    measure: Callable[[Rows], float],
    seed: int,
    resamples: int = RESAMPLES,
) -> Estimate:
    """`measure` on all rows, and its percentile interval over draws of whole groups.

    `groups` names the question of each row; `measure` takes row numbers (some may come twice).
    Percentile bootstrap by cluster (Davison and Hinkley 1997, section 3.8). Draws for which the
    figure is not defined are left out.
    """
    return interval(
        measure(np.arange(len(groups))),
        [measure(rows) for rows in draws(groups, seed, resamples)],
    )


def interval(value: float, drawn: Sequence[float]) -> Estimate:
    """A figure with the percentile interval of its resamples."""
    kept = np.asarray([d for d in drawn if not np.isnan(d)])
    if not len(kept):
        return Estimate(value, float("nan"), float("nan"))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))


def _quarters_apart(human: Marks, given: Marks) -> Rows:
    left, right = (np.rint(m * QWK_STEPS).astype(np.int64) for m in (human, given))
    apart: Rows = np.abs(left - right)
    return apart


def _varies(*sides: Marks) -> bool:
    return all(len(s) > 1 and bool(np.ptp(s) > 1e-12) for s in sides)
