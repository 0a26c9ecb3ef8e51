"""Two servers on one PostgreSQL database: an interview begun on one is finished on the other after
the first was killed, and nobody sees another account's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import GRADED_MS, QUICK, Candidate, Server, chromium
from postgres import Postgres
from postgres import server as postgres_server
from rehearsed import library

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]
pytestmark = pytest.mark.slow

WORDS = {"ann": "first pass-word", "ben": "second pass-word"}
SAID = "only ann said this"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    yield from postgres_server()


@pytest.fixture
def pair(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Server, Server]]:
    """Two running servers, each with a data folder of its own."""
    monkeypatch.setenv("GREENROOM_DATABASE_URL", postgres.make_database())
    accounts = tmp_path / "accounts"
    accounts.write_text("".join(f"{n}:{w}\n" for n, w in WORDS.items()), encoding="utf-8")
    servers = tuple(Server(tmp_path / name, tmp_path, QUICK) for name in ("first", "second"))
    running: list[Server] = []
    try:
        for server in servers:
            server.start("--auth", str(accounts))
            running.append(server)
        yield servers[0], servers[1]
    finally:
        for server in running:
            server.end()


def log_in(chromium: Browser, server: Server, name: str) -> Candidate:
    """A new browser at the page of one account."""
    person = Candidate(chromium, server.url)
    person.page.get_by_label("username").fill(name)
    person.page.get_by_label("password").fill(WORDS[name])
    person.page.get_by_role("button", name="Login").click()
    person.page.locator("#start").wait_for(state="visible", timeout=GRADED_MS)
    person.settle()
    return person


def test_an_interview_outlives_its_server(
    pair: tuple[Server, Server], chromium: Browser, tmp_path: Path
) -> None:
    first, second = pair
    questions = [q for q in library(first.home) if q.key_points][:3]
    ann = log_in(chromium, first, "ann")
    ann.practise([q.id for q in questions])
    ann.answer(SAID + " " + " ".join(p.text for p in questions[0].key_points))
    waiting = ann.question
    assert "Question 2 of 3" in waiting
    first.end()
    ann.context.close()

    ben = log_in(chromium, second, "ben")
    assert ben.page.get_by_text("Go on with").count() == 0
    assert SAID not in ben.page.content()
    ben.practise([questions[0].id])
    assert "Question 1 of 1" in ben.question
    ben.act("#i-do-not-know")
    ben.context.close()

    ann = log_in(chromium, second, "ann")
    page = ann.page
    page.get_by_text("Go on with").click()
    page.locator("#prompt .prompt").wait_for(state="visible")
    ann.settle()
    assert ann.question == waiting
    assert SAID in page.locator("#chat").inner_text()
    for question in questions[1:]:
        ann.answer(" ".join(p.text for p in question.key_points))
    page.locator("#again").wait_for(state="visible", timeout=GRADED_MS)
    assert "3 of 3 questions graded" in page.locator("#chat .report").inner_text()
    page.locator("#again").click()
    page.locator("#start").wait_for(state="visible")
    ann.settle()
    page.get_by_text("Past interviews").click()
    assert page.locator("#welcome ul.past li").count() == 1  # hers, and not ben's
    assert ann.errors == []
    ann.context.close()
    # Nothing of what was said is on the disk of either.
    for folder in (first.home, second.home):
        assert not (folder / "history.db").exists()
