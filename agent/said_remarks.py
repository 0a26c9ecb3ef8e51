"""The remarks on marks, each made once, whoever reads them and however often.

A run goes on when its reader leaves, so that who answers quickly, or loads the page again, finds
the sentences that came meanwhile. Invariant: of one mark there is one run at a time; what it said
is dropped with its interview, and a run that failed, or said nothing, is none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.remarks import Remark

Make = Callable[[str, int], "Iterator[Remark]"]
MOST = 500  # marks whose remarks are kept


class _Run:
    """What was said so far on one mark, and whether more comes."""

    def __init__(self) -> None:
        self.said: list[Remark] = []
        self.over = False
        self.error: Exception | None = None
        self.changed = threading.Condition()

    def follow(self) -> Iterator[Remark]:
        """Each remark, waited for. Raises what ended the run."""
        seen = 0
        while (new := self._after(seen)) is not None:
            yield new
            seen += 1
        if self.error is not None:
            raise self.error

    def _after(self, seen: int) -> Remark | None:
        """The remark after so many, waited for; None where no other comes."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or len(self.said) > seen)
            return self.said[seen] if len(self.said) > seen else None

    def fill(self, remarks: Iterator[Remark]) -> None:
        """Take the remarks as they come."""
        try:
            for remark in remarks:
                with self.changed:
                    self.said.append(remark)
                    self.changed.notify_all()
        except Exception as error:  # noqa: BLE001 - raised where the remarks are read
            self.error = error
        with self.changed:
            self.over = True
            self.changed.notify_all()


class SaidRemarks:
    """The remarks by session and by the number of the turn that shows the mark. Thread-safe.

    `make` gives the remarks on a mark; `there` tells whether an interview was not forgotten.
    """

    def __init__(self, make: Make, there: Callable[[str], bool], most: int = MOST) -> None:
        self._make = make
        self._there = there
        self._most = most
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, int], _Run] = {}

    def follow(self, session_id: str, number: int) -> Iterator[Remark]:
        """The remarks on the mark that a turn shows: those that were made, then the others as they
        come. Raises what making them raises."""
        remarks = self._make(session_id, number)  # raises here, in the thread of who asks
        key = session_id, number
        with self._lock:
            run = self._runs.get(key)
            if run is None or (run.over and (run.error or not run.said)):
                run = self._runs[key] = _Run()
                self._tidy(session_id)
                threading.Thread(
                    target=run.fill, args=(remarks,), name="remarks", daemon=True
                ).start()
        return run.follow()

    def kept(self, session_id: str) -> dict[int, tuple[Remark, ...]]:
        """What was said so far on the marks of a session, by the numbers of their turns."""
        with self._lock:
            found = {n: run for (session, n), run in self._runs.items() if session == session_id}
        return {n: tuple(run.said) for n, run in found.items() if run.said}

    def _tidy(self, session_id: str) -> None:
        """Drop what belongs to interviews that were forgotten, and the oldest of too many."""
        others = {session for session, _ in self._runs if session != session_id}
        gone = {session for session in others if not self._there(session)}
        kept = [key for key in self._runs if key[0] not in gone]
        self._runs = {key: self._runs[key] for key in kept[-self._most :]}
