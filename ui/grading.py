"""The command ``grade``: rows in, marks out, one for every row whatever happens."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.rows import is_overwritten, open_lines
from ui.workspaces import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(grade)


def grade(
    batch: Annotated[Path, typer.Option("--batch", help="JSON Lines, a case a row; - for stdin.")],
    grader: options.Grader = None,
    fallback: Annotated[
        options.FallbackChoice | None,
        typer.Option("--fallback", help="What marks where the language model is lost on the way."),
    ] = None,
    target: options.Output = None,
    json: options.Json = True,  # noqa: ARG001 - rows are JSON Lines either way
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Mark answers: a row of JSON for every row read."""
    from agent.batch import grade_rows, rows_at_a_time

    workspace = open_workspace(home, device, grader)
    marker = workspace.grader(workspace.settings.grader, fallback=fallback is not None)
    if is_overwritten(batch, target):
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
            workers=1 if _piped(batch) else rows_at_a_time(marker),
        )
        lost = _Lost()
        output.write_rows(lost.counted(rows), target)
    lost.tell()


def _piped(batch: Path) -> bool:
    """Whether what writes the rows may wait for each mark before it writes the next."""
    if str(batch) != "-":
        return False
    try:
        return not stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode)
    except OSError:  # no file at all stands behind it
        return True


class _Lost:
    """Rows that the language model was not there for."""

    def __init__(self) -> None:
        self._count = 0

    def counted(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows, as they are."""
        for row in rows:
            self._count += row["reason"] == "model_unavailable"
            yield row

    def tell(self) -> None:
        """Raise ModelUnavailableError where there were any: every row is written by then."""
        from agent.llm.faults import ModelUnavailableError

        if self._count:
            raise ModelUnavailableError(
                f"the language model was lost: {self._count} rows are not graded; see "
                "`greenroom doctor`, or take --fallback embedded"
            )


def _rows(lines: Iterable[str]) -> Iterator[str]:
    """The lines; one that is no UTF-8 is no JSON either, and becomes a line that is none."""
    for line in lines:
        try:
            line.encode()
        except UnicodeEncodeError:
            yield "\N{REPLACEMENT CHARACTER}"
        else:
            yield line
