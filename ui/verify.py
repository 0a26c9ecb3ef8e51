"""The command ``verify``: claims with their evidence in, a label and a probability out.

Invariant: no row is written before the model is there, and then one for every row read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.rows import is_overwritten, open_lines
from ui.workspaces import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(verify)


def verify(
    batch: Annotated[Path, typer.Option("--batch", help="JSON Lines, a claim a row; - for stdin.")],
    target: options.Output = None,
    json: options.Json = True,  # noqa: ARG001 - rows are JSON Lines either way
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Say whether cited sentences support a claim: a row of JSON for every row read."""
    from agent.claims import verify_rows
    from agent.judge import Pair

    judge = open_workspace(home, device).judge
    if is_overwritten(batch, target):
        raise GreenroomError(f"{target} is the file of claims itself; name another with --output")
    with open_lines(batch) as lines:
        judge.judge([Pair("warm", "warm")])  # without its model the command ends with no rows
        output.write_rows(verify_rows(lines, judge), target)
