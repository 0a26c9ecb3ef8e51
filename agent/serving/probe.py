"""Asking a server whether it is well: its health, and one token from its model.

Invariant: no wait of it is longer than it is given; it follows no redirect, goes through no proxy
and never raises. Whatever is not a good answer is a bad one.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import threading
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from agent.llm.endpoint import Endpoint
from agent.llm.faults import PassingError
from agent.llm.watch import within

_COUNTERS = ("vllm:prompt_tokens_total", "vllm:generation_tokens_total")
_LARGEST = 2**20  # bytes of an answer that are read
Health = Literal["up", "failing", "silent"]

_ONE_TOKEN: dict[str, Any] = {
    "messages": [{"role": "user", "content": "1"}],
    "max_tokens": 1,
    "temperature": 0,
}
_VERDICT: dict[str, Any] = {
    "logprobs": True,
    "top_logprobs": 2,
    "structured_outputs": {"choice": ["yes", "no"]},
}


class Probe:
    """Asks one endpoint. `seconds`: the longest wait for the health, which no model delays."""

    def __init__(self, endpoint: Endpoint, seconds: float = 5.0) -> None:
        self._endpoint = endpoint
        self._seconds = seconds

    def health(self) -> Health:
        """What ``/health`` says: 200 is up, another status failing, no answer silent.

        It stands beside the API, not under it.
        """
        reply = self._reply("GET", "/health", self._seconds)
        if reply is None:
            return "silent"
        return "up" if reply.status == 200 else "failing"

    def answers(self, seconds: float, *, as_verdict: bool = False) -> bool:
        """Whether the model gives one token within so many seconds.

        `as_verdict` asks as a grader does, so that what a server prepares at its first constrained
        token (20 s and more on a CPU) is done before a person waits for it.
        """
        asked = {"model": self._endpoint.model, **_ONE_TOKEN, **(_VERDICT if as_verdict else {})}
        reply = self._reply("POST", f"{self._path}/chat/completions", seconds, asked)
        return reply is not None and reply.status == 200 and _has_choice(reply.body)

    def works(self, seconds: float) -> bool:
        """Whether the model answers, or has read or written other tokens meanwhile.

        A server that is busy with many long texts may let this one wait.
        """
        before = self._tokens()
        if self.answers(seconds, as_verdict=True):
            return True
        after = self._tokens()
        return before is not None and after is not None and after > before

    def ask(self, seconds: float) -> Asked:
        """Ask for a token without waiting for it."""
        return Asked(self, seconds)

    def _tokens(self) -> float | None:
        """How many tokens the server counts; None where it does not tell."""
        reply = self._reply("GET", "/metrics", self._seconds)
        return _counted(reply.body) if reply and reply.status == 200 else None

    @property
    def _path(self) -> str:
        return urlsplit(self._endpoint.url).path.rstrip("/")

    def _reply(self, method: str, path: str, seconds: float, body: object = None) -> _Reply | None:
        """What is answered; None where nothing is."""
        headers = {"Content-Type": "application/json"}
        if self._endpoint.api_key:
            headers["Authorization"] = f"Bearer {self._endpoint.api_key}"
        data = None if body is None else json.dumps(body).encode()
        try:
            connection = _connection(self._endpoint, seconds)
        except ValueError:  # no address
            return None
        held: list[socket.socket] = []

        def exchanged() -> _Reply:
            connection.connect()
            held.append(connection.sock)
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            return _Reply(response.status, response.read(_LARGEST))

        try:
            # The socket's own limit begins anew with each byte.
            return within(exchanged, seconds)
        except (PassingError, OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            for opened in held:
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)  # ends the thread that may still read
            connection.close()


class Asked:
    """A token that was asked for and may not be there yet."""

    def __init__(self, probe: Probe, seconds: float) -> None:
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._known: bool | None = None
        threading.Thread(
            target=lambda: self._answers.put(probe.works(seconds)), daemon=True
        ).start()

    def answered(self) -> bool | None:
        """Whether it came; None while that is open."""
        if self._known is None and not self._answers.empty():
            self._known = self._answers.get()
        return self._known


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes


class _SocketConnection(http.client.HTTPConnection):
    """HTTP through a Unix socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._socket_path = path

    def connect(self) -> None:
        """Connect. Raises OSError."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(self.timeout)
        try:
            made.connect(self._socket_path)
        except OSError:
            made.close()
            raise
        self.sock = made


def _connection(endpoint: Endpoint, seconds: float) -> http.client.HTTPConnection:
    """A connection that is not open yet. Raises ValueError where the address is none."""
    if endpoint.uds:
        return _SocketConnection(endpoint.uds, seconds)
    parts = urlsplit(endpoint.url)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError(endpoint.url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=seconds)


def _counted(metrics: bytes) -> float | None:
    """The sum of the counters of tokens in Prometheus' text format."""
    lines = metrics.decode("utf-8", "replace").splitlines()
    try:
        counted = [float(x.rpartition(" ")[2]) for x in lines if x.startswith(_COUNTERS)]
    except ValueError:
        return None
    return sum(counted) if counted else None


def _has_choice(body: bytes) -> bool:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return False
    choices = reply.get("choices") if isinstance(reply, dict) else None
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], dict)
