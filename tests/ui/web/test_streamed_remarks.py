"""A language model's sentences below a mark: escaped, cited, one's own only, and they may end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import make_interview

from agent.llm.faults import ModelUnavailableError
from agent.plan import Options
from agent.remarks import Remark
from corpus.schema import Span
from ui.web.people import Browser
from ui.web.remarks import WebRemarks
from ui.web.session import WebSession

TOKEN = "anna" * 6
NASTY = "<script>alert(1)</script> **b**"
SAID = (
    Remark("good", NASTY, None, Span("d", "/notes.md", 0, 5, "alpha")),
    Remark("missed", "more"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    """One interview of the local person, and a model that is lost after two sentences."""
    interview = make_interview(tmp_path)
    interview.start(Options(count=2, follow_ups=False), session_id="s1")
    interview.answer("s1", "alpha beta", 1)

    def after(session_id: str, turn_number: int) -> Iterator[Remark]:
        assert (session_id, turn_number) == ("s1", 2)
        yield from SAID
        raise ModelUnavailableError("gone")

    yield SimpleNamespace(interview=interview, remarks_after=after)
    interview.close()


def test_they_grow_and_end_with_the_model(workspace: Any) -> None:
    stored = Browser("anna" * 6, None, "s1", 2).stored()
    first, second = WebRemarks(workspace).stream(stored)
    assert first.count("<li>") == 1
    assert second.count("<li>") == 2
    assert "<script>" not in second
    assert "**" not in second
    assert 'class="cite"' in first


def test_nobody_elses(workspace: Any) -> None:
    mallory = Browser("mallory" * 4, "mallory", "s1", 2).stored()
    said = WebRemarks(workspace)
    assert list(said.stream(mallory, "mallory")) == []
    assert list(said.stream(None)) == []


def test_words_that_came_late_stand_with_their_mark_and_never_below_the_next(
    workspace: Any,
) -> None:
    """Who taps on at once misses nothing, and sees no sentence below another question's mark."""
    go_on = threading.Event()

    def after(session_id: str, number: int) -> Iterator[Remark]:
        if number == 2:
            yield SAID[0]
            assert go_on.wait(20)
            yield SAID[1]

    workspace.remarks_after = after
    said = WebRemarks(workspace)
    page = WebSession(workspace, remarks=said.kept)
    stored = page.show(Browser("anna" * 6, None, "s1", 2).stored()).browser.stored()
    stream = said.stream(stored)
    assert next(stream).count("<li>") == 1
    assert "remarks" not in page.show(stored).transcript  # they stand below it, once
    view = page.answer(stored, "skip")
    assert view.transcript.count("<li>alert") + view.transcript.count('class="remarks"') == 1
    go_on.set()
    assert list(stream) == []
    _until(lambda: said.kept("s1")[2].count("<li>") == 2)
    assert page.show(stored).transcript.count("more</li>") == 1


def test_a_page_that_is_loaded_again_finds_all_that_was_said(workspace: Any) -> None:
    runs = []

    def after(session_id: str, number: int) -> Iterator[Remark]:
        runs.append(number)
        yield from SAID

    workspace.remarks_after = after
    said = WebRemarks(workspace)
    stored = Browser("anna" * 6, None, "s1", 2).stored()
    left = said.stream(stored)
    next(left)
    del left  # as where the page goes away
    assert [text.count("<li>") for text in said.stream(stored)] == [1, 2]
    assert runs == [2]


@pytest.mark.parametrize(
    "elsewhere", [Browser(TOKEN), Browser(TOKEN, None, "s2", 1), Browser(TOKEN, None, "s1", 3)]
)
def test_what_a_page_left_is_not_said_on_what_it_shows_now(
    workspace: Any, elsewhere: Browser
) -> None:
    """The start, another interview, a later turn: also while the model is still at work."""
    go_on = threading.Event()

    def after(session_id: str, number: int) -> Iterator[Remark]:
        yield SAID[0]
        assert go_on.wait(20)
        yield SAID[1]

    workspace.remarks_after = after
    said, here = WebRemarks(workspace), Browser(TOKEN, None, "s1", 2)
    said.turn("left", here)
    said.turn("stays", here)
    left, stays = (said.stream(here.stored(), page=page) for page in ("left", "stays"))
    assert next(left) == next(stays)
    said.turn("left", elsewhere)
    assert list(left) == []
    go_on.set()
    assert [text.count("<li>") for text in stays] == [2]


def test_an_interview_that_cannot_be_read_has_no_remarks(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise OSError("full")

    monkeypatch.setattr(workspace.interview.history, "session", refuse)
    assert list(WebRemarks(workspace).stream(Browser(TOKEN, None, "s1", 2).stored())) == []


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
