"""Backup and restore of a data folder: its databases and settings in one zip file.

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
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from index.backup_zip import (
    FORMAT,
    MANIFEST,
    BackupError,
    File,
    Manifest,
    opened,
    read_manifest,
    unpack,
)
from index.store_schema import MIGRATIONS

_LEFT_OUT = (".db-wal", ".db-shm", ".db-journal", ".lock", ".log", ".tmp", ".zip")
SCHEMAS: Mapping[str, int] = {"greenroom.db": len(MIGRATIONS)}


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
    """Write the databases and settings in `home` to a new zip file.

    `made` are files that come from elsewhere, by name, each with what writes it to a path;
    `without` names files to leave out. Safe while others use the databases. Raises `BackupError`,
    and what `made` raises; `target` is then not there.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; choose another name")
    sources = [source for source in _sources(home) if source.name not in without]
    if not (sources or made):
        raise BackupError(f"{home} holds nothing to back up")
    with (
        _readable(f"the backup {target} cannot be written"),
        tempfile.TemporaryDirectory(prefix=".greenroom-backup-", dir=target.parent) as beside,
    ):
        copies = Path(beside)
        files = {source.name: _copy(source, copies / source.name) for source in sources}
        for name, write in made.items():
            write(copies / f".{name}")
            files[name] = _copy(copies / f".{name}", copies / name)
        manifest = Manifest(format=FORMAT, created=when.astimezone(UTC), files=files)
        packed = copies / ".zip"
        # Token vectors hardly compress; the fastest level already takes what there is.
        with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in files:
                archive.write(copies / name, name)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        packed.chmod(0o600)  # it may hold somebody's curriculum vitae
        with packed.open("rb+") as stream:
            os.fsync(stream.fileno())
        packed.replace(target)
    return BackupReport(str(target), manifest.created.isoformat(), tuple(files))


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
        made = Path(tempfile.mkdtemp(prefix=f".{home.name}-restore-", dir=home.parent))
        try:
            with opened(source) as archive:
                manifest = read_manifest(archive, source)
                unpack(archive, manifest, source, made)
            for name, file in manifest.files.items():
                if file.schema_version is not None:
                    _check_database(made / name, name, source, schemas.get(name))
            with placing(made):
                files = tuple(name for name in manifest.files if (made / name).exists())
                kept = _swap(made, home, _aside(home, when) if occupied else None)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return RestoreReport(
        str(home),
        manifest.created.astimezone(UTC).isoformat(),
        files,
        str(kept) if kept else None,
    )


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


def _check_database(path: Path, name: str, source: Path, known: int | None) -> None:
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if found != "ok":
        raise BackupError(f"{source}: the database {name} is damaged in it; use another backup")
    if known is not None and version > known:
        raise BackupError(
            f"{source}: {name} was written by a newer Greenroom (schema {version}, this one knows "
            f"{known}); upgrade to restore it"
        )


def _aside(home: Path, when: datetime) -> Path:
    """A free name beside the data folder."""
    name = f"{home.name}.before-{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    free = (home.with_name(f"{name}{end}") for end in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in free if not place.exists())


def _swap(made: Path, home: Path, aside: Path | None) -> Path | None:
    """Move the new folder into place; the former one, if it held anything, aside."""
    if aside:
        home.replace(aside)
    try:
        made.replace(home)
    except OSError:
        if aside:
            aside.replace(home)
        raise
    return aside


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        # Not the name in the error: it may be that of a file which only we have made.
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise BackupError(f"{what}: {why}") from error
