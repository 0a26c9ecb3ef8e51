"""One SQLite file, opened safely: write-ahead log, foreign keys, forward migrations.

Invariant: a file that is damaged, or newer than this version knows, is reported and left as it is;
a migration step is either applied whole, with its version number, or not at all.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.schema import GreenroomError

Migrations = Sequence[Sequence[str]]  # step n, counted from 1, is a list of SQL statements
Parameters = Sequence[str | int | float | bytes | None]

BUSY_SECONDS = 20.0  # how long a write waits for another process to finish its own
CHECK_BYTES = 4 * 2**20  # a file up to this size is checked page by page when it is opened


class DatabaseError(GreenroomError):
    """A database cannot be used; the message names the file and what to do."""


class NotTextError(DatabaseError):
    """What was looked for or written holds half a character, which is in no text."""


class Database:
    """An open database. Safe for several threads: they share one connection under a lock.

    Reads see what was last committed, also by other processes. Made by `open_database`.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection itself, for a layer above; to be used while it is `held`."""
        return self._connection

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other threads off the connection. Raises `DatabaseError` for what fails inside."""
        with self._lock, told(self.path):
            yield

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a query. Raises `DatabaseError`."""
        with self._lock, told(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of a query, or None. Raises `DatabaseError`."""
        with self._lock, told(self.path):
            found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
            return found

    @contextmanager
    def transaction(self, write: bool = True) -> Iterator[sqlite3.Connection]:
        """Several statements as one: committed at the end, rolled back on any exception.

        With `write` false it is a reading one: everything read in it is of one moment. It does not
        nest. Raises `DatabaseError`, after `BUSY_SECONDS` if another process keeps on writing.
        """
        with self._lock, told(self.path):
            # Taking the write lock at the start lets the busy timeout do the waiting; a reader
            # that turns into a writer half-way would fail at once instead.
            self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # the first error is the one to tell
                    self._connection.execute("ROLLBACK")
                raise

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy of the database, as of one moment, to a new file."""
        with self._lock, told(self.path):
            copy = sqlite3.connect(target)
            try:
                self._connection.backup(copy)
                # A copy is moved about as one file: it must not need a log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()

    def scrub(self) -> None:
        """Empty the write-ahead log, so that what was deleted stands nowhere on the disk.

        Deleted pages are zeroed as they are freed (``secure_delete``); until a checkpoint the log
        still holds their old content. Where another process is reading, its last reader does it.
        """
        with self._lock, told(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def check(self) -> None:
        """Read every page and index. Raises `DatabaseError` where something is wrong."""
        with self._lock, told(self.path):
            _check(self._connection, self.path, "integrity_check")

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log in."""
        with self._lock:
            self._connection.close()


def open_database(path: Path, migrations: Migrations) -> Database:
    """Open the SQLite file at `path`, making it where there is none, and bring it up to date.

    Raises `DatabaseError` for a file that is no database, is damaged, cannot be read or written,
    or comes from a newer version. The file is then unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path, migrations)
    except OSError as error:
        raise DatabaseError(
            f"{path} cannot be made ({error.strerror or error}); choose another folder with --home"
        ) from error
    with told(path):
        # An empty file would pass for a new database, and all that stood in it would seem to have
        # never been: new ones are moved into place complete, so an empty one is damage.
        if path.stat().st_size == 0:
            raise _damaged(path, "the file is empty")
        connection = _connect(path)
        try:
            size = path.stat().st_size
            if size <= CHECK_BYTES:
                _check(connection, path, "quick_check")
            _migrate(connection, path, migrations)
        except BaseException:
            connection.close()
            raise
    return Database(path, connection)


def check_database(path: Path) -> None:
    """Read every page of the SQLite file at `path`, whatever its schema, and change nothing.

    Raises `DatabaseError` where it is damaged or cannot be read.
    """
    with told(path):
        if path.stat().st_size == 0:
            raise _damaged(path, "the file is empty")
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS
        )
        try:
            _check(connection, path, "integrity_check")
        finally:
            connection.close()


def _create(path: Path, migrations: Migrations) -> None:
    """Make the database beside its place and move it there whole; the first process to do so
    wins."""
    made = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    made.unlink(missing_ok=True)
    try:
        with told(path):
            connection = _connect(made)
            try:
                _migrate(connection, path, migrations)
            finally:
                connection.close()
        try:
            os.link(made, path)  # unlike a rename, never replaces what another process made
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            if not path.exists():
                made.replace(path)
    finally:
        for leftover in (made, *(made.with_name(made.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        # FULL: what was shown as saved outlives a power cut. Commits are few (one a turn or a
        # document), so the flush costs nothing that is felt.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path, pragma: str) -> None:
    found = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}(3)")]
    if found != ["ok"]:
        raise _damaged(path, "; ".join(" ".join(line.split()) for line in found))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> None:
    while (version := _version(connection)) != len(migrations):
        if version > len(migrations):
            raise DatabaseError(
                f"{path} was written by a newer Greenroom (schema {version}, this one knows "
                f"{len(migrations)}); upgrade Greenroom, or choose another folder with --home"
            )
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have gone on while this one waited for the lock.
            if _version(connection) == version:
                for statement in migrations[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def _damaged(path: Path, detail: str) -> DatabaseError:
    return DatabaseError(
        f"{path} is damaged ({detail}) and was left as it is; restore it with `greenroom restore "
        "BACKUP`, or move it aside to begin anew"
    )


def no_text(error: UnicodeEncodeError) -> NotTextError:
    """What to raise where a text cannot be written; it names the place in it."""
    part = error.object[max(0, error.start - 40) : error.start + 40]
    return NotTextError(f"{part!r} is no valid text; check how it is written")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise SQLite's errors inside as `DatabaseError`s that say which file and what to do."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise no_text(error) from None
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(path, str(error)) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise DatabaseError(
                f"{path} is being written by another process; wait for it to end and try again"
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise DatabaseError(f"the disk that holds {path} is full; free some space") from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise DatabaseError(
                f"{path} cannot be opened for writing ({error}); check its permissions, or choose "
                "another folder with --home"
            ) from error
        raise DatabaseError(f"{path}: {error}; run `greenroom doctor`") from error
