"""A grading report as a `Result`: its figures by name, and plots that a person understands.

Invariant: every figure of every grader and floor in the table is there, under the file's name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.grading import Case, Report, report_as_json, report_as_text
from evals.metrics import Estimate
from evals.result import Figure, Goal, Line, Plot, Result

BANDS = 5
NEAR = 0.25  # what a row's confidence is the probability of being within
_GOALS: dict[str, Goal | None] = {"rmse": "low", "mae": "low", "bias": None}


def as_result(report: Report) -> Result:
    """Figures, plots and cases of one graded file."""
    stem = report.file.removesuffix(".jsonl")
    own = report.lines[0].grader
    figures = tuple(
        # A floor is there to be compared with; only the grader itself can regress.
        _figure(f"{stem}/{line.grader}/{name}", name, estimate, gated=line.grader == own)
        for line in report.lines
        for name, estimate in line.figures.items()
    )
    graded = [case for case in report.cases if case.out["status"] == "graded"]
    rows = tuple(
        {"qid": c.qid, "human": c.human}
        | {key: value for key, value in c.out.items() if key != "latency_ms"}
        for c in report.cases
    )
    plots = (_agreement(graded, stem), _bands(graded, stem), _reliability(graded, stem))
    return Result(
        "grading",
        report_as_text(report),
        (*figures, Figure(f"{stem}/{own}/ece", calibration_error(graded), goal="low")),
        report_as_json(report),
        rows,
        plots if graded else (),
    )


def calibration_error(cases: Sequence[Case]) -> float:
    """Expected calibration error of the rows' confidence, over `BANDS` bands of equal width (Guo et
    al. 2017, "On calibration of modern neural networks"); NaN without rows."""
    bands = _confidence_bands(cases)
    total = sum(count for _, _, count in bands)
    if not total:
        return float("nan")
    return sum(count * abs(said - near) for said, near, count in bands) / total


def _confidence_bands(cases: Sequence[Case]) -> list[tuple[float, float, int]]:
    """For each band that has rows: mean confidence, share of marks that were near, count."""
    said = np.array([float(c.out["confidence"]) for c in cases])
    near = np.array([abs(float(c.out["score"]) - c.human) <= NEAR for c in cases], dtype=bool)
    band = np.clip((said * BANDS).astype(int), 0, BANDS - 1)
    return [
        (float(said[band == b].mean()), float(near[band == b].mean()), int((band == b).sum()))
        for b in range(BANDS)
        if (band == b).any()
    ]


def _figure(name: str, metric: str, estimate: Estimate, *, gated: bool) -> Figure:
    goal = _GOALS.get(metric, "high") if gated else None
    return Figure(name, estimate.value, estimate.low, estimate.high, goal)


def _agreement(cases: Sequence[Case], stem: str) -> Plot:
    points = tuple((c.human, float(c.out["score"])) for c in cases)
    return Plot(
        f"{stem}: each answer",
        "Each dot is an answer. On the line both marks are the same; above it the grader is "
        "kinder.",
        "mark in the file", "mark given by the grader", "dots",
        (Line("answers", points),), True,
    )  # fmt: skip


def _bands(cases: Sequence[Case], stem: str) -> Plot:
    human = np.array([c.human for c in cases])
    given = np.array([float(c.out["score"]) for c in cases])
    band = np.clip((human * BANDS).astype(int), 0, BANDS - 1)
    filled = [b for b in range(BANDS) if (band == b).any()]
    line = tuple((float(human[band == b].mean()), float(given[band == b].mean())) for b in filled)
    return Plot(
        f"{stem}: mean mark in each band",
        "Answers grouped by the mark in the file. A flat line means that the grader cannot "
        "tell them apart.",
        "mean mark in the file", "mean mark given by the grader", "lines",
        (Line("grader", line),), True,
    )  # fmt: skip


def _reliability(cases: Sequence[Case], stem: str) -> Plot:
    line = tuple((said, near) for said, near, _ in _confidence_bands(cases))
    return Plot(
        f"{stem}: is its confidence honest?",
        f"How often the mark was within {NEAR} of the file's, by what the grader said its chance "
        "was. On the line it knows how sure it may be; below it is too sure of itself.",
        "confidence", "share of marks that were near", "lines", (Line("grader", line),), True,
    )  # fmt: skip
