"""Single markers beside the grader: its correlation with each, and theirs with each other.

Invariant: a marker is a place in `raters`; only rows where both sides have a mark count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from evals.cases import Case
from evals.metrics import Estimate, Marks, Rows, estimate, r


def with_raters(
    marks: Sequence[float], cases: Sequence[Case]
) -> Iterator[tuple[str, Sequence[str], Callable[[Rows], float]]]:
    """For each marker ``r_rater_1`` …: the questions of the rows that count, and r over them."""
    table = _table(cases)
    for column in range(table.shape[1]):
        yield from _pair(f"r_rater_{column + 1}", cases, table[:, column], np.asarray(marks))


def between_raters(cases: Sequence[Case], seed: int, resamples: int) -> dict[str, Estimate]:
    """For each pair of markers ``r_raters_1_2`` …, their correlation with each other."""
    table = _table(cases)
    found: dict[str, Estimate] = {}
    for j in range(table.shape[1]):
        for i in range(j):
            name = f"r_raters_{i + 1}_{j + 1}"
            for _, groups, measure in _pair(name, cases, table[:, i], table[:, j]):
                found[name] = estimate(groups, measure, seed, resamples)
    return found


def _pair(
    name: str, cases: Sequence[Case], left: Marks, right: Marks
) -> Iterator[tuple[str, Sequence[str], Callable[[Rows], float]]]:
    both = np.flatnonzero(~np.isnan(left) & ~np.isnan(right))
    if len(both) > 1:
        groups = [cases[i].qid for i in both.tolist()]
        yield name, groups, partial(_r, left[both], right[both])


def _r(left: Marks, right: Marks, at: Rows) -> float:
    return r(left[at], right[at])


def _table(cases: Sequence[Case]) -> Marks:
    """float [rows, markers], NaN where a marker gave no mark."""
    most = max((len(case.raters) for case in cases), default=0)
    table = np.full((len(cases), most if most > 1 else 0), np.nan)
    for i, case in enumerate(cases):
        for j, mark in enumerate(case.raters[: table.shape[1]]):
            table[i, j] = mark
    return table
