"""Generations of the search index on disk: caches of the store, each in a folder of its own.

Invariant: a generation's folder appears under its name complete, and is never written to again; one
that does not hold what its manifest says is set aside and built anew from the store.

A generation is named after what it was made from, so "is it current?" is "is it there?", and two
processes that build the same one at once cannot disagree.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.database import DatabaseError
from index.manifest import ManifestError, check_manifest, flush_folder, write_manifest
from index.snapshot import IndexedChunk, Snapshot, StaleSnapshotError
from index.store import Store
from index.tokens import PackedEmbedding, TokenFormatError

_log = logging.getLogger(__name__)

FORMAT = 1  # to be raised when the same passages are saved or read differently
KEPT = 2  # the current generation, and the one before it, which a reader may still hold
_BUILDING = ".building-"
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The generation that the store calls for; `chunks` are its passages."""

    model: str
    stamp: str
    chunks: tuple[IndexedChunk, ...]

    @property
    def name(self) -> str:
        return hashlib.sha256(f"{FORMAT}\n{self.model}\n{self.stamp}".encode()).hexdigest()[:24]

    @property
    def facts(self) -> dict[str, str | int]:
        return {
            "format": FORMAT,
            "model": self.model,
            "stamp": self.stamp,
            "count": len(self.chunks),
        }


def open_snapshot(store: Store, model: str, cache: Path) -> Snapshot:
    """The index of all passages that `model` (an embedder's name) embedded, as of now.

    Read from `cache` where its generation is there and sound, else built from the store. Where the
    cache cannot be written the index lives in memory. Raises `DatabaseError` where the store cannot
    be used.
    """
    with store.one_moment():
        wanted = _Wanted(model, store.stamp(model), store.chunks(model))
        snapshot = _load(wanted, cache)
        if snapshot is not None:
            return snapshot
        packed = _embeddings(store, model)
    others = sum(1 for d in store.documents() if d.model != model and d.chunks)
    if others:
        _log.warning(
            "%d documents were embedded by another model and cannot be found by meaning until "
            "`greenroom ingest` is run on them again",
            others,
        )
    dimension = len(packed[0].pooled) if packed else 1
    snapshot = Snapshot.build(wanted.chunks, packed, dimension)
    try:
        folder = _publish(wanted, snapshot, dimension, cache)
        check_manifest(folder, wanted.facts)  # a damaged one that could not be set aside is there
        prune(cache, current=folder.name)
        # What is read back is mapped from the disk, and need not be held in memory.
        return Snapshot.load(folder, wanted.chunks)
    except (OSError, ManifestError, StaleSnapshotError) as error:
        _log.warning("the search index cannot be kept in %s (%s); going on without", cache, error)
        return snapshot


def _embeddings(store: Store, model: str) -> Sequence[PackedEmbedding]:
    try:
        return store.embeddings(model)
    except TokenFormatError as error:
        raise DatabaseError(f"{error}; run `greenroom doctor`") from error


def _load(wanted: _Wanted, cache: Path) -> Snapshot | None:
    folder = _root(cache) / wanted.name
    if not folder.is_dir():
        return None
    try:
        check_manifest(folder, wanted.facts)
        return Snapshot.load(folder, wanted.chunks)
    except (ManifestError, StaleSnapshotError, OSError) as error:
        kept = _quarantine(folder, cache)
        _log.warning(
            "the search index was damaged (%s); it is built again from the documents, "
            "and the damaged one is kept in %s",
            error,
            kept,
        )
        return None


def _publish(wanted: _Wanted, snapshot: Snapshot, dimension: int, cache: Path) -> Path:
    """Write a generation beside its place, flush it, and move it there whole."""
    root = _root(cache)
    root.mkdir(parents=True, exist_ok=True)
    target = root / wanted.name
    made = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=root))
    try:
        snapshot.save(made)
        write_manifest(made, {**wanted.facts, "dimension": dimension})
        try:
            made.replace(target)
        except OSError:
            # Another process was first; what it built has the same name, so the same content.
            if not target.is_dir():
                raise
        flush_folder(root)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def prune(cache: Path, current: str) -> None:
    """Remove old generations, but for the youngest beside `current`, and what a killed process
    left half built."""
    root = _root(cache)
    now = _age(root / current)
    folders = [f for f in root.iterdir() if f.is_dir() and f.name != current]
    ready = sorted((f for f in folders if not f.name.startswith(_BUILDING)), key=_age, reverse=True)
    abandoned = [
        f for f in folders if f.name.startswith(_BUILDING) and now - _age(f) > _ABANDONED_SECONDS
    ]
    for folder in [*ready[KEPT - 1 :], *abandoned]:
        shutil.rmtree(folder, ignore_errors=True)


def purge(cache: Path) -> None:
    """Remove every generation, also those set aside: they hold the words of deleted documents.

    Raises OSError where one cannot be removed.
    """
    for folder in (_root(cache), cache / "quarantine"):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)


def problems(store: Store, model: str, cache: Path) -> tuple[str, ...]:
    """What is wrong with the current generation, reading all of it; none where it is not built."""
    with store.one_moment():
        wanted = _Wanted(model, store.stamp(model), store.chunks(model))
    folder = _root(cache) / wanted.name
    if not folder.is_dir():
        return ()
    try:
        check_manifest(folder, wanted.facts, whole=True)
    except (ManifestError, OSError) as error:
        return (str(error),)
    return ()


def _quarantine(folder: Path, cache: Path) -> Path:
    """Set a folder aside under a name that is free."""
    root = cache / "quarantine"
    try:
        root.mkdir(parents=True, exist_ok=True)
        kept = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=root)) / "generation"
        folder.replace(kept)
    except FileNotFoundError:  # another process has set it aside
        return root
    except OSError as error:
        _log.warning("%s cannot be set aside (%s)", folder, error)
        return folder
    return kept


def _root(cache: Path) -> Path:
    return cache / "index"


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # removed by another process meanwhile
        return 0.0
