"""How a file stands to the store: new, unchanged, updated, moved, or a copy of another.

Invariant: only a file's bytes and place decide; nothing is parsed here.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.schema import UnreadableError
from index.store import Store
from index.store_rows import DIGEST_VERSION, StoredDocument

MAX_BYTES = 64 * 2**20
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Change:
    """`id` is the document's; `sha256` that of the file's bytes.

    `here` is the version in the store that was made from a file at the same path, `former` the
    document that the file was at its former path (moved), `original` the id of the document that it
    is a copy of.
    """

    kind: Literal["new", "unchanged", "updated", "moved", "copy"]
    id: str
    sha256: str
    here: StoredDocument | None = None
    former: StoredDocument | None = None
    original: str | None = None


class Comparison:
    """Compares files with the store during one ingest. Used from one thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: dict[str, str] = {}  # hash to id, of what this ingest has parsed so far

    def change(self, path: Path) -> Change:
        """How the file at `path` (absolute, links resolved) stands to the store.

        Raises `UnreadableError` for what is no file or too large, OSError for what cannot be read.
        """
        sha256 = hash_file(path)
        here = self._store.by_path(str(path))
        key = here.id if here else self._new_id(path)  # it may have moved with the data folder
        if here and here.sha256 == sha256:
            self._taken.setdefault(sha256, key)
            current = here.digest_version == DIGEST_VERSION
            return Change("unchanged" if current else "updated", key, sha256, here)
        if sha256 in self._taken:
            return Change("copy", key, sha256, here, original=self._taken[sha256])
        former = None
        for other in self._store.by_sha(sha256):
            if other.source == "library":
                continue
            if _still_holds(Path(other.path), sha256):
                return Change("copy", key, sha256, here, original=other.id)
            if not Path(other.path).exists():
                former = other
        kind: Literal["new", "updated", "moved"] = "moved" if former else "new"
        return Change("updated" if here else kind, key, sha256, here, former)

    def _new_id(self, path: Path) -> str:
        """The id for the file at a path at which no document is."""
        key = document_id(path)
        moved = self._store.stored(key)  # it was here, and lies elsewhere with its data folder
        return document_id(path / key) if moved and Path(moved.path).exists() else key

    def took(self, change: Change) -> None:
        """The file has been parsed: further ones with the same bytes are copies of it."""
        self._taken[change.sha256] = change.id


def document_id(path: Path) -> str:
    """The id of the document made from the file at `path` (absolute, links resolved)."""
    return hashlib.sha256(str(path).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in blocks.

    Raises `UnreadableError` where it is no ordinary file, or larger than `MAX_BYTES`, and OSError
    where it cannot be read.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
        raise UnreadableError("is not an ordinary file")
    size = found.st_size
    digest = hashlib.sha256()
    if size <= MAX_BYTES:
        size = 0
        with path.open("rb") as stream:
            # The file may grow meanwhile, so what is read counts.
            while size <= MAX_BYTES and (block := stream.read(_BLOCK)):
                digest.update(block)
                size += len(block)
    if size > MAX_BYTES:
        raise UnreadableError(
            f"has {size / 2**20:.0f} MB, more than the {MAX_BYTES >> 20} MB that are read; split it"
        )
    return digest.hexdigest()


def _still_holds(path: Path, sha256: str) -> bool:
    try:
        return hash_file(path) == sha256
    except (OSError, UnreadableError):
        return False
