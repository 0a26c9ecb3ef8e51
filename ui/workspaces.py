"""Opening the data folder that a command's options name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ui import output
from ui.options import DeviceChoice, GraderChoice

if TYPE_CHECKING:
    from agent.profiles import Kind
    from agent.workspace import Workspace

LOCAL = "local"  # the person at a terminal


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


def keep_papers(workspace: Workspace, cv: Path | None, job: Path | None) -> None:
    """Keep the files as the local person's CV and job description, and say so.

    Raises ProfileError, with nothing kept of the file at fault.
    """
    if cv is None and job is None:
        return
    from agent.papers import keep_paper

    given: tuple[tuple[Kind, Path | None], ...] = (("cv", cv), ("job", job))
    for kind, path in given:
        if path is not None:
            paper = keep_paper(workspace.profiles, LOCAL, kind, path)
            output.note(
                f"{paper.name} is kept on this machine for your interviews; "
                f"greenroom forget --{kind} deletes it."
            )


def settle_grader(workspace: Workspace) -> None:
    """Choose now which grader marks the interviews, and say so where it is a language model.

    Raises ModelUnavailableError where the one that was asked for cannot run.
    """
    info = workspace.session_grader.info
    if info.name != "embedded":
        doubt = "" if info.measured else "; accuracy not measured"
        output.note(f"Marked by the {info.name} grader ({info.model}{doubt}).")
