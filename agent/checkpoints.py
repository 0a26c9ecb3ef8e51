"""Where the interview's graph keeps its steps: LangGraph's own savers, on SQLite or PostgreSQL.

Invariant: nothing but LangGraph's own safe types is ever loaded from them.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.postgres import Server
from agent.session_locks import ServerLocks
from index.database import BUSY_SECONDS, check_database, told

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver


class Checkpoints(Protocol):
    """Open checkpoints."""

    @property
    def saver(self) -> BaseCheckpointSaver[str]:
        """What a graph is compiled with."""
        ...

    def told(self) -> AbstractContextManager[None]:
        """Around every use: errors told as `index.database.DatabaseError`."""
        ...

    def forget(self, session_id: str) -> None:
        """Really delete a session's checkpoints."""
        ...

    def close(self) -> None:
        """Close the checkpoints."""
        ...


class FileCheckpoints:
    """Checkpoints in the SQLite file at `path`; it is made if needed."""

    saver: SqliteSaver

    def __init__(self, path: Path) -> None:
        """Raises `index.database.DatabaseError` where the file is damaged or cannot be written."""
        self._path = path
        serde = _serializer()
        from langgraph.checkpoint.sqlite import SqliteSaver

        path.parent.mkdir(parents=True, exist_ok=True)
        # A file without content is one that another process is only just making.
        if path.exists() and path.stat().st_size:
            check_database(path)
        with told(path):
            connection = sqlite3.connect(path, check_same_thread=False, timeout=BUSY_SECONDS)
            try:
                connection.execute("PRAGMA secure_delete = ON")
                # The history holds every reply: a checkpoint lost in a power cut is made again
                # from there.
                connection.execute("PRAGMA synchronous = NORMAL")
                self.saver = SqliteSaver(connection, serde=serde)
                self.saver.setup()
            except BaseException:
                connection.close()
                raise

    def told(self) -> AbstractContextManager[None]:
        """SQLite's errors (a full disk, say), told."""
        return told(self._path)

    def forget(self, session_id: str) -> None:
        """Really delete a session's checkpoints."""
        self.saver.delete_thread(session_id)
        with self.saver.lock:
            self.saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self.saver.lock:
            self.saver.conn.close()


class ServerCheckpoints:
    """Checkpoints on a PostgreSQL server."""

    saver: PostgresSaver

    def __init__(self, server: Server) -> None:
        """Makes the tables where there are none. Raises `index.database.DatabaseError`."""
        serde = _serializer()
        from langgraph.checkpoint.postgres import PostgresSaver
        from psycopg import Connection
        from psycopg.rows import DictRow, dict_row
        from psycopg_pool import ConnectionPool

        self._server = server
        with server.told():
            pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
                server.conninfo,
                min_size=1,
                max_size=2,
                timeout=10.0,
                kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
                check=ConnectionPool.check_connection,
                open=True,
            )
            self._pool = pool
            self.saver = PostgresSaver(pool, serde=serde)
            # Its steps build indexes beside others' work, which two at once would not survive.
            with ServerLocks(server).held("the tables of the checkpoints"):
                self.saver.setup()

    def told(self) -> AbstractContextManager[None]:
        """Errors of the server, told."""
        return self._server.told()

    def forget(self, session_id: str) -> None:
        """Delete a session's checkpoints."""
        self.saver.delete_thread(session_id)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def open_checkpoints(place: Path | str) -> Checkpoints:
    """Open the SQLite file at a path, or the PostgreSQL database at a URL; imports LangGraph (a
    second). Raises `index.database.DatabaseError`."""
    return FileCheckpoints(place) if isinstance(place, Path) else ServerCheckpoints(Server(place))


def _serializer() -> JsonPlusSerializer:
    # Read when LangGraph is imported: nothing but its own safe types may be loaded.
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    return JsonPlusSerializer(allowed_msgpack_modules=None)
