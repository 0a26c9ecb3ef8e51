"""The files that a person dropped on the page: kept in the data folder, beside the databases.

Invariant: such a file lies in `documents` itself, under a visible name; a document whose file moved
with the data folder keeps its id, and with it its questions and its history.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

from index.store import Store

COPIES = "documents"  # the folder of them, in the data folder


def copies_in(home: Path) -> list[Path]:
    """The files in the data folder's `documents`, by name; links and hidden ones are not ours."""
    folder = home / COPIES
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]


def is_copy(path: str, home: Path) -> bool:
    """Whether a document's path is that of a file in `documents`, and of none that it leads to."""
    return Path(path).parent == (home / COPIES).resolve() and Path(path).name != ".."


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
