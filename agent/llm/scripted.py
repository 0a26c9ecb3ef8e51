"""A scripted model behind an OpenAI-compatible address in this process, for rehearsals and tests.

It speaks the part of vLLM's interface that Greenroom uses, so that everything between a verdict and
its mark runs as with a real server. Invariant: it listens on loopback only and keeps no text after
it is closed.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from agent.llm.labels import LABELS, Probabilities
from agent.llm.role_words import WRITINGS, Writing
from agent.llm.roles import ROLES, Role, read_case

WORDS = "You said: “every point, word for word”. That was complete."  # no answer says this
_CUT = 4  # letters of a label that its first token has

Interference = Callable[[BaseHTTPRequestHandler, dict[str, Any]], bool]
"""Answers a request in the place of the model and says so, or returns False to let it pass."""


class ScriptedModel:
    """A server that plays a role, as a context manager.

    `context`: how many words it can read; `decides`: whether it serves ``/v1/systemone``;
    `constrains`: whether it knows ``structured_outputs``; `writes`: what it says where JSON of a
    schema is asked for. `requests` holds the bodies it got.
    """

    def __init__(
        self,
        role: str | Role = "good",
        name: str = "scripted",
        *,
        context: int = 100_000,
        decides: bool = False,
        constrains: bool = True,
        writes: Writing | None = None,
        interfere: Interference | None = None,
    ) -> None:
        self.role = ROLES[role] if isinstance(role, str) else role
        self.writes = writes or WRITINGS[role if isinstance(role, str) else "good"]
        self.name = name
        self.context = context
        self.decides = decides
        self.constrains = constrains
        self.interfere = interfere
        self.requests: list[dict[str, Any]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.model = self

    @property
    def url(self) -> str:
        """The address, as GREENROOM_LLM_URL would have it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> ScriptedModel:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self.requests.clear()

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """The reply to a chat completion."""
        prompt = "\n".join(str(m.get("content")) for m in body["messages"])
        choice: dict[str, Any] = {"index": 0, "finish_reason": "stop", "logprobs": None}
        said = WORDS
        outputs = body.get("structured_outputs") or {}
        if self.constrains and "json" in outputs:
            said = json.dumps(self.writes(str(outputs["json"].get("title")), prompt))
        elif body.get("logprobs"):
            asked = self.constrains and "choice" in outputs
            case = read_case(prompt)
            said, choice["logprobs"] = _tokens(self.role(case), bool(asked or case.point))
        choice["message"] = {"role": "assistant", "content": said}
        tokens = len(prompt.split())
        usage = {"prompt_tokens": tokens, "completion_tokens": 1, "total_tokens": tokens + 1}
        return {
            "id": "scripted",
            "object": "chat.completion",
            "created": 0,
            "model": self.name,
            "choices": [choice],
            "usage": usage,
        }

    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        """The reply of ``/v1/systemone``."""
        answers = {}
        for name, question in body["questions"].items():
            case = read_case(f"{body['state']}\n{question['instructions']}")
            row = dict(zip(LABELS, self.role(case), strict=True))
            answers[name] = {"type": "choice", "probabilities": row}
        return {"model": self.name, "answers": answers}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ScriptedModel

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that are kept alive: a server that is gone answers nobody."""
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _model(self) -> ScriptedModel:
        return cast(_Server, self.server).model

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked is the person's."""

    def do_GET(self) -> None:
        model = self._model
        if self.path == "/v1/models":
            row = {"id": model.name, "object": "model", "max_model_len": model.context}
            self._send(200, {"object": "list", "data": [row]})
        else:
            self._send(200 if self.path in ("/health", "/metrics") else 404, {})

    def do_POST(self) -> None:
        model = self._model
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model.requests.append({"path": self.path, **body})
        if model.interfere is not None and model.interfere(self, body):
            return
        if self.path == "/tokenize":
            self._send(200, {"count": len(str(body.get("prompt")).split())})
        elif body.get("model") != model.name:
            self._fail(404, f"The model `{body.get('model')}` does not exist.")
        elif self.path == "/v1/systemone" and model.decides:
            self._send(200, model.decision(body))
        elif self.path == "/v1/chat/completions":
            self._complete(model, body)
        else:
            self._fail(404, "Not Found")

    def _complete(self, model: ScriptedModel, body: dict[str, Any]) -> None:
        reply = model.completion(body)
        if reply["usage"]["prompt_tokens"] > model.context:
            self._fail(400, f"This model's maximum context length is {model.context} tokens.")
        elif body.get("stream"):
            self._stream(reply)
        else:
            self._send(200, reply)

    def _stream(self, reply: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        (choice,) = reply["choices"]
        pieces = choice["message"]["content"].split(" ")
        for i, piece in enumerate(pieces):
            last = i == len(pieces) - 1
            delta = {"role": "assistant", "content": piece if last else piece + " "}
            finish = choice["finish_reason"] if last else None
            row = {"index": 0, "delta": delta, "finish_reason": finish}
            event = {**reply, "object": "chat.completion.chunk", "choices": [row], "usage": None}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _fail(self, status: int, message: str) -> None:
        self._send(status, {"error": {"message": message, "code": status}})

    def _send(self, status: int, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _tokens(row: Probabilities, is_label: bool) -> tuple[str, dict[str, Any]]:
    """What is said, and its log probabilities as a chat completion carries them."""
    found = {label[:_CUT]: math.log(max(p, 1e-9)) for label, p in zip(LABELS, row, strict=True)}
    if not is_label:
        found = {"hello": -0.01}
    said = max(found, key=lambda token: found[token])
    top = [{"token": t, "logprob": p, "bytes": None} for t, p in found.items()]
    first = {"token": said, "logprob": found[said], "bytes": None, "top_logprobs": top}
    return said, {"content": [first]}
