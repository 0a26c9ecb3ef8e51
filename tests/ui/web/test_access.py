"""Several people at one server: what each may ask for, how much, how often, and whose it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Server

from evals.http_person import EventError, HttpPerson
from ui.web.access import NOBODY_ELSE, Access
from ui.web.gate import EVENTS, JOIN, TOO_FAST, UPLOAD, Gate
from ui.web.rate import Buckets

ANN, BEN = "annemarie-of-the-harbour", "ben"


class App:
    """What stands behind the gate: reads the body, answers 200, knows who is logged in."""

    cookie_id = "c"

    def __init__(self) -> None:
        self.tokens = {"t-ann": ANN, "t-ben": BEN}
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", scope["method"] == "POST"
        while more:
            message = await receive()
            body += message["body"]
            more = message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Asker:
    """Sends requests through a gate, at a time that the test sets."""

    def __init__(self, *accounts: str) -> None:
        self.app, self.now = App(), 0.0
        access = Access(accounts) if accounts else NOBODY_ELSE
        self._gate = Gate(self.app, not accounts, access, lambda: self.now)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str = "",
        query: str = "",
        host: str = "localhost:7860",
        origin: str = "",
        parts: list[bytes] | None = None,
    ) -> int:
        """The status of the answer."""
        sent = parts or [b"" if body is None else json.dumps(body).encode()]
        headers = [(b"host", host.encode())]
        if token:
            headers.append((b"cookie", f"access-token-unsecure-c={token}".encode()))
        if origin:
            headers.append((b"origin", origin.encode()))
        scope = {
            **{"type": "http", "method": method, "path": path, "headers": headers},
            **{"query_string": query.encode(), "app": self.app, "client": ("10.0.0.1", 1)},
        }
        left, statuses = list(sent), []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: dict[str, Any]) -> None:
            statuses.append(message.get("status"))

        asyncio.run(self._gate(scope, receive, send))
        return int(statuses[0])


def page(name: str) -> dict[str, Any]:
    return {"session_hash": name, "data": []}


def test_the_page_asks_what_it_needs_and_its_body_arrives_whole() -> None:
    asker = Asker()
    assert asker.ask("GET", "/") == 200
    body = json.dumps(page("p")).encode()
    assert asker.ask("POST", JOIN, parts=[body[:9], body[9:]]) == 200
    assert asker.app.bodies[-1] == body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/home/tmp/x/cv.pdf"),
        ("GET", "/gradio_api/proxy=http://host"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/component_server"),
        ("DELETE", "/"),
    ],
)
def test_nothing_else_is_let_through(method: str, path: str) -> None:
    asker = Asker(ANN, BEN)
    assert asker.ask(method, path, token="t-ann") == 403
    assert asker.app.bodies == []


def test_another_site_is_refused() -> None:
    asker = Asker()
    assert asker.ask("GET", "/", host="evil.example:7860") == 403
    assert asker.ask("POST", JOIN, page("p"), origin="https://evil.example") == 403
    assert asker.ask("POST", JOIN, page("p"), origin="http://localhost:7860") == 200


def test_without_an_account_only_the_log_in_is_answered() -> None:
    asker = Asker(ANN, BEN)
    assert [asker.ask("GET", path) for path in ("/", "/assets/x.js")] == [200, 200]
    closed = ("/config", "/gradio_api/info", "/gradio_api/queue/data", "/gradio_api/heartbeat/p")
    assert {asker.ask("GET", path) for path in closed} == {401}
    assert asker.ask("POST", JOIN, page("p")) == 401
    assert asker.ask("POST", JOIN, page("p"), token="made-up") == 401
    assert asker.ask("GET", "/config", token="t-ben") == 200


def test_a_page_belongs_to_the_account_that_used_it_first() -> None:
    asker = Asker(ANN, BEN)
    assert asker.ask("POST", JOIN, page("p"), token="t-ann") == 200
    read = ("GET", "/gradio_api/queue/data")
    assert asker.ask(*read, query="session_hash=p", token="t-ben") == 403
    assert asker.ask("POST", JOIN, page("p"), token="t-ben") == 403
    assert asker.ask("POST", "/gradio_api/cancel", page("p"), token="t-ben") == 403
    assert asker.ask("GET", "/gradio_api/heartbeat/p", token="t-ben") == 403
    assert asker.ask(*read, query="session_hash=p", token="t-ann") == 200
    # Ben's own page first: the app would take the last of them.
    assert asker.ask(*read, query="session_hash=b&session_hash=p", token="t-ben") == 400


def test_only_the_first_account_may_add_documents() -> None:
    asker = Asker(ANN, BEN)
    assert asker.ask("POST", UPLOAD, token="t-ann") == 200
    assert asker.ask("POST", UPLOAD, token="t-ben") == 403
    assert Asker().ask("POST", UPLOAD) == 200
    assert NOBODY_ELSE.may_change_documents(None)
    assert not Access((ANN, BEN)).may_change_documents(None)


def test_what_is_too_long_is_refused_however_it_is_sent() -> None:
    asker = Asker()
    assert asker.ask("POST", JOIN, parts=[b"x" * 1_000_000] * 9) == 413
    assert asker.ask("POST", "/login", parts=[b"x" * 6_000] * 2) == 413
    assert asker.app.bodies == []


def test_a_browser_that_asks_too_fast_waits_and_others_do_not() -> None:
    asker = Asker()
    burst = [asker.ask("POST", JOIN, page("fast")) for _ in range(int(EVENTS[0]) + 3)]
    assert burst == [200] * int(EVENTS[0]) + [429] * 3
    assert asker.ask("POST", JOIN, page("other")) == 200
    asker.now += 1.0
    assert asker.ask("POST", JOIN, page("fast")) == 200
    assert "nothing is lost" in TOO_FAST


def test_an_account_is_not_faster_for_using_many_pages() -> None:
    asker = Asker(ANN, BEN)
    burst = [asker.ask("POST", JOIN, page(f"p{n}"), token="t-ben") for n in range(60)]
    assert burst.count(429) == 60 - int(EVENTS[0])


def test_attempts_to_log_in_are_slowed_then_turned_away() -> None:
    buckets = Buckets(2, 0.5)
    waits = [buckets.take("a", 10.0, 5.0) for _ in range(6)]
    assert waits == [0.0, 0.0, 2.0, 4.0, None, None]
    assert buckets.take("b", 10.0, 5.0) == 0.0
    assert buckets.take("a", 14.0, 5.0) == 2.0


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("accounts")
    (folder / "accounts").write_text(f"{ANN}:first word\n{BEN}:second word\n", encoding="utf-8")
    running = Server(folder / "home", folder)
    running.start("--auth", str(folder / "accounts"), "--grader", "embedded")
    yield running
    running.end()


def logged_in(server: Server, name: str, password: str) -> HttpPerson:
    person = HttpPerson(server.url)
    assert person.log_in(name, password) == 200
    person.open()
    return person


@pytest.mark.slow
def test_one_account_cannot_read_what_is_anothers(shared_server: Server) -> None:
    ann = logged_in(shared_server, ANN, "first word")
    ann.do("start", count=2)
    session = ann.stored["session"]
    assert session
    cv = "I sailed the seven seas alone"
    ann.do("save-cv", values=[cv, "cv.txt"])
    hers = json.dumps([ann.do(tab, "select") for tab in ("page-progress", "page-setup")])
    assert cv in hers
    stranger = HttpPerson(shared_server.url)
    assert stranger.log_in(ANN, "second word") == 400
    assert stranger.client.get("/config").status_code == 401
    stranger._events.update(ann._events)
    with pytest.raises(EventError, match="401"):
        stranger.do("start")
    ben = logged_in(shared_server, BEN, "second word")
    # Whatever ben's browser says of itself, also that it is ann's.
    for claimed in (
        {**ann.stored},
        {**ann.stored, "account": BEN},
        {**ann.stored, "account": BEN, "person": f"account-{ANN}"},
    ):
        ben.stored = claimed
        for act in ("stop", "send"):
            seen = json.dumps(ben.do(act, answer="What was asked?"))
            assert "no longer there" in seen
            assert ben.stored["session"] is None
    for tab in ("page-progress", "page-setup"):
        seen = json.dumps(ben.do(tab, "select"))
        assert session not in seen
        assert cv not in seen
    # It is still hers, and still waits.
    assert "no longer there" not in json.dumps(ann.do("hint"))
    for person in (ann, ben, stranger):
        person.close()
