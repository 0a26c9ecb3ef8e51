"""Which files a person means when they name files and folders.

Invariant: each real file comes once, in sorted order, and whatever is met but cannot be used comes
too, with the problem; only hidden files and folders of tools are passed over in silence.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.readers import unsupported

_TOOLS = {"node_modules", "__pycache__", "site-packages", "__MACOSX", "venv"}
_DEBRIS = {"Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read (`path` is absolute, links resolved), or something that is none and why."""

    path: Path
    problem: str | None = None


def discover(paths: Sequence[Path]) -> Iterator[Found]:
    """All files under `paths`: those named, and those in the folders named, at any depth.

    A problem is one readable clause: a missing path, a broken or circular link, a folder that may
    not be opened, something that is no regular file, an unsupported type.
    """
    seen: set[Path] = set()
    # A stack rather than recursion: folders may be nested deeper than the interpreter's stack.
    waiting = [(path.expanduser(), False) for path in reversed(paths)]
    while waiting:
        path, in_real_folder = waiting.pop()
        try:
            straight = in_real_folder and not path.is_symlink()
            real = path if straight else path.resolve(strict=True)
            mode = real.stat().st_mode
        except (OSError, RuntimeError, ValueError) as error:
            yield Found(_absolute(path), _unreachable(path, error))
            continue
        if real in seen:
            continue
        seen.add(real)
        if stat.S_ISDIR(mode):
            try:
                waiting += [(real / name, True) for name in reversed(_entries(real))]
            except OSError as error:
                yield Found(real, _closed(error))
        else:
            yield Found(real, _problem(real, mode))


def _entries(folder: Path) -> list[str]:
    """The names in a folder that a person put there, sorted."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not _passed_over(entry.name))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _TOOLS or name in _DEBRIS


def _problem(path: Path, mode: int) -> str | None:
    if not stat.S_ISREG(mode):
        kinds = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
        return f"not a regular file: it is {kinds.get(stat.S_IFMT(mode), 'a device')}"
    if any("\ud800" <= c <= "\udfff" for c in str(path)):
        return "its name is not valid Unicode: rename it"
    return unsupported(path)


def _unreachable(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "permission denied: make the folder above it readable"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if path.is_symlink():
            return f"broken link: it points to {str(path.readlink())!r}, which does not exist"
        return "no such file or folder"
    if isinstance(error, RuntimeError) or path.is_symlink():
        return "circular link: it leads back to itself"
    return f"cannot be reached: {getattr(error, 'strerror', None) or error}"


def _closed(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "permission denied: make the folder readable"
    return f"cannot be opened: {error.strerror or error}"


def _absolute(path: Path) -> Path:
    return Path.cwd() / path
