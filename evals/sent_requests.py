"""The requests that a run sends to a language model's server, taken down as they go by.

Invariant: but for ``cache_salt``, which keeps what one run has the server read apart from what
another has, the server gets what was sent.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.llm.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: the whole address, and its body as JSON."""

    url: str
    body: dict[str, Any]


class Tap:
    """Takes down requests, and counts how many are out at a time. Thread-safe."""

    def __init__(self, salt: str) -> None:
        self.salt = salt
        self.most_out = 0
        self._out = 0
        self._lock = threading.Lock()
        self._sent: list[Sent] = []

    def drained(self) -> list[Sent]:
        """What was sent since the last time, in order."""
        with self._lock:
            sent, self._sent = self._sent, []
        return sent

    def took(self, sent: Sent) -> None:
        """A request goes out."""
        with self._lock:
            self._sent.append(sent)
            self._out += 1
            self.most_out = max(self.most_out, self._out)

    def back(self) -> None:
        """One is answered, or has failed."""
        with self._lock:
            self._out -= 1


@dataclass(frozen=True, slots=True)
class TappedEndpoint(Endpoint):
    """An endpoint whose requests pass a tap. The proxy of the environment is not used."""

    tap: Tap | None = None

    def open(self, timeout: httpx.Timeout | float) -> httpx.Client:
        """A connection pool that takes down what it sends."""
        import httpx

        from agent.llm.bounds import PLAIN, bound

        if self.tap is None:
            return Endpoint.open(self, timeout)
        return httpx.Client(
            timeout=timeout,
            transport=_transport(self.tap, self.uds),
            headers={"Authorization": f"Bearer {self.key}", **PLAIN},
            event_hooks={"response": [bound]},
        )


def tapped(endpoint: Endpoint, tap: Tap) -> TappedEndpoint:
    """The same server behind a tap."""
    return TappedEndpoint(endpoint.url, endpoint.model, endpoint.api_key, endpoint.uds, tap)


def salted(body: dict[str, Any], salt: str) -> bytes:
    """The body as it goes out."""
    return json.dumps({**body, "cache_salt": salt}).encode()


def _transport(tap: Tap, uds: str | None) -> httpx.BaseTransport:
    import httpx

    class Tapping(httpx.HTTPTransport):
        """Adds the salt and takes the request down."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            body = _object(request.read())
            if request.method != "POST" or body is None:
                return super().handle_request(request)
            tap.took(Sent(str(request.url), body))
            kept = [(k, v) for k, v in request.headers.raw if k.lower() != b"content-length"]
            data = salted(body, tap.salt)
            again = httpx.Request(
                request.method, request.url, headers=kept, content=data,
                extensions=request.extensions,
            )  # fmt: skip
            try:
                return super().handle_request(again)
            finally:
                tap.back()

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return Tapping(uds=uds, limits=limits)


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(data)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
