"""The remarks on marks, each made once, whoever reads them and however often.

A run goes on when its reader leaves, so that who answers quickly, or loads the page again, finds
the sentences that came meanwhile. Invariant: of one mark there is one run at a time; what was said
in a forgotten interview is dropped when the next run begins, and a run that failed, or said
nothing, is none.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError

if TYPE_CHECKING:
    from agent.remarks import Remark

Make = Callable[[str, int], "Iterator[Remark]"]
MOST = 500  # marks whose remarks are kept
GLANCE = 1.0  # seconds after which a reader who waits is asked whether they still do


class _Run:
    """What was said so far on one mark, and whether more comes."""

    def __init__(self) -> None:
        self.said: list[Remark] = []
        self.over = False
        self.error: Exception | None = None
        self.changed = threading.Condition()

    def follow(self, wanted: Callable[[], bool]) -> Iterator[Remark]:
        """Each remark, waited for as long as it is wanted. Raises what ended the run."""
        seen = 0
        while True:
            new, over = self._after(seen)
            if not wanted():
                return
            yield from new
            seen += len(new)
            if over and not new:
                break
        if self.error is not None:
            raise self.error

    def _after(self, seen: int) -> tuple[list[Remark], bool]:
        """The next remark after so many, waited for awhile, and whether no more comes."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or len(self.said) > seen, GLANCE)
            return self.said[seen : seen + 1], self.over

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
        self._lock = threading.RLock()
        self._runs: dict[tuple[str, int], _Run] = {}

    def follow(
        self, session_id: str, number: int, wanted: Callable[[], bool] = lambda: True
    ) -> Iterator[Remark]:
        """The remarks on the mark that a turn shows: those that were made, then the others as they
        come, until they are not `wanted` any more. Raises what making them raises."""
        remarks = self._make(session_id, number)  # raises here, in the thread of who asks
        key = session_id, number
        return (self._usable(key) or self._begun(key, remarks)).follow(wanted)

    def kept(self, session_id: str) -> dict[int, tuple[Remark, ...]]:
        """What was said so far on the marks of a session, by the numbers of their turns."""
        with self._lock:
            found = {n: run for (session, n), run in self._runs.items() if session == session_id}
        return {n: tuple(run.said) for n, run in found.items() if run.said}

    def _usable(self, key: tuple[str, int]) -> _Run | None:
        """The run on a mark, but for one that is over with nothing to show for it."""
        with self._lock:
            run = self._runs.get(key)
        return None if run is None or (run.over and (run.error or not run.said)) else run

    def _begun(self, key: tuple[str, int], remarks: Iterator[Remark]) -> _Run:
        """A new run, unless somebody else began one meanwhile."""
        gone = self._gone(key[0])
        with self._lock:
            run = self._usable(key)
            if run is None:
                run = _Run()
                # Kept only once it runs: who follows one that does not would wait for ever.
                threading.Thread(
                    target=run.fill, args=(remarks,), name="remarks", daemon=True
                ).start()
                self._runs[key] = run
                kept = [key for key in self._runs if key[0] not in gone]
                self._runs = {key: self._runs[key] for key in kept[-self._most :]}
            return run

    def _gone(self, session_id: str) -> set[str]:
        """The other interviews that were forgotten; one that cannot be read was not."""
        with self._lock:
            others = {session for session, _ in self._runs if session != session_id}
        gone = set()
        for session in others:
            with contextlib.suppress(GreenroomError):
                if not self._there(session):
                    gone.add(session)
        return gone
