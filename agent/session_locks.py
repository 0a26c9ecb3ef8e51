"""Who works on a session now: one thread of one process, on this machine or on any.

Invariant: a session that is held is let go by whoever holds it, or by the system when that process
dies.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.postgres import Server

_SOONEST, _LATEST = 0.01, 0.2  # seconds between two tries for a lock on the server


class Locks(Protocol):
    """Locks between processes."""

    def held(self, session_id: str) -> AbstractContextManager[None]:
        """Hold a session, waiting for the process that holds it now. Does not nest."""
        ...


@dataclass(slots=True)
class _Shared:
    """A session's lock, and how many threads hold it or wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class SessionLocks:
    """Locks between the threads of this process, and within them those between processes. There
    are as many as sessions that somebody works on now."""

    def __init__(self, between_processes: Locks) -> None:
        self._between = between_processes
        self._counting = threading.Lock()
        self._shared: dict[str, _Shared] = {}

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions that somebody holds or waits for."""
        with self._counting:
            return frozenset(self._shared)

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Hold a session, waiting for whoever holds it now. Does not nest."""
        with self._counting:
            shared = self._shared.setdefault(session_id, _Shared())
            shared.users += 1
        try:
            with shared.lock, self._between.held(session_id):
                yield
        finally:
            with self._counting:
                shared.users -= 1
                if not shared.users:
                    del self._shared[session_id]


class FileLocks:
    """Locks between processes of one machine, on files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Hold a session."""
        if sys.platform == "win32":  # no flock there: a home serves one process
            yield
            return
        import fcntl

        self._folder.mkdir(parents=True, exist_ok=True)
        # A few files for all sessions: none is left behind for each, and no name comes from
        # outside.
        with (self._folder / _digest(session_id).hex()[:2]).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class ServerLocks:
    """Locks between all processes that share a database, each on a connection of its own: the
    server lets go when that ends."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Hold a session. Raises `index.database.DatabaseError`."""
        key = int.from_bytes(_digest(session_id)[:8], signed=True)
        with self._server.told():
            connection = self._server.connect(autocommit=True)
        try:
            with self._server.told():
                pause = _SOONEST
                # Asked again and again: a statement that waits would hold back an index that is
                # built for the checkpoints, which in turn could wait for this lock.
                while connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone() != (
                    True,
                ):
                    time.sleep(pause)
                    pause = min(2 * pause, _LATEST)
            yield
        finally:
            connection.close()


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()
