"""The interview at a terminal: its dialogue with a stand-in for the model, and, in a real terminal
with the real encoder, a kill in the middle, Ctrl-C and narrow columns."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import run
from player import Play, begin, player
from terminal import Terminal

from ui.quiz import PausedError

FULL = ["alpha beta gamma delta", ""]


@pytest.fixture
def play(stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Hold an interview with these typed lines; what stood on the screen."""
    return player(stage, monkeypatch)


def test_a_whole_interview(stage: SimpleNamespace, play: Play) -> None:
    screen = play(begin(stage), "alpha", "beta gamma delta", "", *FULL)
    assert screen.index("Question 1 of 2") < screen.index("✓ alpha beta")
    assert screen.index("Question 2 of 2") < screen.index("Debrief")
    assert "notes.md" in screen
    assert "2 of 2 questions graded, on average 100%" in screen


def test_an_answer_of_several_lines_is_one(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    play(session, "alpha beta", "gamma delta", "")
    assert stage.interview.turns(session)[0].reply == "alpha beta\ngamma delta"


def test_an_empty_line_alone_is_no_answer(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    assert "nothing yet" in play(session, "", "  ")
    assert stage.interview.turns(session)[0].reply is None


def test_the_end_of_input_sends_what_there_is_and_keeps_the_session(
    stage: SimpleNamespace, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    session = begin(stage)
    play(session, "alpha beta gamma delta")
    assert f"greenroom resume {session}" in capsys.readouterr().err
    first, second = stage.interview.turns(session)
    assert first.reply == "alpha beta gamma delta"
    assert second.reply is None


def test_ctrl_c_pauses(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    with pytest.raises(PausedError, match=f"resume {session}") as stopped:
        play(session, *FULL, KeyboardInterrupt)
    assert stopped.value.exit_code == 130
    assert "Question 2 of 2" in play(session)


def test_an_unsure_point_is_put_with_words_and_passage(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    screen = play(session, "ALPHA", "", "maybe", "of course", "probably", "y")
    asked = screen[screen.index("Did you say this? I am not sure") :]
    assert "your words: “ALPHA”" in asked
    assert "My guess: partly covered." in asked
    assert "(y, p, n or o" in asked
    assert "[covered, marked by you]" in asked
    grade = stage.interview.turns(session)[-1].marked.grade
    assert [p.by for p in grade.points if p.verdict == "covered"] == ["candidate"]


def test_enter_leaves_the_guess(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    play(session, "ALPHA", "", "")
    grade = stage.interview.turns(session)[-1].marked.grade
    assert {p.by for p in grade.points} == {"grader"}


def test_stop_works_at_a_confirmation_too(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    assert "Debrief" in play(session, "ALPHA", "", "stop")
    assert stage.interview.current(session).finished


def test_going_on_at_a_confirmation_says_what_it_is_about(
    stage: SimpleNamespace, play: Play
) -> None:
    session = begin(stage)
    first = play(session, "ALPHA", "")
    question = stage.interview.turns(session)[0].prompt
    assert question in first
    again = play(session)
    assert "Question 1 of 2" in again
    assert question in again
    assert "You said: “ALPHA”" in again
    assert "your words: “ALPHA”" in again


def test_going_on_at_a_follow_up_says_what_it_is_about(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    play(session, "alpha beta", "")
    again = play(session)
    question, follow_up = (turn.prompt for turn in stage.interview.turns(session))
    assert again.index(question) < again.index("✓ alpha beta") < again.index(follow_up)


def test_skipping_a_follow_up_still_shows_what_was_missed(
    stage: SimpleNamespace, play: Play
) -> None:
    screen = play(begin(stage), "alpha beta", "", "skip", "")
    missed = screen[screen.index("Follow-up") : screen.index("Question 2 of 2")]
    assert "○ gamma delta" in missed
    assert "notes.md" in missed


def test_a_hint_puts_the_question_again(stage: SimpleNamespace, play: Play) -> None:
    screen = play(begin(stage), "hint", "")
    assert screen.count("Question 1 of 2") == 2


def test_stopping_at_once_makes_no_debrief(stage: SimpleNamespace, play: Play) -> None:
    screen = play(begin(stage), "stop", "")
    assert "nothing to report" in screen
    assert "Debrief" not in screen


@pytest.mark.parametrize("error", [OSError, RuntimeError, ImportError, MemoryError, KeyError])
def test_a_model_that_cannot_load_ahead_stays_quiet(
    stage: SimpleNamespace,
    play: Play,
    capsys: pytest.CaptureFixture[str],
    error: type[Exception],
) -> None:
    threads: queue.SimpleQueue[threading.Thread] = queue.SimpleQueue()

    def missing(session: str) -> None:
        threads.put(threading.current_thread())
        raise error("no model")

    stage.warm = missing
    play(begin(stage))
    threads.get(timeout=10).join(10)
    # A traceback of a thread would end this test as well.
    assert "no model" not in capsys.readouterr().err


@pytest.fixture(scope="module")
def kitchen(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this module's own."""
    folder = tmp_path_factory.mktemp("kitchen")
    assert run(["backup", str(folder / "b.zip"), "--home", str(stocked)]) == 0
    assert run(["restore", str(folder / "b.zip"), "--home", str(folder / "home")]) == 0
    return folder / "home"


@pytest.fixture
def terminal(kitchen: Path) -> Iterator[Terminal]:
    with Terminal(kitchen) as opened:
        yield opened


ANSWER = ["A levain is a culture of flour and water,", "in which wild yeast and bacteria live."]
PENDING = r"^>$|leaves it:$"


@pytest.mark.slow
def test_a_kill_loses_nothing(terminal: Terminal, pantry: Path) -> None:
    terminal.run("quiz", "--count", "2", "--seed", "3", "--document", str(pantry / "notes.md"))
    first = terminal.wait("^>$")
    question = first.splitlines()[-2]
    terminal.type(*ANSWER, "")
    before = terminal.wait(PENDING)
    pending = before.splitlines()[-2:]
    terminal.kill()
    terminal.wait("left: 137")
    terminal.run("resume")
    after = terminal.wait(PENDING)
    assert after.splitlines()[-2:] == pending
    assert question in after
    assert all(line in after for line in ANSWER)


def kept(home: Path) -> int:
    """How many replies are on the disk, as another process sees it."""
    with closing(sqlite3.connect(f"file:{home / 'history.db'}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT count(*) FROM turns WHERE reply IS NOT NULL")
        return int(found.fetchone()[0])


def wait_for_more(home: Path, before: int) -> None:
    """Until there are more replies than before: other tests have left some in the same folder."""
    until = time.monotonic() + 20
    while kept(home) <= before:
        assert time.monotonic() < until, "no reply was kept within twenty seconds"
        time.sleep(0.02)


@pytest.mark.slow
def test_an_answer_that_was_being_marked_is_marked_after_a_kill(
    terminal: Terminal, pantry: Path
) -> None:
    terminal.run("quiz", "--count", "1", "--seed", "4", "--document", str(pantry / "notes.md"))
    terminal.wait("^>$")
    before = kept(terminal.home)
    terminal.type(*ANSWER, "")
    wait_for_more(terminal.home, before)  # kept before the models have loaded
    terminal.kill()
    screen = terminal.wait("left: 137")
    assert "Did you" not in screen
    terminal.run("resume")
    after = terminal.wait(f"{PENDING}|left: 0")
    assert ANSWER[0] in after


@pytest.mark.slow
def test_ctrl_c_and_the_end_of_input(terminal: Terminal) -> None:
    terminal.run("quiz", "--count", "1", "--topic", "cuDNN")
    terminal.wait("^>$")
    terminal.type("half an answer")
    terminal.press("C-c")
    screen = terminal.wait("left: 130")
    said = screen[screen.index("half an answer") :].splitlines()
    assert len([line for line in said if "resume" in line]) == 1
    assert "Traceback" not in screen
    terminal.run("resume")
    terminal.wait("^>$")
    terminal.press("C-d")
    assert "greenroom resume" in terminal.wait("left: 0")


@pytest.mark.slow
def test_a_narrow_terminal(kitchen: Path, pantry: Path) -> None:
    with Terminal(kitchen, columns=50) as terminal:
        terminal.run("quiz", "--count", "1", "--document", str(pantry / "notes.md"))
        terminal.wait("^>$")
        terminal.type("no idea", "")
        screen = terminal.wait("left: 0")
        assert "Debrief" in screen
        # Nothing of ours was left to the terminal to break: joined or not, the lines are the same.
        shown = screen[screen.index("Not there yet") :].splitlines()
        assert all(len(line.rstrip()) <= 50 for line in shown)


@pytest.mark.slow
def test_rows_alone_go_to_stdout(terminal: Terminal, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    terminal.run("quiz", "--count", "1", "--json", "--topic", "cuDNN", into=f"> {rows}")
    terminal.wait("^>$")
    terminal.type("I do not know", "")
    screen = terminal.wait("left: 0")
    assert "Question 1 of 1" in screen
    turn, last = (json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines())
    assert (turn["kind"], turn["answer"], turn["grade"]["score"]) == (
        "question",
        "I do not know",
        0,
    )
    assert "report" in last


@pytest.mark.slow
def test_a_pasted_answer_with_an_empty_line_is_one_answer(
    terminal: Terminal, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    terminal.run("quiz", "--count", "1", "--topic", "cuDNN")
    terminal.wait("^>$")
    terminal.paste("first part\n\nsecond part")
    terminal.type("", "")
    terminal.wait(f"{PENDING}|left: 0")
    terminal.press("C-c")
    terminal.wait("left: ")
    terminal.run("resume", "--json", into=f"> {rows}")
    terminal.wait(f"{PENDING}|left: 0")
    terminal.press("C-c")
    terminal.wait("left: ")
    first = json.loads(rows.read_text(encoding="utf-8").splitlines()[0])
    assert first["answer"] == "first part\n\nsecond part"
