"""A grading report as a `Result`: its figures by name, tables, plots, and text for a terminal.

Invariant: every figure of every grader and floor in the table is there, under the set's name.
"""

from __future__ import annotations

from typing import Any

from evals.breakdown import tables
from evals.figure_names import best_of, name_of
from evals.grading import Report
from evals.grading_plots import plots
from evals.metrics import Estimate, shown
from evals.paired import Comparison
from evals.paired_report import comparison_as_text, differences_as_table
from evals.result import Cell, Figure, Goal, Result, Table, plain
from evals.text_table import aligned

_GOALS: dict[str, Goal | None] = {
    "rmse": "low", "mae": "low", "bias": None, "ece": "low", "aurc": "low", "point_ece": "low",
    "point_aurc": "low",
}  # fmt: skip


def as_result(report: Report, comparison: Comparison | None = None) -> Result:
    """Figures, tables, plots and cases of one set."""
    figures = tuple(
        # A floor is there to be compared with; only the grader itself can regress.
        _figure(f"{report.graded.name}/{line.grader}/{name}", name, estimate, gated=i == 0)
        for i, line in enumerate(report.lines)
        for name, estimate in line.figures.items()
    )
    agreement = tuple(
        Figure(f"{report.graded.name}/people/{name}", e.value, e.low, e.high)
        for name, e in report.raters.items()
    )
    compared = (differences_as_table(comparison),) if comparison else ()
    table, more = figure_table(report), tables(report)
    text = [_head(report), *(aligned(t) for t in (table, *more) if not t.folded)]
    text += [comparison_as_text(comparison)] if comparison else []
    return Result(
        "grading",
        "\n".join(text),
        (*figures, *agreement),
        _details(report, comparison),
        _rows(report),
        plots(report),
        title=report.graded.name,
        tables=(*compared, table, *more),
        notes=(_lead(report),),
        covers=f"{report.graded.name}/{report.graded.grader}/",
    )


def figure_table(report: Report) -> Table:
    """A row for each figure, a column for each grader and floor, intervals in the cells."""
    names = dict.fromkeys(name for line in report.lines for name in line.figures)
    rows: list[tuple[Cell, ...]] = [
        (name_of(name), best_of(name), *(shown(line.figures.get(name)) for line in report.lines))
        for name in names
    ]
    rows += [
        (f"markers {name[9:].replace('_', ' and ')} with each other, r", None, shown(estimate))
        + (None,) * (len(report.lines) - 1)
        for name, estimate in report.raters.items()
    ]
    return Table(
        "Figures",
        "In brackets 95% intervals, from drawing whole questions again and again. The last three "
        "columns are floors that understand nothing: the same mark for all, a mark by length, a "
        "mark by words in common with the reference. A figure that does not beat them says "
        "nothing.",
        ("", "at best", *(line.grader for line in report.lines)),
        tuple(rows),
    )


def _figure(name: str, metric: str, estimate: Estimate, *, gated: bool) -> Figure:
    goal = _GOALS.get(metric, "high") if gated else None
    return Figure(name, estimate.value, estimate.low, estimate.high, goal)


def _head(report: Report) -> str:
    return (
        f"{report.graded.name}: {report.marked} of {len(report.cases)} graded, "
        f"{report.questions} questions"
    )


def _lead(report: Report) -> str:
    """What was graded by what, in a sentence."""
    by = report.cases[0].out["grader"] if report.cases else {}
    grader = " ".join(str(by.get(key, "")) for key in ("name", "version"))
    model = f" ({by['model']})" if by.get("model") else ""
    marked = "all" if report.marked == len(report.cases) else f"{report.marked:,} of them"
    questions = "1 question" if report.questions == 1 else f"{report.questions} questions"
    return (
        f"{len(report.cases):,} marked answers to {questions}; {marked} graded by "
        f"{grader.strip()}{model}."
    )


def _details(report: Report, comparison: Comparison | None) -> dict[str, Any]:
    details: dict[str, Any] = {
        "set": report.graded.name,
        "rows": len(report.cases),
        "graded": report.marked,
        "questions": report.questions,
        "grader": report.cases[0].out["grader"] if report.cases else None,
    }
    if comparison is not None:
        details["comparison"] = _compared(comparison)
    return details


def _compared(comparison: Comparison) -> dict[str, Any]:
    kept = ("now", "before", "rows", "only_now", "only_before", "ungraded", "remarked")
    return {name: getattr(comparison, name) for name in kept} | {
        "differences": [
            {
                "name": d.name, "now": plain(d.now), "before": plain(d.before),
                "difference": plain(d.apart.value), "low": plain(d.apart.low),
                "high": plain(d.apart.high), "better": plain(d.better),
            }
            for d in comparison.differences
        ]
    }  # fmt: skip


def _rows(report: Report) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"set": report.graded.name, "marked": row}
        | {"out": {key: value for key, value in out.items() if key != "latency_ms"}}
        for row, out in zip(report.graded.rows, report.graded.outs, strict=True)
    )
