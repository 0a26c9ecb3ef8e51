"""Opening the data folder that a command's options name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ui import output
from ui.options import DeviceChoice, GraderChoice

if TYPE_CHECKING:
    from agent.workspace import Workspace


def open_workspace(
    home: Path | None, device: DeviceChoice | None = None, grader: GraderChoice | None = None
) -> Workspace:
    """The workspace of a command; raises SettingsError where an option or a file is wrong."""
    from agent.settings import load_settings
    from agent.workspace import Workspace

    return Workspace(
        load_settings(
            home=home,
            device=device.value if device else None,
            grader=grader.value if grader else None,
        )
    )


def settle_grader(workspace: Workspace) -> None:
    """Choose now which grader marks the interviews, and say so where it is a language model.

    Raises ModelUnavailableError where the one that was asked for cannot run.
    """
    info = workspace.session_grader.info
    if info.name != "embedded":
        doubt = "" if info.measured else "; accuracy not measured"
        output.note(f"Marked by the {info.name} grader ({info.model}{doubt}).")
