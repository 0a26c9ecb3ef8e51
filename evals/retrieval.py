"""How well search finds the right document, and knows when there is none.

Sample: "My matrix product comes out transposed; column-major?" → the article on cuBLAS first.

Invariant: every query has a row, also one for which nothing was found; metrics are plain means of
rows, with bootstrap intervals over queries, and the same for every system.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.corpora import Query
from evals.metrics import LEAST_GROUPS
from index.search import By, Mode, Searcher

DEPTH = 10
RESAMPLES = 1_000
_SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Found:
    """The documents a system found, best first, how strong it says the best is, and its verdict
    on the whole, where it gives one."""

    paths: tuple[str, ...]
    strength: float
    weak: bool | None = None


System = Callable[[str], Found]


@dataclass(frozen=True, slots=True)
class Row:
    """One query's outcome. The figures are None for a query that no document answers."""

    id: str
    style: str
    answerable: bool
    paths: tuple[str, ...]
    strength: float
    weak: bool | None
    ndcg_at_10: float | None
    reciprocal_rank: float | None
    recall_at_10: float | None
    success_at_1: float | None
    success_at_5: float | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95% bootstrap interval (NaN without one)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All rows of a system, and the metrics over them."""

    rows: tuple[Row, ...]
    metrics: dict[str, Interval]


METRICS = ("ndcg_at_10", "success_at_1", "success_at_5", "reciprocal_rank", "recall_at_10")


def evaluate(system: System, queries: Sequence[Query]) -> Evaluation:
    """Ask every query. `metrics` also has ``weak_auroc`` (does strength tell answerable queries
    from others?) and the shares ``weak_kept`` and ``weak_let_in`` of answerable and unanswerable
    queries that were not called weak, where there are queries of both kinds."""
    rows = tuple(_row(query, system(query.text)) for query in queries)
    return Evaluation(rows, _metrics(rows))


def searcher_system(searcher: Searcher, mode: Mode = "hybrid", by: By = "document") -> System:
    """The product's search as a system. By passage, a document counts where it comes first."""

    def search(text: str) -> Found:
        results = searcher.search(text, DEPTH, mode, by)
        paths = tuple(dict.fromkeys(hit.path for hit in results.hits))
        return Found(paths, results.hits[0].score if results.hits else 0.0, results.weak)

    return search


def ndcg(paths: Sequence[str], relevant: frozenset[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin and Kekäläinen 2002).

    `relevant` is not empty; a path counts once.
    """
    seen = list(dict.fromkeys(paths))[:depth]
    gain = sum(1 / math.log2(i + 2) for i, path in enumerate(seen) if path in relevant)
    return gain / sum(1 / math.log2(i + 2) for i in range(min(len(relevant), depth)))


def bootstrap(
    values: npt.NDArray[np.float64],
    statistic: Callable[[npt.NDArray[np.float64]], float],
    generator: np.random.Generator,
) -> Interval:
    """A statistic of `values` [n, …] and its 95% percentile interval over resampled rows.

    Resamples for which it is not defined (NaN) are left out; fewer than `LEAST_GROUPS` rows have no
    interval (NaN), because the few different draws that there are bound nothing.
    """
    n = len(values)
    if n < LEAST_GROUPS:
        return Interval(statistic(values), math.nan, math.nan)
    drawn = [statistic(values[generator.integers(0, n, n)]) for _ in range(RESAMPLES)]
    kept = [value for value in drawn if not math.isnan(value)]
    low, high = np.percentile(kept, [2.5, 97.5]) if kept else (math.nan, math.nan)
    return Interval(statistic(values), float(low), float(high))


def _row(query: Query, found: Found) -> Row:
    right = [i for i, path in enumerate(found.paths) if path in query.relevant]
    answerable = bool(query.relevant)
    figures: dict[str, float | None] = dict.fromkeys(METRICS)
    if answerable:
        figures = {
            "ndcg_at_10": ndcg(found.paths, query.relevant),
            "reciprocal_rank": 1 / (right[0] + 1) if right else 0.0,
            "recall_at_10": len([i for i in right if i < DEPTH]) / len(query.relevant),
            "success_at_1": float(bool(right) and right[0] == 0),
            "success_at_5": float(bool(right) and right[0] < 5),
        }
    return Row(
        query.id, query.style, answerable, found.paths, found.strength, found.weak, **figures
    )


def _metrics(rows: Sequence[Row]) -> dict[str, Interval]:
    generator = np.random.default_rng(_SEED)
    metrics: dict[str, Interval] = {}
    answerable = [row for row in rows if row.answerable]
    others = [row for row in rows if not row.answerable]
    if answerable:
        for name in METRICS:
            values = np.array([float(getattr(row, name)) for row in answerable])
            metrics[name] = bootstrap(values, _mean, generator)
    if answerable and others:
        pairs = np.array([[float(row.answerable), row.strength] for row in rows])
        metrics["weak_auroc"] = bootstrap(pairs, _auroc, generator)
        if all(row.weak is not None for row in rows):
            for name, group in (("weak_kept", answerable), ("weak_let_in", others)):
                passed = np.array([float(not row.weak) for row in group])
                metrics[name] = bootstrap(passed, _mean, generator)
    return metrics


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean())


def _auroc(pairs: npt.NDArray[np.float64]) -> float:
    from sklearn.metrics import roc_auc_score

    if len(np.unique(pairs[:, 0])) < 2:
        return float("nan")
    return float(roc_auc_score(pairs[:, 0], pairs[:, 1]))
