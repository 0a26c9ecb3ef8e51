"""The suites by name, each from a workspace and what was asked for to a `Result`.

Invariant: a suite that needs data and has none raises `MissingDataError`; it never makes any up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.means import Means
from evals.result import Figure, Goal, Result, joined

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from corpus.schema import Question
    from evals.cases import Graded, Row


class Suite(StrEnum):
    """The suites there are; ``all`` runs each on what is at hand, ``quick`` is the gate's part."""

    grading = "grading"
    retrieval = "retrieval"
    grounding = "grounding"
    robustness = "robustness"
    dialogue = "dialogue"
    marks = "marks"
    performance = "performance"
    quick = "quick"
    all = "all"


class MarksSplit(StrEnum):
    """The parts of our own marked answers that may be measured on."""

    dev = "dev"
    test = "test"


class MissingDataError(GreenroomError):
    """A suite was not told what to measure on."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for.

    `data` are files or folders, `root` a folder that has them for every suite; `against` is an
    earlier run and `against_grader` another grader that is compared with. `means`: how a language
    model is kept busy.
    """

    data: tuple[Path, ...] = ()
    grader: str = "auto"
    split: MarksSplit = MarksSplit.dev
    root: Path | None = None
    against: Path | None = None
    against_grader: str | None = None
    means: Means = field(default_factory=Means)

    def one(self, needed: str) -> Path:
        """The one file or folder. Raises `MissingDataError` that says what is needed."""
        if len(self.data) != 1:
            raise MissingDataError(f"{needed} (--data given {len(self.data)} times)")
        return self.data[0]


def marked_sets(asked: Asked) -> dict[str, tuple[Row, ...]]:
    """The sets of marked answers by name: the files, or our own where none is named."""
    from evals.cases import marks_rows, read_rows
    from evals.marks import load_marks

    if not asked.data:
        return {f"marks-{asked.split}": marks_rows(load_marks(), asked.split.value)}
    found: dict[str, tuple[Row, ...]] = {}
    for path in asked.data:
        name = path.stem if path.stem not in found else f"{path.resolve().parent.name}-{path.stem}"
        if name in found:
            raise MissingDataError(f"--data {path}: another file of this name was given already")
        found[name] = read_rows(path)
    return found


def grading(workspace: Workspace, asked: Asked) -> Result:
    """How far the grader agrees with people on marked answers, ours or those of files."""
    from evals.grading import report_of
    from evals.grading_result import as_result
    from evals.marker import open_marker
    from evals.pace import as_result as pace_of
    from evals.paired import compare, read_run

    sets = marked_sets(asked)
    earlier = read_run(asked.against) if asked.against else {}
    parts, unpaired = [], []
    with ExitStack() as stack:
        others = _by_other(workspace, asked, sets, stack) if asked.against_grader else {}
        marker = stack.enter_context(open_marker(workspace, asked.grader, asked.means))
        for name, rows in sets.items():
            graded = marker.grade(name, rows)
            other = others.get(name) or earlier.get(name)
            if asked.against is not None and other is None:
                unpaired.append(f"{name} is not in {asked.against}: not compared")
            parts.append(as_result(report_of(graded), compare(graded, other) if other else None))
    made = joined("grading", parts, "\n".join(unpaired))
    return replace(made, pace=pace_of(marker.paces)) if marker.paces else made


def _by_other(
    workspace: Workspace, asked: Asked, sets: dict[str, tuple[Row, ...]], stack: ExitStack
) -> dict[str, Graded]:
    """The sets by the grader that is compared with, which is kept open as long as the run."""
    from evals.marker import open_marker

    means = replace(asked.means, bare=False)
    other = stack.enter_context(open_marker(workspace, str(asked.against_grader), means))
    return {name: other.grade(name, rows) for name, rows in sets.items()}


def retrieval(workspace: Workspace, asked: Asked) -> Result:
    """Whether search finds what answers: on the library, or on folders beside BM25 and others."""
    from evals.baselines import compare
    from evals.library_search import run_library
    from evals.retrieval import report, table

    if not asked.data:
        return run_library(workspace)
    parts = []
    for data in asked.data:
        measured = compare(data, workspace.embedder)
        figures = tuple(
            Figure(f"{data.name}/{system}/{name}", value.value, value.low, value.high, _goal(name))
            for system, found in measured.items()
            for name, value in found.metrics.items()
        )
        rows = tuple(
            {"system": s, **asdict(row)} for s, found in measured.items() for row in found.rows
        )
        details = {name: report(found) for name, found in measured.items()}
        text = f"{data.name}:\n{table(measured)}"
        parts.append(Result("retrieval", text, figures, details, rows, title=data.name))
    return joined("retrieval", parts)


def _goal(name: str) -> Goal:
    return "low" if name == "weak_let_in" else "high"


def grounding(workspace: Workspace, asked: Asked) -> Result:
    """Whether every quote is exact and carries what it is cited for."""
    from evals.grounding import run

    return run(workspace, asked.root or (asked.data[0] if asked.data else None))


def performance(workspace: Workspace, asked: Asked) -> Result:
    """What a person waits for, on a folder of documents."""
    from evals.performance_suite import run_suite

    data = asked.one("eval performance needs --data FOLDER: documents to ingest")
    text, details, rows = run_suite(workspace, data, asked.grader)
    return Result("performance", text, (), details, tuple(rows), timings=True)


def marks(workspace: Workspace, asked: Asked) -> Result:
    """Whether our own marked answers and point pairs are what they should be."""
    from evals.marks import FOLDER, load_marks
    from evals.marks_suite import run_marks

    bank = {q.id: q for q in workspace.questions(source="library")}
    folder = asked.data[0] if asked.data else FOLDER
    text, details, faults = run_marks(load_marks(folder), bank, workspace.embedder)
    return Result("marks", text, (), details, faults=tuple(faults))


def robustness(workspace: Workspace, asked: Asked) -> Result:
    """Whether the grader can be talked into a mark, on marked answers, ours or those of files."""
    from evals.robustness import attack_rows, with_misconceptions
    from evals.robustness_result import as_result

    grader = workspace.grader(asked.grader)
    bank = {q.id: q for q in workspace.questions(source="library")}
    parts = [
        replace(as_result(name, attack_rows(with_misconceptions(rows, bank), grader)), title=name)
        for name, rows in marked_sets(asked).items()
    ]
    return joined("robustness", parts)


def dialogue(workspace: Workspace, asked: Asked) -> Result:
    """Whether debriefs rank simulated candidates, and every interview ends."""
    from evals.dialogue import run_dialogue

    # It asks what the bundled library asks.
    return run_dialogue(_Library(workspace), workspace.grader(asked.grader))


class _Library:
    """The bundled questions as a bank."""

    def __init__(self, workspace: Workspace) -> None:
        self._questions = {q.id: q for q in workspace.questions(source="library")}

    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    def question(self, question_id: str) -> Question | None:
        return self._questions.get(question_id)


def quick(workspace: Workspace, asked: Asked) -> Result:
    """The gate's part: samples of our own data that take about a minute."""
    from evals.quick import run_quick

    return run_quick(workspace, asked)


def everything(workspace: Workspace, asked: Asked) -> Result:
    """Every suite on what is at hand; what is missing is said."""
    from evals.everything import run_everything

    return run_everything(workspace, asked)


SUITES: dict[Suite, Callable[[Workspace, Asked], Result]] = {
    Suite.grading: grading,
    Suite.retrieval: retrieval,
    Suite.grounding: grounding,
    Suite.robustness: robustness,
    Suite.dialogue: dialogue,
    Suite.marks: marks,
    Suite.performance: performance,
    Suite.quick: quick,
    Suite.all: everything,
}
