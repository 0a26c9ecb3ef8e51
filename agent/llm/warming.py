"""Reading ahead: while the candidate reads and types, the server reads what a mark will need.

The first request of a mark fills a prefix cache with everything before the answer; a draft fills it
with the answer as far as it stands. Then only the last words and one token a point remain.
Invariant: what a draft says is sent to the model alone, never kept, and at most one request is
under way; its result is thrown away.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from agent.flags import inspect
from agent.grades import GradeRequest
from agent.llm.faults import ContextOverflowError, InvalidOutputError, ModelUnavailableError
from agent.llm.marking import Labeller, PointMarker
from agent.points import points_of

_log = logging.getLogger(__name__)
LEAST_PAUSE = 1.5  # seconds between two drafts to one question
LONGEST_DRAFT = 20_000  # characters; a longer answer is marked in parts, which begin otherwise
_LEAST_NEW = 12  # characters; fewer than that are not worth a request


class Warmer:
    """Lets a model read ahead. `find` gives it, or None where there is none. Thread-safe."""

    def __init__(
        self,
        find: Callable[[], Labeller | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._busy = False
        self._last: tuple[float, str, int] | None = None  # when, which question, how long a draft

    def begin(self, request: GradeRequest) -> bool:
        """Read the request's question and answer ahead in a thread of its own; whether it does.

        Refused while another is under way, too soon after it, and for nothing new.
        """
        if not self._taken(request):
            return False
        threading.Thread(target=self._run, args=(request,), name="warming", daemon=True).start()
        return True

    def _taken(self, request: GradeRequest) -> bool:
        length = len(request.answer)
        if length > LONGEST_DRAFT or not points_of(request):
            return False
        with self._lock:
            now = self._clock()
            if self._busy:
                return False
            if self._last is not None and self._last[1] == request.question:
                when, _, before = self._last
                if now - when < LEAST_PAUSE or abs(length - before) < _LEAST_NEW:
                    return False
            self._busy, self._last = True, (now, request.question, length)
            return True

    def _run(self, request: GradeRequest) -> None:
        try:
            model = self._find()
            if model is not None:
                said = inspect(request.question, request.answer).cleaned.text
                PointMarker(model).warm(request, points_of(request), said)
        except (ModelUnavailableError, InvalidOutputError, ContextOverflowError) as error:
            _log.debug("nothing was read ahead: %s", error)
        finally:
            with self._lock:
                self._busy = False
