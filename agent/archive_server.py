"""The sessions' database on a PostgreSQL server.

Invariant: the schema is brought up to date by one process at a time, whole or not at all; a
connection that the server dropped is replaced before it is used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine

from agent.archive import Archive
from agent.migrations import POSTGRES
from agent.postgres import SCHEMA, Server
from agent.tables import TABLES
from index.database import DatabaseError

_CHECKPOINTS = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
KNOWN = len(POSTGRES)  # the newest schema that can be read
_UPDATING = 0x6772656E726D  # the advisory lock of those who make or change the tables


@dataclass(frozen=True, slots=True)
class Standing:
    """What is found on a server: its version, and that of our tables, None where there are none."""

    server: str
    schema: int | None


def standing(server: Server) -> Standing:
    """Look at a database and change nothing. Raises `index.database.DatabaseError` where it cannot
    be used."""
    with server.told(), server.connect() as connection:
        connection.read_only = True
        version = _first(connection, "SHOW server_version").split(" ", 1)[0]
        if _first(connection, "SELECT to_regclass(%s)", f"{SCHEMA}.schema_version") is None:
            return Standing(version, None)
        return Standing(version, _first(connection, "SELECT max(version) FROM schema_version"))


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

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Reads of one moment, whatever others write meanwhile. Raises
        `index.database.DatabaseError`."""
        with self._ready(), self._engine.connect() as connection:
            yield connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

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


def _first(connection: Any, statement: str, *given: str) -> Any:
    return connection.execute(statement, given).fetchone()[0]


def _update(connection: Any, name: str) -> None:
    """Bring the schema up to date, in the transaction that the caller commits."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_UPDATING,))
    if connection.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone() == (None,):
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    found = connection.execute("SELECT max(version) FROM schema_version").fetchone()[0] or 0
    if found > KNOWN:
        raise DatabaseError(
            f"the {name} was written by a newer Greenroom (schema {found}, this one knows "
            f"{KNOWN}); upgrade Greenroom, or name another database"
        )
    for version in range(found, KNOWN):
        for statement in POSTGRES[version]:
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version VALUES (%s)", (version + 1,))
