"""A language model that is looked for when it is first needed.

Invariant: a server that does not answer is asked again only after a rest, so that nobody waits for
the same silence twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from agent.llm.client import LanguageModel
from agent.llm.faults import ModelUnavailableError
from agent.settings import SettingsError

_log = logging.getLogger(__name__)
REST = 60.0  # seconds


class LateModel:
    """The model that `find` gives, found once. Thread-safe."""

    def __init__(
        self,
        find: Callable[[], LanguageModel | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._found: LanguageModel | None = None
        self._missed: float | None = None

    @property
    def known(self) -> bool:
        """Whether it was found already."""
        return self._found is not None

    def open(self) -> LanguageModel | None:
        """The model, or None where none is set. Raises `ModelUnavailableError`, `SettingsError`."""
        with self._lock:
            return self._opened()

    def get(self) -> LanguageModel | None:
        """The model, or None where there is none or it does not answer."""
        with self._lock:
            if self._found is None and not self._resting():
                try:
                    self._opened()
                except (ModelUnavailableError, SettingsError) as error:
                    _log.info("%s; code words what is said", error)
            return self._found

    def _opened(self) -> LanguageModel | None:
        if self._found is None:
            self._missed = self._clock()
            self._found = self._find()
        return self._found

    def _resting(self) -> bool:
        return self._missed is not None and self._clock() - self._missed < REST
