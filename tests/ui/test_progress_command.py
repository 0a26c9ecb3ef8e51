"""``greenroom progress``, ``sessions`` and what the shell completes, on a small history."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Command
from rehearsal import Bank, make_bank, make_interview, make_question
from rich.console import Console
from typer import Context
from typer.main import get_command

from agent.attempts import attempts
from agent.plan import Options
from agent.progress import progress_of
from index.store import Store
from ui import completion
from ui.cli import app
from ui.progress import BARS, print_progress, sparkline

NOW = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def practised(tmp_path: Path) -> Path:
    """A data folder with two interviews, the second one open."""
    interview = make_interview(tmp_path, make_bank())
    for answers in (("alpha beta", "skip", "idk"), ("alpha beta gamma delta",)):
        turn = interview.start(Options(count=3, seed=1, follow_ups=False))
        for answer in answers:
            interview.answer(turn.session_id, answer)
    interview.close()
    return tmp_path


def view(home: Path, width: int = 80, *, plots: bool = False) -> str:
    interview = make_interview(home)
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False)
    print_progress(console, progress_of(attempts(interview.history), NOW), NOW, plots=plots)
    interview.close()
    return stream.getvalue()


def test_progress_as_json_keeps_its_fields_and_adds(greenroom: Command, practised: Path) -> None:
    done = greenroom("progress", "--json", "--home", practised)
    topics = {t["topic"]: t for t in done.json["topics"]}
    assert {"topic", "sessions", "graded", "ungraded", "skipped", "mean", "self_marked"} <= set(
        next(iter(topics.values()))
    )
    assert sum(t["graded"] for t in topics.values()) == 3
    assert done.json["streak"]["days"] == 1
    assert all(t["note"] for t in topics.values())
    one = greenroom("progress", "--json", "--topic", "-hashing", "--home", practised)
    assert [t["topic"] for t in one.json["topics"]] == ["Hashing"]


def test_progress_says_what_is_weak_with_its_source_and_what_is_not_known(practised: Path) -> None:
    screen = view(practised)
    assert "too few to tell" in screen
    assert "Weak (0%): gamma delta" in screen
    assert "notes.md, characters 11–22" in screen
    assert "due again now" in screen


def test_a_plot_only_where_there_is_room_for_signs(practised: Path) -> None:
    assert not set(BARS) & set(view(practised))
    assert set(BARS) & set(view(practised, plots=True))
    assert sparkline([0, 0.5, 1]) == "▁▅█"


def test_progress_in_forty_columns_breaks_no_word(practised: Path) -> None:
    narrow, wide = view(practised, 40), view(practised, 200)
    assert all(len(line) <= 40 for line in narrow.splitlines())
    assert set(narrow.split()) == set(wide.split())


def test_without_anything_it_says_where_to_begin(greenroom: Command, tmp_path: Path) -> None:
    done = greenroom("progress", "--home", tmp_path)
    assert (done.code, done.out) == (0, "")
    assert "greenroom quiz" in done.err


def test_sessions_in_words(greenroom: Command, practised: Path) -> None:
    done = greenroom("sessions", "list", "--plain", "--home", practised)
    first, *_ = done.out.splitlines()
    assert first.endswith(", open")
    assert "3 of 3 graded" not in done.out
    assert "1 of 3 graded, mean 100%" in done.out


def test_a_disagreement_is_exported_as_a_case(greenroom: Command, practised: Path) -> None:
    interview = make_interview(practised)
    session = interview.sessions()[0].id
    interview.second_look.disagree(session, "too kind")
    interview.second_look.retry(session, "alpha")
    interview.close()
    (case,) = greenroom("sessions", "export", session, "--cases", "--home", practised).rows
    assert case["reason"] == "too kind"
    assert set(case) >= {"id", "question", "answer", "key_points", "marked", "regraded"}
    whole = greenroom("sessions", "export", session, "--json", "--home", practised).json
    assert whole["cases"] == [case]
    assert [r["answer"] for r in whole["retries"]] == ["alpha"]
    assert "too kind" in greenroom("sessions", "export", session, "--home", practised).out


def test_the_shell_completes_topics_and_sessions(
    practised: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = make_interview(practised)
    ids = [s.id for s in interview.sessions()]
    interview.close()
    context = Context(get_command(app), info_name="greenroom")
    context.params["home"] = practised
    assert completion.topics(context, "t") == []
    store = Store(practised / "greenroom.db")
    connection = store._database._connection
    connection.execute("PRAGMA foreign_keys = OFF")
    for n, topic in enumerate(("Trees", "Hash tables", "Sorting")):
        connection.execute(
            "INSERT INTO questions VALUES (?, 'd', 0, ?, 'explicit', 'user', '{}')", (str(n), topic)
        )
    store.close()
    assert completion.topics(context, "") == ["hash-tables", "sorting", "trees"]
    assert completion.topics(context, "Ha") == ["Hash-tables"]
    assert completion.sessions(context, ids[0][:4]) == [ids[0]]
    assert completion.open_sessions(context, "") == [ids[0]]
    (practised / "greenroom.db").write_bytes(b"no database")
    assert completion.topics(context, "") == []


def test_the_reason_stands_in_the_rows_of_a_quiz(greenroom: Command, practised: Path) -> None:
    interview = make_interview(practised, Bank([make_question(0)]))
    session = interview.sessions()[0].id
    interview.close()
    row, *_ = greenroom("sessions", "show", session, "--json", "--home", practised).rows
    assert row["reason"]
    assert json.dumps(row)
