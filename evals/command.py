"""The command ``eval``: runs a suite, prints its table, writes its report, compares, gates.

Invariant: `report.json` depends on the data and the product only; times go to `timings.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.suites import Suite

if TYPE_CHECKING:
    from evals.gate import Change
    from evals.result import Result


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
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="A report.json to compare with.")
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 3 where a limit is broken or a figure is worse.")
    ] = False,
    target: Annotated[
        Path | None, typer.Option("--output", help="A folder for the report and its rows.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", envvar="GREENROOM_HOME", show_default=False)
    ] = None,
) -> None:
    """Measure the product; tables with 95% intervals and trivial baselines."""
    from agent.settings import load_settings
    from agent.workspace import Workspace
    from evals.gate import COMMITTED, changes, read_baseline
    from evals.suites import SUITES
    from evals.writing import write_result

    if baseline is None and gate and COMMITTED.exists():
        baseline = COMMITTED
    kept = read_baseline(baseline) if baseline else {}
    result = SUITES[suite](Workspace(load_settings(home=home)), data, grader)
    changed = changes(result.figures, kept)
    sys.stdout.write(_report(result) if as_json else _shown(result, changed))
    if target is not None:
        write_result(target, result, changed)
    if gate:
        _pass(result, changed)


def _report(result: Result) -> str:
    return json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False) + "\n"


def _shown(result: Result, changed: tuple[Change, ...]) -> str:
    moved = [f"{'WORSE ' if c.worse else '      '}{c}" for c in changed if c.figure.goal]
    return (
        "\n".join([result.text, *(["", "Against the baseline:", *moved] if moved else [])]) + "\n"
    )


def _pass(result: Result, changed: tuple[Change, ...]) -> None:
    """Raise `GateError` where something may not pass."""
    from evals.gate import GateError

    broken = [*result.faults]
    broken += [f"{f.name} is {f.value:.3f}, limit {f.limit}" for f in result.figures if not f.kept]
    broken += [f"worse: {change}" for change in changed if change.worse]
    if broken:
        raise GateError(f"{len(broken)} of the gate's conditions fail, the first: {broken[0]}")
