"""The suites by name, each from a workspace and its data to a `Result`.

Invariant: a suite that needs data and has none raises `MissingDataError`; it never makes any up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.result import Figure, Goal, Result

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from corpus.schema import Question


class Suite(StrEnum):
    """The suites there are."""

    grading = "grading"
    retrieval = "retrieval"
    performance = "performance"
    marks = "marks"
    robustness = "robustness"
    dialogue = "dialogue"


class MissingDataError(GreenroomError):
    """A suite was not told what to measure on."""

    exit_code = 2


def grading(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """How far the grader agrees with people on a graded file."""
    from evals.grading import grade_file
    from evals.grading_result import as_result

    if data is None:
        raise MissingDataError(
            "eval grading needs --data FILE: JSON Lines with a score in each row"
        )
    return as_result(grade_file(data, workspace.grader(grader)))


def retrieval(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """Whether search finds what answers, beside BM25, dense search and the usual mixture."""
    from evals.baselines import compare
    from evals.retrieval import report, table

    del grader
    if data is None:
        raise MissingDataError(
            "eval retrieval needs --data FOLDER: the glossary's folder, or one in BEIR's form"
        )
    measured = compare(data, workspace.embedder)
    figures = tuple(
        Figure(f"{data.name}/{system}/{name}", value.value, value.low, value.high, _goal(name))
        for system, found in measured.items()
        for name, value in found.metrics.items()
    )
    rows = [
        {"system": name, **asdict(row)} for name, found in measured.items() for row in found.rows
    ]
    details = {name: report(found) for name, found in measured.items()}
    return Result("retrieval", table(measured), figures, details, tuple(rows))


def _goal(name: str) -> Goal:
    return "low" if name == "weak_let_in" else "high"


def performance(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """What a person waits for, on a folder of documents."""
    from evals.performance_suite import run_suite

    if data is None:
        raise MissingDataError("eval performance needs --data FOLDER: documents to ingest")
    text, details, rows = run_suite(workspace, data, grader)
    return Result("performance", text, (), details, tuple(rows), timings=True)


def marks(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """Whether our own marked answers and point pairs are what they should be."""
    from evals.marks import FOLDER, load_marks
    from evals.marks_suite import run_marks

    del grader
    bank = {q.id: q for q in workspace.questions(source="library")}
    text, details, faults = run_marks(load_marks(data or FOLDER), bank, workspace.embedder)
    return Result("marks", text, (), details, faults=tuple(faults))


def robustness(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """Whether the grader can be talked into a mark."""
    from evals.robustness import as_json, as_text, run_robustness

    if data is None:
        raise MissingDataError("eval robustness needs --data FILE: answers with a score in each")
    found = run_robustness(data, workspace.grader(grader))
    figures = tuple(
        Figure(f"{data.stem}/{limit.figure}", limit.value, goal="low", limit=limit.most)
        for limit in found.limits
    )
    return Result("robustness", as_text(found), figures, as_json(found), found.cases)


def dialogue(workspace: Workspace, data: Path | None, grader: str) -> Result:
    """Whether debriefs rank simulated candidates, and every interview ends."""
    from evals.dialogue import run_dialogue

    del data  # it asks what the bundled library asks
    return run_dialogue(_Library(workspace), workspace.grader(grader))


class _Library:
    """The bundled questions as a bank."""

    def __init__(self, workspace: Workspace) -> None:
        self._questions = {q.id: q for q in workspace.questions(source="library")}

    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    def question(self, question_id: str) -> Question | None:
        return self._questions.get(question_id)


SUITES: dict[Suite, Callable[[Workspace, Path | None, str], Result]] = {
    Suite.grading: grading,
    Suite.retrieval: retrieval,
    Suite.performance: performance,
    Suite.marks: marks,
    Suite.robustness: robustness,
    Suite.dialogue: dialogue,
}
