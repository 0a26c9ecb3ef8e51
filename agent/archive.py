"""The sessions' database, on SQLite or on PostgreSQL: what both can do, behind one class.

Invariant: a transaction is kept whole or not at all, and reads see what was last committed, also by
other processes; no message names a password or what a person wrote.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Executable, Select, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]  # by the name of the column
READING = "greenroom_reading"  # the execution option of what needs no transaction


class Archive(ABC):
    """An open database of sessions. Safe for several threads. Made by `open_archive`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(self, statement: Select[Any]) -> list[Row]:
        """All rows of a query. Raises `index.database.DatabaseError`."""
        with self._ready(), self._engine.connect() as connection:
            reading = connection.execution_options(**{READING: True})
            return [dict(row) for row in reading.execute(statement).mappings()]

    def row(self, statement: Select[Any]) -> Row | None:
        """The first row of a query, or None. Raises `index.database.DatabaseError`."""
        found = self.rows(statement.limit(1))
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Several statements as one: committed at the end, rolled back on any exception. It does
        not nest. Raises `index.database.DatabaseError`."""
        with self._ready(), self._engine.begin() as connection:
            yield connection

    def adding(self, table: Table) -> Executable:
        """An insert that leaves a row with the same key as it is."""
        return self._insert(table).on_conflict_do_nothing()

    def replacing(self, table: Table) -> Executable:
        """An insert that takes the place of a row with the same key."""
        insert = self._insert(table)
        keys = list(table.primary_key.columns)
        rest = {c.name: insert.excluded[c.name] for c in table.columns if not c.primary_key}
        return insert.on_conflict_do_update(index_elements=keys, set_=rest)

    def _insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        # One of them only: each takes a while to import.
        if self._engine.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql

            return postgresql.insert(table)
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)

    @abstractmethod
    def _ready(self) -> AbstractContextManager[None]:
        """Around every use: errors told as `index.database.DatabaseError`."""

    @abstractmethod
    def scrub(self) -> None:
        """Remove what was deleted from where it is still stored, as far as can be done here."""

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""


def open_archive(place: Path | str) -> Archive:
    """Open the SQLite file at a path, or the PostgreSQL database at a URL, and bring it up to date.

    Raises `index.database.DatabaseError`.
    """
    if isinstance(place, Path):
        from agent.archive_file import FileArchive

        return FileArchive(place)
    from agent.archive_server import ServerArchive
    from agent.postgres import Server

    return ServerArchive(Server(place))
