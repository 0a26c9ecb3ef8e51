"""Brings each session's graph as far as the replies in the history lead.

Invariant: a session is run by one thread of one process at a time; and since every step leaves the
same behind when taken twice, a graph that lags behind the history (a kill, a lost checkpoint file)
only has to be run on.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from agent.flow import Flow
from agent.history import History
from agent.marking import Marking
from agent.postgres import Server
from agent.session_locks import FileLocks, ServerLocks, SessionLocks

if TYPE_CHECKING:
    from agent.graph import Thread


class Driver:
    """The graph of all sessions and a lock for each of them."""

    def __init__(
        self, checkpoints: Path | str, history: History, flow: Flow, marking: Marking
    ) -> None:
        """`checkpoints` is a SQLite file, or the URL of a PostgreSQL database."""
        self._checkpoints = checkpoints
        self._locks = SessionLocks(
            FileLocks(checkpoints.with_name("locks"))
            if isinstance(checkpoints, Path)
            else ServerLocks(Server(checkpoints))
        )
        self._history = history
        self._flow = flow
        self._marking = marking
        self._thread: Thread | None = None
        self._opening = threading.Lock()

    def thread(self) -> Thread:
        """The graph, opened on first use (LangGraph takes most of a second to import).

        Raises `index.database.DatabaseError` where the checkpoints are damaged or out of reach.
        """
        from agent.checkpoints import open_checkpoints
        from agent.graph import Thread

        with self._opening:
            if self._thread is None:
                checkpoints = open_checkpoints(self._checkpoints)
                self._thread = Thread(checkpoints, self._flow, self._marking)
            return self._thread

    def alone(self, session_id: str) -> AbstractContextManager[None]:
        """Hold a session, waiting for whoever holds it now. Does not nest."""
        return self._locks.held(session_id)

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
