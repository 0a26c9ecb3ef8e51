"""Backup and restore of a data folder: databases, settings and copies of files, in one zip file.

Invariant: a restore changes nothing before everything in the zip has proved sound, and what stood
in the folder is kept aside. The caches are left out: they are built again from the databases.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from index.backup_content import STORE, check_databases, lead_to_copies
from index.backup_zip import (
    FORMAT,
    MANIFEST,
    MANIFEST_BYTES,
    BackupError,
    File,
    Manifest,
    allowed,
    opened,
    read_manifest,
    unpack,
)
from index.copies import COPIES, copies_in
from index.store_schema import MIGRATIONS

_LEFT_OUT = (".db-wal", ".db-shm", ".db-journal", ".lock", ".log", ".tmp", ".zip")
_BLOCK = 2**20
SCHEMAS: Mapping[str, int] = {STORE: len(MIGRATIONS)}


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds; `created` is its time (ISO 8601, UTC), `database` the server from which
    a part came, `left_out` files of the folder that are not in it though they hold data."""

    path: str
    created: str
    files: tuple[str, ...]
    database: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore brought back; `kept` is the folder in which the former content now is,
    `database` the server to which a part went."""

    home: str
    created: str
    files: tuple[str, ...]
    kept: str | None
    database: str | None = None


def backup(
    home: Path,
    target: Path,
    when: datetime,
    made: Mapping[str, Callable[[Path], None]] = MappingProxyType({}),
    without: Collection[str] = (),
) -> BackupReport:
    """Write the databases and settings in `home`, and the files that were dropped on the page, to
    a new zip file.

    `made` are files that come from elsewhere, by name, each with what writes it to a path;
    `without` names files to leave out. Safe while others use the databases. Raises `BackupError`,
    and what `made` raises; `target` is then not there.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; choose another name")
    sources = [source for source in _sources(home) if source.name not in without]
    copied = copies_in(home)
    if not (sources or made or copied):
        raise BackupError(f"{home} holds nothing to back up")
    for path in (*sources, *copied):
        if not allowed(path.name):
            raise BackupError(
                f"no backup can hold a file named {path.name!r}; rename it in {path.parent}"
            )
    with (
        _readable(f"the backup {target} cannot be written"),
        tempfile.TemporaryDirectory(prefix=".greenroom-backup-", dir=target.parent) as beside,
    ):
        copies = Path(beside)
        files = {source.name: _copy(source, copies / source.name) for source in sources}
        for name, write in made.items():
            write(copies / f".{name}")
            files[name] = _copy(copies / f".{name}", copies / name)
        packed = copies / ".zip"
        manifest = _zip(packed, copies, files, copied, when)
        packed.chmod(0o600)  # it may hold somebody's curriculum vitae
        with packed.open("rb+") as stream:
            os.fsync(stream.fileno())
        packed.replace(target)
    return BackupReport(str(target), manifest.created.isoformat(), tuple(manifest.files))


def restore(
    source: Path,
    home: Path,
    when: datetime,
    force: bool = False,
    schemas: Mapping[str, int] = SCHEMAS,
    placing: Callable[[Path], AbstractContextManager[object]] = nullcontext,
) -> RestoreReport:
    """Put a backup in place of `home`. With `force` a folder that is not empty is set aside, under
    a name that tells `when`.

    `schemas` are the newest schema versions that this Greenroom knows, by file name. `placing` is
    entered with the unpacked folder, and left once that stands in its place: it may take files out
    of it. Raises `BackupError`, and what `placing` raises; `home` is then as it was.
    """
    home = home.resolve()
    occupied = home.is_dir() and any(home.iterdir())
    if occupied and not force:
        raise BackupError(f"{home} is not empty; choose another folder, or say --force")
    with _readable(f"{source} cannot be restored to {home}"):
        home.parent.mkdir(parents=True, exist_ok=True)
        kept = _aside(home, when) if occupied else None
        made = Path(tempfile.mkdtemp(prefix=f".{home.name}-restore-", dir=home.parent))
        try:
            with opened(source) as archive:
                manifest = read_manifest(archive, source)
                unpack(archive, manifest, source, made)
            check_databases(made, manifest, source, schemas)
            lead_to_copies(made, home, manifest, source)
            with placing(made):
                files = tuple(name for name in manifest.files if (made / name).exists())
                _swap(made, home, kept)
        except BaseException:
            _swap_back(made, home, kept)
            raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    created = manifest.created.astimezone(UTC).isoformat()
    return RestoreReport(str(home), created, files, str(kept) if kept else None)


def _sources(home: Path) -> list[Path]:
    """What is worth keeping: the plain files that stand in the folder itself."""
    if not home.is_dir():
        return []
    return [
        path
        for path in sorted(home.iterdir())
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
        and not path.name.endswith(_LEFT_OUT)
        and path.name != MANIFEST
    ]


def _copy(source: Path, target: Path) -> File:
    version = None
    if source.suffix == ".db":
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as database,
            closing(sqlite3.connect(target)) as copy,
        ):
            database.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupError(f"{source} is damaged ({found}); run `greenroom doctor`")
            version = int(copy.execute("PRAGMA user_version").fetchone()[0])
    else:
        shutil.copyfile(source, target)
    with target.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return File(sha256=sha256, size=target.stat().st_size, schema_version=version)


def _zip(
    packed: Path, copies: Path, files: Mapping[str, File], copied: Iterable[Path], when: datetime
) -> Manifest:
    """Write the zip: `files`, which lie in `copies`, and the files at the paths of `copied`."""
    listed = dict(files)
    # Token vectors hardly compress; the fastest level already takes what there is.
    with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in files:
            archive.write(copies / name, name)
        for path in copied:
            with suppress(FileNotFoundError), path.open("rb") as copy:  # forgotten meanwhile
                listed[f"{COPIES}/{path.name}"] = _pack(copy, archive, path.name)
        manifest = Manifest(format=FORMAT, created=when.astimezone(UTC), files=listed)
        text = manifest.model_dump_json(indent=1).encode()
        if len(text) > MANIFEST_BYTES:
            raise BackupError(f"{len(listed):,} files are too many for one backup; forget some")
        archive.writestr(MANIFEST, text)
    return manifest


def _pack(stream: BinaryIO, archive: zipfile.ZipFile, name: str) -> File:
    """Write a copy into the zip as it is read, without another one on the disk."""
    digest, size = hashlib.sha256(), 0
    with archive.open(f"{COPIES}/{name}", "w", force_zip64=True) as packed:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            packed.write(block)
    return File(sha256=digest.hexdigest(), size=size)


def _aside(home: Path, when: datetime) -> Path:
    """A free name beside the data folder."""
    name = f"{home.name}.before-{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    free = (home.with_name(f"{name}{end}") for end in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in free if not place.exists())


def _swap(made: Path, home: Path, aside: Path | None) -> None:
    """Move the new folder into place; the former one, if it held anything, aside."""
    if aside:
        home.replace(aside)
    made.replace(home)


def _swap_back(made: Path, home: Path, aside: Path | None) -> None:
    """Undo as much of `_swap` as was done."""
    if not made.exists():
        home.replace(made)
    if aside and aside.exists():
        aside.replace(home)


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        # Not the name in the error: it may be that of a file which only we have made.
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise BackupError(f"{what}: {why}") from error
