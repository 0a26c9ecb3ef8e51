"""How the server starts where a proxy is set, and what it says where its page does not answer."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from browser import run_chat

from corpus.schema import GreenroomError
from ui.web import app, server


class Page:
    """A page whose launch ends as it is told; keeps what it saw."""

    def __init__(self, end: Exception) -> None:
        self.end = end
        self.closed = False
        self.past_proxies: list[str] = []
        self.pages_kept: object = None

    def launch(self, **given: object) -> None:
        self.pages_kept = given.get("state_session_capacity")
        self.past_proxies = [os.environ[name] for name in ("NO_PROXY", "no_proxy")]
        raise self.end

    def close(self, *, verbose: bool) -> None:
        self.closed = not verbose


def serve(page: Page, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "build", lambda *_: page)
    space: Any = SimpleNamespace(home=home, ready=lambda: None, warm=lambda: None)
    server.serve(space, host="127.0.0.1", port=1, open_browser=False, accounts=None)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server sets is set back."""
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("NO_PROXY", "intranet.example")


@pytest.mark.parametrize(
    "end",
    [
        ValueError("When localhost is not accessible, a shareable link must be created."),
        httpx.ProxyError("502 Bad Gateway"),
        httpx.ConnectError("refused"),
    ],
)
def test_a_page_that_does_not_answer_is_one_line_with_the_next_step(
    end: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(end)
    with pytest.raises(GreenroomError, match=r"put 127\.0\.0\.1 into NO_PROXY") as caught:
        serve(page, tmp_path, monkeypatch)
    assert "\n" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
    assert page.closed


def test_the_own_page_is_asked_past_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(OSError("taken"))
    with pytest.raises(GreenroomError, match="choose another --port"):
        serve(page, tmp_path, monkeypatch)
    for names in page.past_proxies:
        assert {"intranet.example", "127.0.0.1", "localhost", "::1"} <= set(names.split(","))


def test_what_pages_show_is_kept_of_a_bounded_number_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(OSError("taken"))
    with pytest.raises(GreenroomError):
        serve(page, tmp_path, monkeypatch)
    assert page.pages_kept == server.MOST_PAGES < 10_000


@pytest.mark.slow
def test_without_a_browser_it_says_where_it_is_also_on_a_port_of_its_own(tmp_path: Path) -> None:
    running = run_chat(tmp_path / "home", tmp_path, "--port", "0", "--grader", "embedded")
    assert running.stderr is not None
    try:
        told = next(line for line in running.stderr if line.startswith(b"Greenroom is at "))
        address = told.decode().split()[3]
        assert httpx.get(address, trust_env=False).status_code == 200
    finally:
        running.kill()
        running.communicate()
