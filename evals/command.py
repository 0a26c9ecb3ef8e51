"""The command ``eval``: runs a suite, prints its table, writes its report, compares, gates.

Invariant: `report.json` depends on the data and the product only; times go to `timings.json`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.asked import Asked, GraderName, MarksSplit, Suite
from evals.means import WORKERS, Means

if TYPE_CHECKING:
    from evals.gate import Change
    from evals.result import Result


_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
DRAWN = (Suite.grading, Suite.grounding, Suite.robustness, Suite.entailment, Suite.all)


def _place(written: str) -> Path:
    """A path as it is written; an empty one would name the current folder."""
    if not written:
        raise typer.BadParameter("it is empty; name a folder or a file")
    return Path(written)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


def evaluate(
    suite: Annotated[Suite, typer.Argument(help="What to measure.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            help="A graded file, or a folder of documents or in BEIR's form. May be given again.",
            parser=_place,
            metavar="PATH",
        ),
    ] = None,
    grader: Annotated[GraderName, typer.Option("--grader", help="Which grader.")] = GraderName.auto,
    split: Annotated[
        MarksSplit, typer.Option("--split", help="Which of our own answers, without --data.")
    ] = MarksSplit.dev,
    root: Annotated[
        Path | None,
        typer.Option(
            "--data-root",
            help="A folder with grading, support, retrieval in it.",
            parser=_place,
            metavar="PATH",
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help="The --output of an earlier grading run to compare with.",
            parser=_place,
            metavar="PATH",
        ),
    ] = None,
    against_grader: Annotated[
        GraderName | None,
        typer.Option("--against-grader", help="Another grader to compare with."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline", help="A report.json to compare with.", parser=_place, metavar="PATH"
        ),
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 3 where a limit is broken or a figure is worse.")
    ] = False,
    write: Annotated[
        bool,
        typer.Option("--write-baseline", help="Keep the figures as the baseline of the gate."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=256, help="Rows at a time, by a language model."),
    ] = None,
    bare: Annotated[
        bool,
        typer.Option("--bare-client", help="Send the same requests by a bare client: the ratio."),
    ] = False,
    most: Annotated[
        int | None,
        typer.Option(
            "--most",
            min=1,
            help="Rows of a file at most, a fixed draw; in robustness answers for each attack.",
        ),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option(
            "--output", help="A folder for the report and its rows.", parser=_place, metavar="PATH"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", envvar="GREENROOM_HOME", show_default=False, parser=_place, metavar="PATH"
        ),
    ] = None,
) -> None:
    """Measure the product; tables with 95% intervals and trivial baselines."""
    from agent.settings import load_settings
    from agent.workspace import Workspace
    from evals.gate import (
        COMMITTED,
        BaselineError,
        changes,
        check,
        read_baseline,
        writable_baseline,
        write_baseline,
    )
    from evals.suites import SUITES
    from evals.writing import write_result

    if write and gate:
        raise typer.BadParameter("take --gate or --write-baseline, not both")
    means = Means(workers or WORKERS, target, bare)
    asked = Asked(
        tuple(data or ()), grader, split, root, against, against_grader, means, most, _say
    )
    _refuse(suite, asked)
    if target is not None:
        target.mkdir(parents=True, exist_ok=True)  # before hours of work, not after
    if write:
        writable_baseline(baseline or COMMITTED)
    named = baseline
    if baseline is None and gate and COMMITTED.exists():
        baseline = COMMITTED
    kept = read_baseline(baseline) if baseline and not write else {}
    result = SUITES[suite](Workspace(load_settings(home=home)), asked)
    changed = changes(result.figures, kept)
    sys.stdout.write(_report(result) if as_json else _plain(_shown(result, changed)))
    if target is not None:
        write_result(target, result, changed)
    if write:
        path = baseline or COMMITTED
        sys.stderr.write(f"{write_baseline(path, result)} figures kept in {path}\n")
    if gate:
        check(result, kept, changed)
        if not changed and named:
            raise BaselineError(f"{named} has no figure of this run; name its own with --baseline")
        if not changed:
            sys.stderr.write("nothing was compared: the baseline has no figure of this run\n")


def _refuse(suite: Suite, asked: Asked) -> None:
    """Raise where options are given that the suite has no use for."""
    if (asked.against or asked.against_grader) and suite is not Suite.grading:
        raise typer.BadParameter("--against and --against-grader belong to the suite grading")
    if asked.against and asked.against_grader:
        raise typer.BadParameter("take --against or --against-grader, not both")
    if (asked.means.bare or asked.means.workers != WORKERS) and suite is not Suite.grading:
        raise typer.BadParameter("--workers and --bare-client belong to the suite grading")
    if asked.most and suite not in DRAWN:
        raise typer.BadParameter(f"--most belongs to {', '.join(DRAWN)}")
    if asked.root and suite not in (Suite.all, Suite.grounding):
        raise typer.BadParameter(f"--data-root belongs to all and grounding; give {suite} --data")


def _plain(text: str) -> str:
    """The text without control characters: names and kinds come from files, and a terminal would
    obey them."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _say(line: str) -> None:
    sys.stderr.write(_plain(line) + "\n")
    sys.stderr.flush()


def _report(result: Result) -> str:
    return json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False) + "\n"


def _shown(result: Result, changed: tuple[Change, ...]) -> str:
    moved = [f"{'WORSE ' if c.worse else '      '}{c}" for c in changed if c.figure.goal]
    faults = [f"To mend: {fault}" for fault in result.faults if fault not in result.text]
    against = ["", "Against the baseline:", *moved] if moved else []
    pace = ["", result.pace.text] if result.pace else []
    return "\n".join([result.text, *faults, *pace, *against]) + "\n"
