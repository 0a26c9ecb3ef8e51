"""How a model server can misbehave: what `ScriptedModel(interfere=…)` is given.

Each takes a request in the model's place and returns whether it did.
"""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

CHAT = "/v1/chat/completions"
RELEASED = threading.Event()  # set at the end of a test: lets hanging handlers go


def send(
    handler: BaseHTTPRequestHandler,
    data: bytes,
    status: int = 200,
    kind: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> bool:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)
    return True


def answers(value: Any, status: int = 200, **headers: str):
    """Always this JSON."""
    return lambda handler, body: send(handler, json.dumps(value).encode(), status, **headers)


def says(data: bytes, kind: str = "application/json"):
    """Always these bytes."""
    return lambda handler, body: send(handler, data, kind=kind)


def breaks_off(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
    """Promises more than it sends, and hangs up."""
    handler.close_connection = True
    return send(handler, b'{"id": "x", "choi', length=4000)


def hangs(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
    """Takes the request and never says a word."""
    RELEASED.wait(20)
    handler.close_connection = True
    return True


def dribbles(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
    """White space for ever: each byte comes well within a time limit for silence."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Connection", "close")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while not RELEASED.wait(0.02):
            handler.wfile.write(b" ")
    handler.close_connection = True
    return True


def first(times: int, fault):
    """The fault so many times, then the model."""
    left = [times]

    def interfere(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
        if left[0] > 0:
            left[0] -= 1
            return fault(handler, body)
        return False

    return interfere


def streams(*pieces: str, finish: str | None = "stop", pause: float = 0.0, done: bool = True):
    """A stream of these pieces; without `done` the connection ends after them."""

    def interfere(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for i, piece in enumerate(pieces):
                last = i == len(pieces) - 1
                choice = {"index": 0, "delta": {"role": "assistant", "content": piece}}
                event = {
                    "id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m",
                    "choices": [{**choice, "finish_reason": finish if last else None}],
                }  # fmt: skip
                handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                handler.wfile.flush()
                if pause and RELEASED.wait(pause):
                    break
            if done:
                handler.wfile.write(b"data: [DONE]\n\n")
        handler.close_connection = True
        return True

    return interfere


def repeats(piece: str):
    """A stream that sends the same piece for ever."""

    def interfere(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        event = {
            "id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m",
            "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        }  # fmt: skip
        with contextlib.suppress(OSError):
            while not RELEASED.is_set():
                handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        handler.close_connection = True
        return True

    return interfere


def floods(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> bool:
    """More megabytes than anybody asked for, in one string; in a stream, one endless line."""
    handler.send_response(200)
    kind = "text/event-stream" if body.get("stream") else "application/json"
    handler.send_header("Content-Type", kind)
    handler.send_header("Connection", "close")
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(b'data: {"id": "' if body.get("stream") else b'{"id": "')
        for _ in range(64):
            handler.wfile.write(b"x" * 2**20)
        handler.wfile.write(b'"}\n\n')
    handler.close_connection = True
    return True


def completion(content: str | None, logprobs: Any, **usage: int) -> dict[str, Any]:
    """A chat completion with whatever in it."""
    choice = {"index": 0, "finish_reason": "length", "logprobs": logprobs}
    return {
        "id": "x", "object": "chat.completion", "created": 0, "model": "scripted",
        "choices": [{**choice, "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 5000, "completion_tokens": 1, "total_tokens": 5001, **usage},
    }  # fmt: skip


def token(text: str, logprob: Any) -> dict[str, Any]:
    """Log probabilities with one token."""
    row = {"token": text, "logprob": logprob, "bytes": None}
    return {"content": [{**row, "top_logprobs": [row]}]}
