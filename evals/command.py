"""The command ``eval``: runs a suite, prints its table, writes its report.

Invariant: `report.json` depends on the data and the product only; times go to `timings.json`.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.schema import GreenroomError

if TYPE_CHECKING:
    from agent.workspace import Workspace


class Suite(StrEnum):
    """The suites there are."""

    grading = "grading"
    retrieval = "retrieval"
    performance = "performance"
    marks = "marks"
    robustness = "robustness"


class GateError(GreenroomError):
    """What was measured breaks a limit."""

    exit_code = 3


class MissingDataError(GreenroomError):
    """A suite was not told what to measure on."""

    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


def evaluate(
    suite: Annotated[Suite, typer.Argument(help="What to measure.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="A graded file, or a folder of documents or in BEIR's form."),
    ] = None,
    grader: Annotated[str, typer.Option("--grader", help="Which grader.")] = "auto",
    target: Annotated[
        Path | None, typer.Option("--output", help="A folder for report.json and rows.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", envvar="GREENROOM_HOME", show_default=False)
    ] = None,
) -> None:
    """Measure grading, retrieval or speed; tables with 95% intervals and trivial baselines."""
    from agent.settings import load_settings
    from agent.workspace import Workspace

    workspace = Workspace(load_settings(home=home))
    run = {
        Suite.grading: _grading,
        Suite.retrieval: _retrieval,
        Suite.performance: _performance,
        Suite.marks: _marks,
        Suite.robustness: _robustness,
    }[suite]
    text, report, rows = run(workspace, data, grader)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n" if as_json else text + "\n")
    if target is not None:
        _write(target, report, rows, timings=suite is Suite.performance)
    if faults := report.get("faults"):
        raise GateError(f"{len(faults)} faults, the first: {faults[0]}")


def _grading(
    workspace: Workspace, data: Path | None, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    from evals.grading import grade_file, report_as_json, report_as_text

    if data is None:
        raise MissingDataError(
            "eval grading needs --data FILE: JSON Lines with a score in each row"
        )
    report = grade_file(data, workspace.grader(grader))
    cases = [
        {"qid": c.qid, "human": c.human, **{k: v for k, v in c.out.items() if k != "latency_ms"}}
        for c in report.cases
    ]
    return report_as_text(report), report_as_json(report), cases


def _retrieval(
    workspace: Workspace, data: Path | None, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    from dataclasses import asdict

    from evals.baselines import compare
    from evals.retrieval import report, table

    del grader
    if data is None:
        raise MissingDataError(
            "eval retrieval needs --data FOLDER: the glossary's folder, or one in BEIR's form"
        )
    measured = compare(data, workspace.embedder)
    rows = [
        {"system": name, **asdict(row)} for name, found in measured.items() for row in found.rows
    ]
    return table(measured), {name: report(found) for name, found in measured.items()}, rows


def _performance(
    workspace: Workspace, data: Path | None, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    from evals.performance_suite import run_suite

    if data is None:
        raise MissingDataError("eval performance needs --data FOLDER: documents to ingest")
    return run_suite(workspace, data, grader)


def _marks(
    workspace: Workspace, data: Path | None, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    from evals.marks import FOLDER, load_marks
    from evals.marks_suite import run_marks

    del grader
    bank = {q.id: q for q in workspace.questions(source="library")}
    text, report, _ = run_marks(load_marks(data or FOLDER), bank, workspace.embedder)
    return text, report, []


def _robustness(
    workspace: Workspace, data: Path | None, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    from evals.robustness import as_json, as_text, run_robustness

    if data is None:
        raise MissingDataError("eval robustness needs --data FILE: answers with a score in each")
    found = run_robustness(data, workspace.grader(grader))
    return as_text(found), as_json(found), list(found.cases)


def _write(
    folder: Path, report: dict[str, Any], rows: list[dict[str, Any]], *, timings: bool
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "timings.json" if timings else "report.json"
    (folder / name).write_text(
        json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
