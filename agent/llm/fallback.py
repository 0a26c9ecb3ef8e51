"""What marks where the language model is lost on the way: another grader, under its own name.

Invariant: a grade says who gave it; only a model that is away or babbles is stood in for.
"""

from __future__ import annotations

import logging

from agent.grades import LOST, Grade, Grader, GradeRequest, GraderInfo, Ungraded

_log = logging.getLogger(__name__)


class WithFallback:
    """A grader with another behind it. Thread-safe."""

    def __init__(self, first: Grader, second: Grader) -> None:
        self._first = first
        self._second = second
        self._told = False

    @property
    def info(self) -> GraderInfo:
        return self._first.info

    def grade(self, request: GradeRequest) -> Grade:
        grade = self._first.grade(request)
        if not isinstance(grade, Ungraded) or grade.reason not in LOST:
            return grade
        if not self._told:
            self._told = True
            _log.warning("%s The %s grader goes on.", grade.feedback, self._second.info.name)
        return self._second.grade(request)
