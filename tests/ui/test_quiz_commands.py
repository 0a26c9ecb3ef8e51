"""The words of a quiz that begin with a sign, the quiz in words, and forty columns; in a real
terminal too."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from player import Play, begin, player
from terminal import Terminal

from agent.plan import Options

FULL = ["alpha beta gamma delta", ""]


@pytest.fixture
def play(stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Hold an interview with these typed lines; what stood on the screen."""
    return player(stage, monkeypatch)


def editor(folder: Path, command: str) -> str:
    """An editor that does this to the file it is given."""
    script = folder / "editor"
    script.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def test_help_says_what_there_is_and_what_a_hint_costs(stage: SimpleNamespace, play: Play) -> None:
    session = begin(stage)
    screen = play(session, "!help")
    assert all(f"!{name}" in screen for name in ("hint", "retry", "disagree", "edit", "stop"))
    assert "earns at most 75%" in screen[: screen.index("Question 1 of 2")]  # before any hint
    assert screen.count("Question 1 of 2") == 2
    assert stage.interview.turns(session)[0].reply is None


@pytest.mark.parametrize("width", [40, 80])
def test_help_keeps_names_and_meanings_apart(
    stage: SimpleNamespace, play: Play, width: int
) -> None:
    lines = play(begin(stage), "!help", width=width).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("  !hint"))
    last = next(n for n, line in enumerate(lines) if line.startswith("  !stop"))
    assert all(line.startswith(("  !", " " * 17)) for line in lines[first : last + 1])
    assert all(len(line) <= width for line in lines)


def test_a_command_needs_no_empty_line_and_an_unknown_one_is_no_answer(
    stage: SimpleNamespace, play: Play
) -> None:
    session = begin(stage)
    screen = play(session, "!why", "!hnt", "!important rules win", "")
    assert "There is no !hnt" in screen
    assert [t.reply for t in stage.interview.turns(session)][:2] == ["!why", "!important rules win"]
    assert "Nothing is known of you yet" in screen


def test_a_hint_shows_its_price_again_beside_the_mark(stage: SimpleNamespace, play: Play) -> None:
    screen = play(begin(stage), "!hint", "alpha beta gamma delta", "")
    assert "This point now earns at most 75%" in " ".join(screen.split())
    assert "Hinted at, so it earns at most 75%: alpha beta" in screen
    assert "88%" in screen


def test_retry_compares_point_by_point_and_the_interview_goes_on(
    stage: SimpleNamespace, play: Play
) -> None:
    session = begin(stage)
    screen = play(session, "alpha beta", "", "skip", "", "!retry", "gamma delta, beta", "", *FULL)
    told = screen[screen.index("Once more: ") :]
    assert "Before 50%, now 75%." in told
    assert "covered, now partly covered: alpha beta" in told
    assert "not mentioned, now covered: gamma delta" in told
    assert told.index("now 75%") < told.index("Question 2 of 2") < told.index("Debrief")
    assert stage.interview.report(session).overall.mean == 0.75


def test_retry_without_anything_marked_says_so(stage: SimpleNamespace, play: Play) -> None:
    assert "Nothing is marked yet; answer a question first." in play(begin(stage), "!retry")


def test_disagreeing_keeps_the_reason_and_shows_both_marks(
    stage: SimpleNamespace, play: Play
) -> None:
    session = begin(stage)
    screen = play(session, "alpha", "", "skip", "", "!disagree", "!disagree I said [b]beta[/b] too")
    assert "Say what is wrong with the mark" in screen
    assert "It was marked 25%, graded again 25%." in screen
    assert f"greenroom sessions export {session} --cases" in " ".join(screen.split())
    (kept,) = stage.interview.second_look.disagreements(session)
    assert kept.reason == "I said [b]beta[/b] too"


def test_rating_is_noted_and_a_word_that_is_none_is_named(
    stage: SimpleNamespace, play: Play
) -> None:
    screen = play(begin(stage), *FULL, "!rate again", "!rate splendid")
    assert "Noted: again" in screen
    assert "'splendid' is no rating; use one of: again, hard, good, easy." in screen


def test_the_editor_takes_over_what_was_begun(
    stage: SimpleNamespace, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor(tmp_path, "sed -i '1s/$/ gamma delta/' \"$1\""))
    session = begin(stage)
    play(session, "alpha beta", "!edit")
    assert stage.interview.turns(session)[0].reply == "alpha beta gamma delta"


def test_words_after_edit_are_where_the_answer_begins(
    stage: SimpleNamespace, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "sed -i '1s/$/ delta/' \"$1\""))
    session = begin(stage)
    play(session, "!edit alpha beta")
    assert stage.interview.turns(session)[0].reply == "alpha beta delta"


def test_an_editor_that_fails_loses_nothing(
    stage: SimpleNamespace, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    session = begin(stage)
    screen = play(session, "alpha beta", "!edit", "gamma delta", "")
    assert "'/no/such/editor' cannot be run" in screen
    assert stage.interview.turns(session)[0].reply == "alpha beta\ngamma delta"


def test_in_words_nothing_is_left_to_signs(stage: SimpleNamespace, play: Play) -> None:
    screen = play(begin(stage), "ALPHA", "", "p", "gamma delta", "", "stop", "", in_words=True)
    assert "Partly covered, marked by you: alpha beta" in screen
    assert "y for yes, p for partly" in screen
    assert not set("✓◐○✗[]>…▁█") & set(screen)


def test_no_word_is_broken_in_forty_columns(stage: SimpleNamespace, play: Play) -> None:
    typed = ("!help", "!why", "!hint", "ALPHA", "", "p", "stop", "")
    options = Options(question_ids=tuple(f"{'d' * 16}-{n}" for n in range(2)))
    narrow, wide = (
        play(stage.interview.start(options).session_id, *typed, width=w) for w in (40, 200)
    )
    assert all(len(line) <= 40 for line in narrow.splitlines())
    words = set(wide.replace("[o]pposite,", "[o]pposite").split())
    ids = {s.id for s in stage.interview.sessions()}
    assert set(narrow.split()) - ids <= words


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled library alone; it is read in by the first to use it."""
    return tmp_path_factory.mktemp("library")


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_commands_in_a_real_terminal(
    library: Path, tmp_path: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, 'echo skip > "$1"'))
    with Terminal(library, columns=columns, rows=60) as terminal:
        terminal.run("quiz", "--count", "2", "--seed", "3", "--topic", "cuDNN")
        for word in ("!help", "!why", "!hint", "!retry", "!edit", "!skip"):
            terminal.wait("^>$")
            terminal.type(word)
        terminal.wait("left: 0")
        lines = terminal.lines()
        said = " ".join(" ".join(lines).split())
        assert "It comes from the bundled library" in said
        assert "This point now earns at most 75%" in said
        assert "Nothing is marked yet" in said
        assert "Question 2 of 2" in said
        assert "Skipped. It does not count." in said
        assert all(len(line) <= columns for line in lines)
        # Joined where the terminal broke them, none is longer: nothing was left to it to break.
        assert all(len(line.rstrip()) <= columns for line in terminal.screen().splitlines())


@pytest.mark.slow
def test_no_colour_and_no_signs_where_none_are_wanted(library: Path) -> None:
    with Terminal(library) as terminal:
        terminal.run("quiz", "--plain", "--count", "1", "--topic", "cuDNN")
        terminal.wait("^Answer:$")
        terminal.type("!skip")
        terminal.wait("left: 0")
        assert "\x1b[" not in terminal.coloured()
