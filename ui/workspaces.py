"""Opening the data folder that a command's options name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ui.options import DeviceChoice

if TYPE_CHECKING:
    from agent.workspace import Workspace


def open_workspace(home: Path | None, device: DeviceChoice | None = None) -> Workspace:
    """The workspace of a command; raises SettingsError where an option or a file is wrong."""
    from agent.settings import load_settings
    from agent.workspace import Workspace

    return Workspace(load_settings(home=home, device=device.value if device else None))
