"""What search found, as figures, a table in plain words and bars.

Invariant: every system that was asked has a row; only the product's own search can regress.
"""

from __future__ import annotations

from dataclasses import asdict

from evals.metrics import Estimate, shown
from evals.result import Cell, Figure, Goal, Line, Plot, Result, Table
from evals.retrieval import Evaluation, Interval
from evals.text_table import aligned

OURS = "hybrid"
NAMES = {
    "ndcg_at_10": "nDCG@10",
    "recall_at_10": "recall@10",
    "reciprocal_rank": "MRR",
    "success_at_1": "first is right",
    "success_at_5": "one of five is right",
    "weak_auroc": "AUC of strength",
    "weak_kept": "answerable, not called weak",
    "weak_let_in": "unanswerable, not called weak",
}
ABOUT = {
    "dense alone": "one vector a passage, nearest first",
    "dense": "one vector a passage, nearest first",
    "BM25 alone": "words in common, weighed by how rare they are",
    "lexical": "words in common, weighed by how rare they are",
    "convex mix": "half of each of these two",
    "late interaction alone": "each word of the question with its nearest word of the passage",
    "usual stack": "pieces of 1,000 characters, one vector each",
    "hybrid": "what Greenroom does",
}


def as_result(name: str, what: str, measured: dict[str, Evaluation]) -> Result:
    """Figures named ``cacm/hybrid/ndcg_at_10``; `what` says what is to be found."""
    figures = tuple(
        Figure(f"{name}/{system}/{metric}", v.value, v.low, v.high, _goal(system, metric))
        for system, found in measured.items()
        for metric, v in found.metrics.items()
    )
    rows = tuple(
        {"system": s, **asdict(row)} for s, found in measured.items() for row in found.rows
    )
    asked = max((len(found.rows) for found in measured.values()), default=0)
    what = f"{asked} questions: {what}"
    table = _table(what, measured)
    return Result(
        "retrieval", f"{name}, {what}\n{aligned(table)}", figures, {"questions": asked}, rows,
        (_plot(measured),), title=name, tables=(table,),
    )  # fmt: skip


def _table(what: str, measured: dict[str, Evaluation]) -> Table:
    metrics = [m for m in NAMES if any(m in found.metrics for found in measured.values())]
    return Table(
        "How well search finds what answers",
        f"{what}. Every figure is 1 at best, with its 95% interval over "
        "queries. nDCG@10 rewards right passages that come early among the ten first, recall@10 "
        "counts how many of them are there, MRR is one over the place of the first right one.",
        ("system", *(NAMES[m] for m in metrics), "what it is"),
        tuple(
            (
                system, *(_cell(found.metrics.get(m)) for m in metrics),
                ABOUT.get(system.split(",")[0], ""),
            )
            for system, found in measured.items()
        ),
    )  # fmt: skip


def _cell(interval: Interval | None) -> Cell:
    if interval is None:
        return None
    return shown(Estimate(interval.value, interval.low, interval.high))


def _plot(measured: dict[str, Evaluation]) -> Plot:
    first = "ndcg_at_10"
    heights = [(s, f.metrics[first].value) for s, f in measured.items() if first in f.metrics]
    return Plot(
        "nDCG@10 by system",
        "The higher the bar, the more right passages come early. What Greenroom does has to beat "
        "the parts that it is made of.",
        "", "nDCG@10", "bars",
        (Line(first, tuple((float(i), round(y, 4)) for i, (_, y) in enumerate(heights))),),
        ticks=tuple(system for system, _ in heights),
    )  # fmt: skip


def _goal(system: str, metric: str) -> Goal | None:
    if system.split(",")[0] != OURS:
        return None
    return "low" if metric == "weak_let_in" else "high"
