"""The sessions' database in a SQLite file.

Invariant: one connection, under the lock of the file's `Database`, which opened and checked it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from agent.archive import READING, Archive
from agent.migrations import SQLITE
from index.database import open_database


class FileArchive(Archive):
    """Sessions in the file at `path`."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises `index.database.DatabaseError`."""
        self._database = open_database(path, SQLITE)
        self.path = path
        engine = create_engine(
            "sqlite://",
            creator=lambda: self._database.connection,
            poolclass=StaticPool,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin)
        super().__init__(engine)

    @contextmanager
    def _ready(self) -> Iterator[None]:
        with self._database.held():
            try:
                yield
            except DBAPIError as error:
                if error.orig is None:
                    raise
                raise error.orig from error  # which `held` tells as what it is

    def scrub(self) -> None:
        """Empty the write-ahead log, so that what was deleted stands nowhere on the disk."""
        self._database.scrub()

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()
        self._database.close()


def _begin(connection: Connection) -> None:
    # The write lock is taken at the start, as in `Database.transaction`; a query needs none.
    if not connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
