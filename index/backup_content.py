"""What was unpacked from a backup, before it takes its place: proved sound, and fitted in.

Invariant: only the unpacked files are changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from index.backup_zip import BackupError, Manifest
from index.copies import COPIES, lead_to
from index.database import DatabaseError
from index.store import Store

STORE = "greenroom.db"


def check_databases(
    made: Path, manifest: Manifest, source: Path, schemas: Mapping[str, int]
) -> None:
    """Read every page of the databases in `made`. Raises `BackupError` for one that is damaged, or
    newer than `schemas` know; `sqlite3.Error` for what is no database."""
    for name, file in manifest.files.items():
        if file.schema_version is not None or name.endswith(".db"):
            _check(made / name, name, source, schemas.get(name))


def lead_to_copies(made: Path, home: Path, manifest: Manifest, source: Path) -> None:
    """Let the documents that were dropped on the page lead to their files, which are about to lie
    in `home`. Raises `BackupError`."""
    folder = f"{COPIES}/"
    hashes = {
        name.removeprefix(folder): file.sha256
        for name, file in manifest.files.items()
        if name.startswith(folder)
    }
    if not hashes or STORE not in manifest.files:
        return
    try:
        with Store(made / STORE) as store:
            lead_to(store, home, hashes)
    except (DatabaseError, ValueError) as error:
        raise BackupError(
            f"{source}: the database {STORE} in it cannot be used; use another backup"
        ) from error


def _check(path: Path, name: str, source: Path, known: int | None) -> None:
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
