"""The suites by name, each from a workspace and what was asked for to a `Result`.

Invariant: a suite that needs data and has none raises `MissingDataError`; it never makes any up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from evals.asked import Asked, MissingDataError, Suite, marked_sets, set_name
from evals.provenance import notes_on
from evals.result import Result, joined, noted
from evals.sampling import part_of, spread

if TYPE_CHECKING:
    from pathlib import Path

    from agent.workspace import Workspace
    from corpus.schema import Question
    from evals.cases import Graded, Row


def grading(workspace: Workspace, asked: Asked) -> Result:
    """How far the grader agrees with people on marked answers, ours or those of files."""
    from evals.cases import question_of
    from evals.grading import report_of
    from evals.grading_result import as_result
    from evals.marker import open_marker
    from evals.pace import as_result as pace_of
    from evals.paired import compare, read_run

    whole = marked_sets(asked)
    of = {name: len(rows) for name, rows in whole.items()}
    sets = {n: tuple(spread(rows, asked.most, question_of)) for n, rows in whole.items()}
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
            part = as_result(report_of(graded), compare(graded, other) if other else None)
            parts.append(noted(part, *notes_on(name), *part_of(len(rows), of[name], "questions")))
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
    from evals.retrieval_result import as_result

    if not asked.data:
        return run_library(workspace, asked.most)
    parts: list[Result] = []
    for data in asked.data:
        name = set_name(data, {part.title for part in parts})
        measured = compare(data, workspace.embedder)
        parts.append(as_result(name, "which document answers each", measured))
    return joined("retrieval", parts)


def grounding(workspace: Workspace, asked: Asked) -> Result:
    """Whether every quote is exact and carries what it is cited for."""
    from evals.grounding import run
    from evals.support import read_claims, run_support

    root = asked.root or next((path for path in asked.data if path.is_dir()), None)
    files = [path for path in asked.data if not path.is_dir()]
    claims = [*files, *(sorted((root / "support").glob("*.jsonl")) if root else [])]
    named: dict[str, Path] = {}
    for path in claims:
        named[set_name(path, named)] = path
        read_claims(path)  # what is wrong with one is told before minutes of work, not after
    parts = [] if files else list(run(workspace, asked.most).parts)
    for name, path in named.items():
        parts.append(run_support(path, workspace.judge, most=asked.most, name=name))
    missing = "" if claims else "not measured: claims (name a file of them with --data)"
    return joined("grounding", parts, missing)


def entailment(workspace: Workspace, asked: Asked) -> Result:
    """Whether the judge reads one text as saying another, on labelled pairs."""
    from evals.entailment import run_entailment

    if not asked.data:
        raise MissingDataError("eval entailment needs --data FILE: pairs with a label")
    return run_entailment(asked.data, workspace.judge, asked.most)


def performance(workspace: Workspace, asked: Asked) -> Result:
    """What a person waits for, on a folder of documents."""
    from evals.performance_suite import run_suite

    data = asked.one("eval performance needs --data FOLDER: documents to ingest")
    text, details, rows = run_suite(workspace, data, asked.grader)
    return Result("performance", text, (), details, tuple(rows), timings=True)


def marks(workspace: Workspace, asked: Asked) -> Result:
    """Whether our own marked answers and point pairs are what they should be."""
    from evals.marks import load_marks
    from evals.marks_suite import SUBJECTS, run_marks
    from evals.subjects import subject_parts

    bank = {q.id: q for q in workspace.questions(source="library")}
    if asked.data:
        text, details, faults = run_marks(
            load_marks(asked.data[0]).parts(), bank, workspace.embedder
        )
        return Result("marks", text, (), details, faults=tuple(faults))
    library = load_marks().parts()
    sets = {
        "library": run_marks(library, bank, workspace.embedder),
        "subjects": run_marks(
            subject_parts(), {}, workspace.embedder, SUBJECTS,
            {f"library {name}": library[name] for name in ("dev", "test")},
        ),
    }  # fmt: skip
    return joined(
        "marks",
        [
            Result("marks", f"{name}\n{text}", (), details, faults=tuple(faults), title=name)
            for name, (text, details, faults) in sets.items()
        ],
    )


def robustness(workspace: Workspace, asked: Asked) -> Result:
    """Whether the grader can be talked into a mark, on marked answers, ours or those of files."""
    from evals.robustness import MOST, attack_rows, with_misconceptions
    from evals.robustness_result import as_result

    grader = workspace.grader(asked.grader)
    bank = {q.id: q for q in workspace.questions(source="library")}
    most = asked.most or MOST
    parts = []
    for name, rows in marked_sets(asked).items():
        tried = attack_rows(with_misconceptions(rows, bank), grader, most=most)
        part = replace(as_result(name, tried), title=name)
        parts.append(
            noted(part, *notes_on(name), f"Each attack is tried on {most} answers at most.")
        )
    return joined("robustness", parts)


def dialogue(workspace: Workspace, asked: Asked) -> Result:
    """Whether debriefs rank simulated candidates, and every interview ends."""
    from evals.dialogue import SEEDS, run_dialogue

    # It asks what the bundled library asks.
    seeds = min(asked.most or SEEDS, SEEDS)
    return run_dialogue(_Library(workspace), workspace.grader(asked.grader), seeds)


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
    Suite.entailment: entailment,
    Suite.marks: marks,
    Suite.performance: performance,
    Suite.quick: quick,
    Suite.all: everything,
}
