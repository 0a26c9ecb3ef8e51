"""The command ``grade``: rows in, marks out, one for every row whatever happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from ui import options, output
from ui.workspaces import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(grade)


def grade(
    batch: Annotated[Path, typer.Option("--batch", help="JSON Lines, a case a row; - for stdin.")],
    grader: Annotated[
        options.GraderChoice, typer.Option("--grader", help="Which grader marks.")
    ] = options.GraderChoice.auto,
    target: options.Output = None,
    json: options.Json = True,  # noqa: ARG001 - rows are JSON Lines either way
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Mark answers: a row of JSON for every row read."""
    from agent.batch import grade_rows

    workspace = open_workspace(home, device)
    marker = workspace.grader(grader.value)
    with _open(batch) as lines:
        output.write_rows(
            grade_rows(lines, marker, workspace.question, workspace.reference_for_row), target
        )


def _open(batch: Path) -> IO[str]:
    # Bytes that are no UTF-8 spoil their own row only.
    if str(batch) == "-":
        return open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False)
    return batch.open(encoding="utf-8", errors="replace")
