"""The manifest of a generation: which files it has, what they must hold, what they were made from.

Invariant: the manifest is written last; a folder without one is no generation.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

_NAME = "manifest.json"
# Hashing runs at about a gigabyte a second. Every file up to this size is hashed at each start;
# of a larger one (the token vectors) the size and the time of its last change are compared, and it
# is hashed only when that time differs. What this cannot see, a bit that flips on the disk, moves
# one token's similarity a little and is found by `greenroom doctor`, which hashes everything.
HASHED_BYTES = 8 * 2**20


class ManifestError(Exception):
    """A folder does not hold what its manifest says; the message is one clause that says what."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: int
    mtime_ns: int


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    facts: dict[str, str | int]
    files: dict[str, _File]


def write_manifest(folder: Path, facts: Mapping[str, str | int]) -> None:
    """Flush every file of `folder` to the disk, then list them with `facts` in its manifest."""
    files = {}
    for path in _files(folder):
        _flush(path)
        found = path.stat()
        files[path.relative_to(folder).as_posix()] = _File(
            sha256=_hash(path), size=found.st_size, mtime_ns=found.st_mtime_ns
        )
    target = folder / _NAME
    target.write_text(_Manifest(facts=dict(facts), files=files).model_dump_json(indent=1), "utf-8")
    _flush(target)
    for inner in {path.parent for path in _files(folder)} | {folder}:
        flush_folder(inner)


def check_manifest(folder: Path, facts: Mapping[str, str | int], whole: bool = False) -> None:
    """Raise `ManifestError` where the folder's files differ from its manifest, or its facts from
    those given. `whole` hashes the large files too. Raises OSError where one cannot be read."""
    try:
        manifest = _Manifest.model_validate_json((folder / _NAME).read_bytes())
    except FileNotFoundError:
        raise ManifestError("its manifest is missing") from None
    except ValidationError:
        raise ManifestError("its manifest cannot be read") from None
    for key, value in facts.items():
        if manifest.facts.get(key) != value:
            raise ManifestError(f"its {key} is {manifest.facts.get(key)!r}, not {value!r}")
    names = {path.relative_to(folder).as_posix() for path in _files(folder)} - {_NAME}
    if names != manifest.files.keys():
        odd = ", ".join(sorted(names ^ manifest.files.keys()))
        raise ManifestError(f"its files are not those of its manifest: {odd}")
    for name, wanted in manifest.files.items():
        path = folder / name
        found = path.stat()
        if found.st_size != wanted.size:
            raise ManifestError(f"{name} has {found.st_size} bytes, not {wanted.size}")
        trusted = wanted.size > HASHED_BYTES and found.st_mtime_ns == wanted.mtime_ns
        if (whole or not trusted) and _hash(path) != wanted.sha256:
            raise ManifestError(f"{name} has other content than was written")


def flush_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the system can."""
    if os.name == "nt":  # folders cannot be opened there, and need no flush
        return
    _flush(folder)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
