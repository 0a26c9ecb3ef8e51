"""The marks of a real interview that is only paused: nothing that a person is shown tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Command
from rehearsal import make_bank, make_interview

from agent.attempts import attempts
from agent.plan import Options
from ui.web.beginning import beginning
from ui.web.keeping import kept
from ui.web.people import Browser

REAL = Options(count=3, seed=1, mode="interview", follow_ups=False, closing=False)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
SAID = ("alpha beta", "alpha beta gamma delta")


@pytest.fixture
def paused(tmp_path: Path) -> str:
    """A real interview with two answers of three; its id."""
    interview = make_interview(tmp_path, make_bank())
    session = interview.start(REAL, session_id="real").session_id
    for answer in SAID:
        interview.answer(session, answer)
    assert interview.history.turns(session)[0].standing is not None  # marked all the same
    interview.close()
    return session


def told(value: Any) -> list[str]:
    """The names under which a number or a verdict stands anywhere in JSON."""
    if isinstance(value, dict):
        own = [k for k in ("score", "mean", "verdict", "standing") if value.get(k) is not None]
        return own + [name for part in value.values() for name in told(part)]
    return [name for part in value for name in told(part)] if isinstance(value, list) else []


def finish(home: Path, session: str) -> None:
    interview = make_interview(home, make_bank())
    interview.stop(session)
    interview.close()


def test_show_and_export_wait_for_the_debrief(
    paused: str, greenroom: Command, tmp_path: Path
) -> None:
    home = ("--home", tmp_path)
    shown = greenroom("sessions", "show", paused, *home)
    assert shown.code == 0
    assert "marks come with the debrief" in " ".join(shown.out.split())
    assert "2 of 3 questions" in " ".join(shown.out.split())
    assert "%" not in shown.out
    for more in ([], ["--json"], ["--cases"]):
        refused = greenroom("sessions", "export", paused, *more, *home)
        assert (refused.code, refused.out) == (1, "")
        assert f"greenroom resume {paused}" in refused.err

    finish(tmp_path, paused)
    assert "%" in greenroom("sessions", "show", paused, *home).out
    assert greenroom("sessions", "export", paused, *home).code == 0


def test_rows_hold_what_was_said_and_no_mark(
    paused: str, greenroom: Command, tmp_path: Path
) -> None:
    home = ("--home", tmp_path)
    rows = greenroom("sessions", "show", paused, "--json", *home).rows
    assert [row["answer"] for row in rows[:-1]] == list(SAID)
    assert told(rows) == []
    listed = greenroom("sessions", "list", "--json", *home).json
    assert told(listed) == []
    finish(tmp_path, paused)
    assert told(greenroom("sessions", "show", paused, "--json", *home).rows) != []
    assert told(greenroom("sessions", "list", "--json", *home).json) == ["mean"]


def test_progress_counts_it_once_it_is_over(
    paused: str, greenroom: Command, tmp_path: Path
) -> None:
    assert told(greenroom("progress", "--json", "--home", tmp_path).json) == []
    interview = make_interview(tmp_path, make_bank())
    assert attempts(interview.history) == ()
    # What to ask next may rest on them: no one sees that.
    assert len(attempts(interview.history, withheld=True)) == len(SAID)
    interview.stop(paused)
    assert len(attempts(interview.history)) == len(SAID)
    interview.close()


def test_the_web_page_gives_no_file_and_tells_no_mean(paused: str, tmp_path: Path) -> None:
    interview = make_interview(tmp_path, make_bank())
    workspace: Any = SimpleNamespace(interview=interview, questions=lambda: ())
    browser = Browser("anna" * 6, None, None)
    here = beginning(workspace, browser, NOW)
    assert [s.mean for s in here.open] == [None]
    save = json.dumps({"do": "save", "form": "markdown"})
    mine = Browser("anna" * 6, None, paused).stored()
    assert kept(workspace, mine, save) == ""
    interview.stop(paused)
    assert "Interview real" in kept(workspace, mine, save)
    interview.close()
