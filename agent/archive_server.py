"""The sessions' database on a PostgreSQL server.

Invariant: the schema is brought up to date by one process at a time, whole or not at all; a
connection that the server dropped is replaced before it is used again.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import create_engine

from agent.archive import Archive
from agent.migrations import POSTGRES
from agent.postgres import SCHEMA, Server
from agent.tables import TABLES
from index.database import DatabaseError

_CHECKPOINTS = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_UPDATING = 0x6772656E726D  # the advisory lock of those who make or change the tables


class ServerArchive(Archive):
    """Sessions on a server."""

    def __init__(self, server: Server) -> None:
        """Makes the tables where there are none. Raises `index.database.DatabaseError`."""
        self._server = server
        with server.told(), server.connect() as connection:
            _update(connection, server.name)
        engine = create_engine(
            "postgresql+psycopg://",
            creator=server.connect,
            pool_size=4,
            max_overflow=12,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        super().__init__(engine)

    def _ready(self) -> AbstractContextManager[None]:
        return self._server.told()

    def scrub(self) -> None:
        """Take deleted rows out of the tables. The server's log and its backups keep them until
        they are overwritten: that is with those who run the server."""
        with self._server.told(), self._server.connect(autocommit=True) as connection:
            for name in (*(table.name for table in TABLES), *_CHECKPOINTS):
                place = f"{SCHEMA}.{name}"
                if connection.execute("SELECT to_regclass(%s)", (place,)).fetchone() != (None,):
                    connection.execute(f"VACUUM {place}")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _update(connection: Any, name: str) -> None:
    """Bring the schema up to date, in the transaction that the caller commits."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_UPDATING,))
    if connection.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone() == (None,):
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    found = connection.execute("SELECT max(version) FROM schema_version").fetchone()[0] or 0
    if found > len(POSTGRES):
        raise DatabaseError(
            f"the {name} was written by a newer Greenroom (schema {found}, this one knows "
            f"{len(POSTGRES)}); upgrade Greenroom, or name another database"
        )
    for version in range(found, len(POSTGRES)):
        for statement in POSTGRES[version]:
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version VALUES (%s)", (version + 1,))
