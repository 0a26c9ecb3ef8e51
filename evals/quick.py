"""The gate's part of the suites: samples of our own data, in about a minute of CPU.

Invariant: the same rows every time, drawn by hashes of questions' ids; every figure's name
begins with `PREFIX`, so that a sample is never compared with a whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evals.asked import Asked, MissingDataError
from evals.cases import grade_all, marks_rows, sample
from evals.grading import report_of
from evals.grading_result import as_result
from evals.library_search import run_library
from evals.marks import load_marks
from evals.plain import load_plain
from evals.result import Figure, Result, joined
from evals.robustness import attack_rows
from evals.robustness_result import as_result as attacked_result

if TYPE_CHECKING:
    from agent.workspace import Workspace

PREFIX = "quick/"
ANSWERS = 160  # of our own dev answers, whole questions
PLAIN = 100  # of the plain ones
ATTACKED = 3  # answers of each sort that every attack is tried on
QUERIES = 300  # of the library's questions
RESAMPLES = 100  # a gate compares values; intervals are for looking
# What moves little from one machine to another; the other figures are shown and not held.
HELD = frozenset(
    {
        "r", "rmse", "f1_2way", "excellent_minus_wrong", "excellent_minus_keywords", "verdict_f1",
        "verdict_accuracy", "covered_auc", "point_aurc", "marked", "ndcg_at_10", "recall_at_10",
    }
)  # fmt: skip


def run_quick(workspace: Workspace, asked: Asked) -> Result:
    """Grading and robustness on our dev answers, search on the library. Raises `MissingDataError`
    where it is given data."""
    if asked.data or asked.root or asked.against or asked.against_grader:
        raise MissingDataError("eval quick always measures on the same data; give it none")
    grader = workspace.grader("embedded" if asked.grader == "auto" else asked.grader)
    rows = sample(marks_rows(load_marks().part("dev")), ANSWERS)
    plain = sample(marks_rows(load_plain("dev")), PLAIN)
    parts = (
        *(
            as_result(report_of(grade_all(name, some, grader), resamples=RESAMPLES))
            for name, some in (("marks-dev", rows), ("marks-plain", plain))
        ),
        replace(
            attacked_result("marks-dev", attack_rows(rows, grader, most=ATTACKED)),
            title="marks-dev",
        ),
        run_library(workspace, QUERIES, ("hybrid",)),
    )
    return joined("quick", [_held(part) for part in parts], covers=PREFIX)


def _held(part: Result) -> Result:
    """The part with its figures under the gate's names.

    Limits are aims and stand in the whole suites' reports; the gate says what got worse.
    """
    return replace(part, figures=tuple(_figure(figure) for figure in part.figures), covers=None)


def _figure(figure: Figure) -> Figure:
    metric = figure.name.rsplit("/", 1)[-1]
    held = metric in HELD or "mean" in metric
    goal = figure.goal if held else None
    return replace(figure, name=f"{PREFIX}{figure.name}", goal=goal, limit=None)
