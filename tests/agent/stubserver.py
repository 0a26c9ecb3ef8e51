"""A program that takes vLLM's options and imitates its server, well or badly, engine included.

What it does in each of its lives stands in the file that STUB_LIVES names, a word a start, the last
word for ever: well, crash, never (503), dies (soon after it was ready), mute (up, but no token),
stubborn (ignores SIGTERM). Invariant: the standard library alone, no port but the given one.
"""

from __future__ import annotations

import http.server
import itertools
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path

DIES_AFTER = 0.5  # seconds


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers /health and a chat completion."""

    life = "well"

    def do_GET(self) -> None:
        self._reply(503 if self.life == "never" else 200, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.life == "mute":
            time.sleep(60)
        allowed = self.headers.get("Authorization") == f"Bearer {os.environ['VLLM_API_KEY']}"
        if self.life == "dies":
            threading.Timer(DIES_AFTER, os._exit, [9]).start()
        self._reply(200 if allowed else 401, {"choices": [{"message": {"content": "yes"}}]})

    def _reply(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """One thread a request."""

    daemon_threads = True
    allow_reuse_address = True


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The same on a Unix socket."""

    daemon_threads = True

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        request, _ = super().get_request()  # the handler wants a host and a port
        return request, ("local", 0)


def next_life() -> str:
    """The word of this start."""
    named = os.environ.get("STUB_LIVES")
    if not named:
        return "well"
    words = Path(named).read_text().split()
    if len(words) > 1:
        Path(named).write_text(" ".join(words[1:]))
    return words[0]


def main(arguments: list[str]) -> None:
    life = Handler.life = next_life()
    engine = subprocess.Popen(["sleep", "600"])
    sys.stderr.write(f"stub: {life}, engine {engine.pid}\n")
    if life == "crash":
        raise ValueError("the weights are made of butter")
    if life == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    options = dict(itertools.pairwise(arguments))
    if "--uds" in options:
        SocketServer(options["--uds"], Handler).serve_forever(0.05)
    Server(("127.0.0.1", int(options["--port"])), Handler).serve_forever(0.05)


if __name__ == "__main__":
    main(sys.argv[1:])
