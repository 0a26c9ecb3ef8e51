"""Kinds of answer: the mean mark of each, and how far excellent stands above wrong and above salad.

Invariant: a kind is what the author of an answer intended; the grader never sees it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.cases import Case
from evals.metrics import Marks, Rows

EXCELLENT = frozenset({"full", "paraphrase", "beyond", "good"})
# The margins by name: the kinds that excellent answers are held against.
MARGINS = {
    "excellent_minus_wrong": frozenset({"wrong"}),
    "excellent_minus_keywords": frozenset({"keywords", "salad"}),
}


def margin(kinds: Sequence[str | None], marks: Marks, against: frozenset[str], at: Rows) -> float:
    """Mean mark of excellent answers less that of the kinds `against`; NaN where either has none.

    `marks` [n] may hold NaN, which does not count.
    """
    best = [marks[i] for i in at if kinds[i] in EXCELLENT and not np.isnan(marks[i])]
    others = [marks[i] for i in at if kinds[i] in against and not np.isnan(marks[i])]
    if not best or not others:
        return float("nan")
    return float(np.mean(best) - np.mean(others))


def has_margin(cases: Sequence[Case], against: frozenset[str]) -> bool:
    """Whether there are answers on both sides."""
    kinds = {case.kind for case in cases}
    return bool(kinds & EXCELLENT) and bool(kinds & against)
