"""The files that a person dropped on the page: kept in the data folder, beside the databases.

Invariant: such a file lies in `documents` itself, under a visible name, and what a link leads to is
never one; a document whose file moved with the data folder keeps its id, and with it its questions
and its history.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

from index.store import Store

COPIES = "documents"  # the folder of them, in the data folder
BEFORE = ".before"  # in it, former versions while new ones are read; hidden, so never read
ARRIVING = "tmp"  # in the data folder: what the page has received and not taken yet
_ARRIVED = re.compile(r"[0-9a-f]{64}|tmp[a-z0-9_]{8}")  # as Gradio names what it receives


def copies_in(home: Path) -> list[Path]:
    """The files in the data folder's `documents`, by name; links and hidden ones are not ours."""
    folder = home / COPIES
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]


def is_copy(path: str, home: Path) -> bool:
    """Whether a document's path is that of a file in `documents`, and of none that it leads to."""
    return Path(path).parent == home.resolve() / COPIES and Path(path).name != ".."


def delete_copy(path: str, home: Path) -> None:
    """Really delete a document's file, if it is one that was dropped on the page."""
    if is_copy(path, home):
        Path(path).unlink(missing_ok=True)


def delete_left(home: Path) -> None:
    """Really delete what uploads left that were cut off. Whoever names a folder of their own as the
    data folder may have a `documents` and a `tmp` in it: those stay as they are."""
    home = home.resolve()
    left = _files(home / COPIES / BEFORE)
    if _ours(home / COPIES / BEFORE):  # made with the first upload
        left += copies_in(home)
    for arrived in _entries(home / ARRIVING):
        if _ARRIVED.fullmatch(arrived.name):
            left += [arrived] if arrived.is_file() else _files(arrived)
    for path in left:
        path.unlink(missing_ok=True)


def _ours(folder: Path) -> bool:
    return folder.is_dir() and not (folder.is_symlink() or folder.parent.is_symlink())


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if _ours(folder) else []


def _files(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if not path.is_dir()]


def lead_to(store: Store, home: Path, hashes: Mapping[str, str]) -> None:
    """Let documents that were made of dropped files lead to where these lie now.

    `home` has its links resolved. `hashes` are the SHA-256 of the files in its `documents`, by
    name: a document belongs to one if it had its name, in a folder of that name, and was made of
    the same bytes.
    """
    for document in store.documents("user"):
        # As a path of Windows it is taken apart at both kinds of strokes.
        was = PureWindowsPath(document.path)
        now = str(home / COPIES / was.name)
        ours = was.parent.name == COPIES and hashes.get(was.name) == document.sha256
        if ours and now != document.path and store.by_path(now) is None:
            store.move(document.id, now)
