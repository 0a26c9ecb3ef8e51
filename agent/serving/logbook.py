"""The server's log: one file in the data folder, and the one before it.

Invariant: it is the person's alone (0600), and never grows without end: at a start, one that is
long becomes the one before.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "serve.log"
_LONG = 20 * 2**20  # bytes
_TAIL = 64 * 2**10  # bytes that are searched for the last lines


def open_log(home: Path, *, first: bool) -> Path:
    """The log's path, for a start. `first`: of this command, which begins a log of its own."""
    path = home / NAME
    if path.exists() and (first or path.stat().st_size > _LONG):
        path.replace(home / f"{NAME}.1")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    return path


def last_lines(path: Path, count: int = 8) -> list[str]:
    """The last lines that say something; none where the log cannot be read."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _TAIL))
            text = stream.read(_TAIL).decode("utf-8", errors="replace")
    except OSError:
        return []
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return lines[-count:]


def cause(lines: list[str]) -> str | None:
    """The line that most likely says why a server ended: the last that names an error."""
    named = [line for line in lines if "Error:" in line or "error:" in line]
    return named[-1].strip() if named else (lines[-1].strip() if lines else None)
