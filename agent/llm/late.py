"""A grader that is chosen when it is first needed: old interviews are read without asking a server.

Invariant: it is chosen once, and the same one marks from then on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent.grades import Grade, Grader, GradeRequest, GraderInfo


class LateGrader:
    """The grader that `choose` gives. Thread-safe. Raises whatever `choose` raises, at each use
    until it gives one."""

    def __init__(self, choose: Callable[[], Grader]) -> None:
        self._choose = choose
        self._lock = threading.Lock()
        self._chosen: Grader | None = None

    @property
    def info(self) -> GraderInfo:
        return self._grader().info

    def grade(self, request: GradeRequest) -> Grade:
        return self._grader().grade(request)

    def _grader(self) -> Grader:
        with self._lock:
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen
