"""One address for several servers: each connection goes to the next of them that can be reached.

Invariant: bytes pass as they are; a connection whose server goes away is closed, never moved.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

CHUNK = 2**16


class RoundRobin:
    """Listens on loopback, as a context manager. `urls` are the servers'."""

    def __init__(self, urls: Sequence[str]) -> None:
        parts = [urlsplit(url) for url in urls]
        self._places = [(str(p.hostname), int(p.port or 80)) for p in parts]
        self._turns = itertools.count()
        self._path = parts[0].path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The address that stands for all."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}{self._path}"

    def __enter__(self) -> RoundRobin:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        # A close alone would leave a thread that waits for connections where it is.
        self._listener.shutdown(socket.SHUT_RDWR)
        for end in tuple(self._open):
            _end(end)
        for thread in tuple(self._threads):
            thread.join(timeout=10)
        self._listener.close()

    def _begin(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        """Pass bytes both ways until one side ends."""
        with client:
            server = self._next()
            if server is None:
                return
            with server:
                self._open |= {client, server}
                back = self._begin(_pump, server, client)
                _pump(client, server)
                back.join()
                self._open -= {client, server}

    def _next(self) -> socket.socket | None:
        """A connection to the server whose turn it is, or to the next that can be reached."""
        for _ in self._places:
            place = self._places[next(self._turns) % len(self._places)]
            with contextlib.suppress(OSError):
                return socket.create_connection(place, timeout=5)
        return None


def _pump(source: socket.socket, target: socket.socket) -> None:
    source.settimeout(None)
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for end in (source, target):
        _end(end)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
