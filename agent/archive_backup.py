"""Backup and restore of a data folder together with its sessions, wherever these are kept.

Invariant: a backup holds the sessions that Greenroom uses under these settings, in a SQLite file
whichever database they come from; what it leaves out it says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path

from agent.interview import CHECKPOINTS, HISTORY
from agent.migrations import SQLITE
from agent.postgres import Server
from agent.settings import Settings
from index.backup import SCHEMAS, BackupReport, RestoreReport
from index.backup import backup as write_backup
from index.backup import restore as read_backup

_SCHEMAS = {**SCHEMAS, HISTORY: len(SQLITE)}


def backup(settings: Settings, target: Path, when: datetime) -> BackupReport:
    """Write the data folder and its sessions to a new zip file. Raises
    `index.backup_zip.BackupError` or `index.database.DatabaseError`; `target` is then not there."""
    if not settings.database_url:
        return write_backup(settings.home, target, when)
    from agent.archive_copy import save_sessions

    server = Server(settings.database_url)
    made = {HISTORY: partial(save_sessions, server)}
    # Files of a time without the server: nothing reads them now.
    unused = tuple(name for name in (HISTORY, CHECKPOINTS) if (settings.home / name).exists())
    report = write_backup(settings.home, target, when, made=made, without=unused)
    return dataclasses.replace(report, database=server.name, left_out=unused)


def restore(source: Path, settings: Settings, when: datetime, force: bool = False) -> RestoreReport:
    """Put a backup in place of the data folder, its sessions into the database of the settings.

    Raises `index.backup_zip.BackupError` or `index.database.DatabaseError`; folder and database are
    then as they were.
    """
    if not settings.database_url:
        return read_backup(source, settings.home, when, force, _SCHEMAS)
    server = Server(settings.database_url)
    placing = partial(_sessions_moved, server)
    report = read_backup(source, settings.home, when, force, _SCHEMAS, placing)
    moved = HISTORY not in report.files
    return dataclasses.replace(report, database=server.name if moved else None)


@contextmanager
def _sessions_moved(server: Server, folder: Path) -> Iterator[None]:
    """Move the sessions from an unpacked backup to the server. A second copy in the folder would
    outlive what is forgotten."""
    from agent.archive_copy import sessions_put_back

    history = folder / HISTORY
    with sessions_put_back(history, server) if history.exists() else nullcontext():
        for name in (HISTORY, CHECKPOINTS):
            (folder / name).unlink(missing_ok=True)
        yield
