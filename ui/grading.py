"""The command ``grade``: rows in, marks out, one for every row whatever happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.rows import open_lines
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
    if target is not None and target.exists() and batch.exists() and target.samefile(batch):
        raise GreenroomError(f"{target} is the file of cases itself; name another with --output")
    with open_lines(batch) as lines:
        # Before the first row: without its model the command has to end with no rows.
        workspace.embedder.warm()
        rows = grade_rows(
            _rows(lines),
            marker,
            workspace.question,
            workspace.reference_for_row,
            workspace.disputed,
        )
        output.write_rows(rows, target)


def _rows(lines: Iterable[str]) -> Iterator[str]:
    """The lines; one that is no UTF-8 is no JSON either, and becomes a line that is none."""
    for line in lines:
        try:
            line.encode()
        except UnicodeEncodeError:
            yield "\N{REPLACEMENT CHARACTER}"
        else:
            yield line
