"""Brings each session's graph as far as the replies in the history lead.

Invariant: a session is run by one thread of one process at a time; and since every step leaves the
same behind when taken twice, a graph that lags behind the history (a kill, a lost checkpoint file)
only has to be run on.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agent.flow import Flow
from agent.history import History
from agent.marking import Marking
from index.database import check_database

if TYPE_CHECKING:
    from agent.graph import Thread


class Driver:
    """The graph of one data folder and a lock for each of its sessions."""

    def __init__(self, checkpoints: Path, history: History, flow: Flow, marking: Marking) -> None:
        self._checkpoints = checkpoints
        self._lock_files = checkpoints.with_name("locks")
        self._history = history
        self._flow = flow
        self._marking = marking
        self._thread: Thread | None = None
        self._opening = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def thread(self) -> Thread:
        """The graph, opened on first use (LangGraph takes most of a second to import).

        Raises `index.database.DatabaseError` where the checkpoints are damaged.
        """
        from agent.graph import Thread

        with self._opening:
            if self._thread is None:
                # A file without content is one that another process is only just making.
                if self._checkpoints.exists() and self._checkpoints.stat().st_size:
                    check_database(self._checkpoints)
                self._thread = Thread(self._checkpoints, self._flow, self._marking)
            return self._thread

    @contextmanager
    def alone(self, session_id: str) -> Iterator[None]:
        """Hold a session, waiting for whoever holds it now. Does not nest."""
        with self._opening:
            lock = self._locks[session_id]
        with lock, _held(self._lock_files, session_id):
            yield

    def drive(self, session_id: str) -> None:
        """Run a session up to a turn that has no reply yet, or to its end. Hold it `alone`."""
        record = self._history.session(session_id)
        last = self._history.last_turn(session_id)
        if record is None or record.finished:
            return
        if last and last.reply is None and last.kind != "report":
            return  # the graph may lag behind this turn: it catches up when there is a reply
        thread = self.thread()
        while True:
            state = thread.state(session_id)
            if state is None:
                thread.begin(session_id)
            elif not thread.waits(session_id):
                thread.go_on(session_id)
            elif state.get("finished"):
                # What was said is in the history; a copy here would only be one more to forget.
                thread.forget(session_id)
                return
            else:
                turn = self._history.turn(session_id, state["number"])
                if turn is None or turn.reply is None:
                    return
                thread.reply(session_id, turn.reply)

    def close(self) -> None:
        """Close the checkpoints."""
        with self._opening:
            if self._thread is not None:
                self._thread.close()
                self._thread = None


@contextmanager
def _held(folder: Path, session_id: str) -> Iterator[None]:
    """Keep other processes off a session; the system lets go when this one dies."""
    if sys.platform == "win32":  # no flock there: a home serves one process
        yield
        return
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    # A few files for all sessions: none is left behind for each, and no name comes from outside.
    name = hashlib.sha256(session_id.encode("utf-8", "replace")).hexdigest()[:2]
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
