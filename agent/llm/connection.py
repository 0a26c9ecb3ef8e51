"""The way to a model's server: where it is now, and the connections to it.

Invariant: what is sent goes to one endpoint, and another takes its place only where the same model
is served there.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.llm import chat
from agent.llm.endpoint import Endpoint
from agent.llm.faults import ModelUnavailableError
from agent.llm.patience import Limits

if TYPE_CHECKING:
    import httpx
    from langchain_openai import ChatOpenAI

Find = Callable[[], Endpoint | None]


class Connection:
    """The connections to one model's server. Thread-safe; they are made on first use.

    `find` says where the server is now: one that was started anew has another key, and may have
    another port.
    """

    def __init__(self, endpoint: Endpoint, model: str, find: Find | None = None) -> None:
        self.endpoint = endpoint
        self._model = model
        self._find = find
        self._lock = threading.Lock()
        self._pool: httpx.Client | None = None
        self._talking: ChatOpenAI | None = None

    def pool(self, limits: Limits) -> httpx.Client:
        """The connections for plain requests."""
        with self._lock:
            if self._pool is None:
                self._pool = chat.pool(self.endpoint, limits)
                weakref.finalize(self, self._pool.close)
            return self._pool

    def chat(self, limits: Limits) -> ChatOpenAI:
        """LangChain's model over the same connections."""
        client = self.pool(limits)
        with self._lock:
            if self._talking is not None:
                return self._talking
            endpoint = self.endpoint
        # Made without the lock: its import takes seconds, which no mark may wait for.
        made = chat.chat_model(endpoint, self._model, limits, client)
        with self._lock:
            if self._pool is client:
                self._talking = made
        return made

    def moved(self, before: Endpoint) -> bool:
        """Go where the server is now; whether that is another place than `before`, where it was
        lost. Raises `ModelUnavailableError` where another model is served there: marks by two
        models are no marks by one."""
        found = self._find() if self._find else None
        if found is None or found == self.endpoint:
            return self.endpoint != before
        if found.model and found.model != self._model:
            raise ModelUnavailableError(
                f"the server now has {found.model!r} in place of {self._model!r}; start Greenroom "
                "again to mark with it"
            )
        with self._lock:
            # The connections that others may still hold are closed with this object.
            self.endpoint, self._pool, self._talking = found, None, None
        return True

    def close(self) -> None:
        """Close the connections; what still runs on them fails."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = self._talking = None
