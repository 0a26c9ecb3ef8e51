"""Sessions copied whole between databases: from a server to a file, and from a file to a server.

Invariant: what is read is of one moment; what is written is written whole or not at all, and only
where nothing was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, insert, select

from agent.archive_file import FileArchive
from agent.archive_server import ServerArchive
from agent.postgres import Server
from agent.tables import PLANNED, SESSIONS, TABLES, TURNS
from index.database import DatabaseError

_PARENTS = (SESSIONS, PLANNED, TURNS)  # what rows of other tables point to
_ORDER = (*_PARENTS, *(table for table in TABLES if table not in _PARENTS))
_AT_ONCE = 500  # rows


def save_sessions(server: Server, target: Path) -> None:
    """Write all that stands on a server to a new SQLite file. Raises
    `index.database.DatabaseError`."""
    with (
        closing(ServerArchive(server)) as source,
        closing(FileArchive(target)) as copy,
        source.snapshot() as reading,
        copy.transaction() as writing,
    ):
        _copy(reading, writing)


@contextmanager
def sessions_put_back(source: Path, server: Server) -> Iterator[None]:
    """Write all that stands in a SQLite file to a server, on which it is kept once what is done
    inside has come to its end without an exception.

    Raises `index.database.DatabaseError`, also where the server holds sessions already.
    """
    with closing(ServerArchive(server)) as target, target.transaction() as writing:
        for table in TABLES:
            if writing.execute(select(table).limit(1)).first() is not None:
                raise DatabaseError(
                    f"the {server.name} holds sessions already, and nothing was changed; name an "
                    "empty one in GREENROOM_DATABASE_URL, or unset it to restore into a file"
                )
        with closing(FileArchive(source)) as copy, copy.transaction() as reading:
            _copy(reading, writing)
        yield


def _copy(source: Connection, target: Connection) -> None:
    for table in _ORDER:
        keys = list(table.primary_key.columns)
        # Each database numbers its rows itself: they are written in the order in which they were.
        order = [table.c.rowid] if "rowid" in table.c else keys
        columns = [column for column in table.columns if column.name != "rowid"]
        found = source.execute(select(*columns).order_by(*order)).mappings()
        for rows in found.partitions(_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in rows])
