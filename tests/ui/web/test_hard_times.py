"""The page where a browser stored nonsense, and where the machine does not let it do its work."""

from __future__ import annotations

import errno
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from postgres import Postgres, server
from rehearsal import Clock, WordGrader, make_bank

from agent.interview import Interview
from ui.web.asked import MOST_TURNS
from ui.web.beginning import ALL_ROLES, ALL_TOPICS
from ui.web.drafts import read_ahead
from ui.web.keeping import kept
from ui.web.people import Browser
from ui.web.session import WebSession

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FULL = "alpha beta gamma delta"
TOKEN = "web-" + "anna" * 6
FULL_DISK = OSError(errno.ENOSPC, "No space left on device")
SAVE = json.dumps({"do": "save", "form": "markdown"})


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    yield from server()


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A data folder with a small bank, its sessions in a file or on a real server."""
    url = None
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.make_database()
    bank = make_bank()
    interview = Interview(
        tmp_path, bank, WordGrader(), None, Clock(), random.Random(7), database_url=url
    )
    yield SimpleNamespace(
        interview=interview,
        questions=lambda: tuple(bank.questions()),
        language_model=SimpleNamespace(known=True),
        warm_draft=lambda session, text: interview.history.last_turn(session) is not None,
    )
    interview.close()


@pytest.fixture
def page(workspace: Any) -> WebSession:
    return WebSession(workspace, lambda: NOW)


def begun(page: WebSession) -> dict[str, object]:
    """What a browser stored that has just begun an interview."""
    stored = Browser(TOKEN).stored()
    return page.start(stored, ALL_TOPICS, ALL_ROLES, 3).browser.stored()


NONSENSE: dict[str, dict[str, object]] = {
    "half a character": {"session": "\ud800"},
    "a null": {"session": "s\x001"},
    "a novel": {"session": "s" * 1_000_000},
    "no session": {"session": ["s1"]},
    "a number too large": {"turn": 10**40},
    "one that no database holds": {"turn": MOST_TURNS + 1},
    "the largest": {"turn": MOST_TURNS},
    "less than nothing": {"turn": -(10**40)},
    "no number": {"turn": float("nan")},
    "yes": {"turn": True},
    "a token of half a character": {"person": TOKEN + "\udfff"},
    "a token with a null": {"person": TOKEN + "\x00"},
    "a long token": {"person": TOKEN * 100_000},
    "taps of nothing": {"taps": {"\ud800": "covered", "1": ["covered"], "2": "best"}},
    "taps without end": {"taps": {str(n): "covered" for n in range(100_000)}},
    "an account": {"account": {"name": "bob"}},
    "another form": {"session": {"session": "s1"}, "turn": "1", "taps": [1], "person": {}},
}


@pytest.mark.parametrize("changed", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_in_storage_does_no_harm(
    page: WebSession, workspace: Any, changed: dict[str, object]
) -> None:
    good = begun(page)
    bad = {**good, **changed}
    tap = json.dumps({"do": "verdict", "turn": MOST_TURNS, "point": "k1", "verdict": "covered"})
    for view in (page.show(bad), page.ask(bad, tap), page.ask(bad, "{"), page.leave(bad)):
        assert len(json.dumps(view.browser.stored())) < 20_000
    kept(workspace, bad, SAVE)
    read_ahead(workspace, bad, "what I think")
    page.answer(bad, FULL)
    # The interview is still there for the browser that began it.
    turn = page.show(good).turn
    assert turn is not None
    assert not turn.finished


@pytest.mark.parametrize("sent", ['{"do": "open", "session": "\\ud800"}', '"\ud800"', "\ud800"])
def test_half_characters_in_a_request_are_not_understood(page: WebSession, sent: str) -> None:
    assert "Reload" in page.ask(begun(page), sent).alert


def test_half_characters_and_nulls_in_an_answer_lose_nothing_else(
    page: WebSession, workspace: Any
) -> None:
    view = page.answer(begun(page), f"{FULL} \ud83d \x00 end")
    assert view.alert == ""
    assert view.browser.session is not None
    asked = workspace.interview.history.turns(view.browser.session)[0]
    assert asked.reply["text"] == f"{FULL} \ufffd \x00 end"
    assert asked.grade.score == 1


def refuse(*_: object, **__: object) -> None:
    raise FULL_DISK


def test_a_full_disk_is_told_and_the_turn_still_waits(
    page: WebSession, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = begun(page)
    with monkeypatch.context() as patched:
        patched.setattr(workspace.interview, "answer", refuse)
        patched.setattr(workspace.interview, "start", refuse)
        view = page.answer(stored, FULL)
        assert view.alert == "the disk: no space left on device; free some space"
        assert view.browser.stored() == stored
        assert "free some space" in page.start(None, ALL_TOPICS, ALL_ROLES, 3).alert
    after = page.answer(stored, FULL)
    assert after.alert == ""
    assert after.turn is not None
    assert after.turn.number == 2


def test_an_interview_that_cannot_be_read_leaves_the_start(
    page: WebSession, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = begun(page)
    monkeypatch.setattr(workspace.interview, "current", refuse)
    view = page.show(stored)
    assert "free some space" in view.alert
    assert view.beginning is not None
    assert view.browser.session is None


def test_where_nothing_can_be_drawn_all_stays_as_it_is() -> None:
    import gradio as gr

    from ui.web.practise import unchanged

    alert, *others = "alert", "chat", "answer"
    stored, *drawn = unchanged("<b> is full", SimpleNamespace(alert=alert, drawn=[*others, alert]))
    assert [stored, *drawn[:-1]] == [gr.skip()] * 3
    assert "&lt;b&gt; is full" in drawn[-1]["value"]
    assert drawn[-1]["visible"]
