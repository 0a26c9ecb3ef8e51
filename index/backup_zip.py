"""The zip file of a backup: its manifest, and how it is read without being trusted.

Invariant: nothing is unpacked but plain files that the manifest names, into the data folder itself
or its folder of copies, and no more bytes of them than it says.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, ValidationError

from corpus.schema import GreenroomError
from index.copies import COPIES

MANIFEST = "manifest.json"
FORMAT = 2  # 1 had no folder
MANIFEST_BYTES = 2**23  # for some 40,000 files
_NO_SIGN = {"Cc", "Cs"}  # controls, and halves of characters
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what `backup` writes
_BLOCK = 2**20


class BackupError(GreenroomError):
    """A backup cannot be made or restored; the message names the file and what to do."""


class File(BaseModel):
    """What a file of a backup must hold; `schema_version` is that of a database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: NonNegativeInt
    schema_version: int | None = None


class Manifest(BaseModel):
    """What stands in a backup, by file name, and when it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    created: AwareDatetime
    files: dict[str, File]


@contextmanager
def opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The zip file, its damage raised as `BackupError`."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        UnicodeDecodeError,
    ) as error:
        raise BackupError(f"{source} is no sound zip file ({error}); use another backup") from error


def read_manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    """The manifest, once it agrees with the zip's list of files."""
    entries = archive.infolist()
    by_name = {entry.filename: entry for entry in entries}
    found = by_name.pop(MANIFEST, None)
    packed = all(entry.compress_type in _METHODS for entry in entries)
    if found is None or found.file_size > MANIFEST_BYTES or not packed:
        raise BackupError(f"{source} is no backup made by Greenroom: it has no fitting manifest")
    try:
        manifest = Manifest.model_validate_json(archive.read(found))
    except ValidationError as error:
        raise BackupError(f"{source}: its manifest cannot be read; use another backup") from error
    if manifest.format > FORMAT:
        raise BackupError(f"{source} was made by a newer Greenroom; upgrade to restore it")
    if len(entries) != len(by_name) + 1 or by_name.keys() != manifest.files.keys():
        raise BackupError(f"{source}: its files are not those of its manifest; use another backup")
    for name, file in manifest.files.items():
        if not allowed(name):
            raise BackupError(f"{source} names a file outside the data folder: {name!r}")
        if by_name[name].file_size != file.size:
            raise BackupError(f"{source}: {name} has not the size that its manifest says")
    return manifest


def allowed(name: str) -> bool:
    """Whether it is the name of a visible file in the data folder itself or among the copies, on
    any system."""
    name = name.removeprefix(f"{COPIES}/")
    return (
        bool(name)
        and not name.startswith(".")
        and not any(c in '/\\:*?"<>|' or unicodedata.category(c) in _NO_SIGN for c in name)
    )


def unpack(archive: zipfile.ZipFile, manifest: Manifest, source: Path, folder: Path) -> None:
    """Write the manifest's files into `folder`. Raises `BackupError` where one is damaged."""
    needed = sum(file.size for file in manifest.files.values())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"{source} needs {needed >> 20} MB of disk, of which {free >> 20} are free"
        )
    for name, file in manifest.files.items():
        digest = hashlib.sha256()
        left = file.size
        (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
        with archive.open(name) as packed, (folder / name).open("xb") as out:
            # A zip's own sizes are claims: never unpack more than the manifest allows.
            while left >= 0 and (block := packed.read(_BLOCK)):
                left -= len(block)
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if left or digest.hexdigest() != file.sha256:
            raise BackupError(f"{source}: {name} is damaged in it; use another backup")
