"""The terminal in a real interview: no mark before the end, the review, the closing turn; and
topics that are not one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Command
from player import Play, player

from agent.plan import Options

FULL = ["alpha beta gamma delta", ""]


@pytest.fixture
def play(stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Hold an interview with these typed lines; what stood on the screen."""
    return player(stage, monkeypatch)


def begun(stage: SimpleNamespace, **changes: object) -> str:
    options = replace(Options(count=2, seed=1, mode="interview"), **changes)  # type: ignore[arg-type]
    session: str = stage.interview.start(options).session_id
    return session


def test_the_marks_come_at_the_end(stage: SimpleNamespace, play: Play) -> None:
    typed = ("alpha beta", "", "gamma delta", "", "!disagree no", *FULL, "What is hard?", "")
    screen = play(begun(stage), *typed)
    before, after = screen.split("Do you have questions for us?", 1)
    assert "✓" not in before
    assert "%" not in before.split("all marks", 1)[-1].replace("75%", "").replace("50%", "")
    assert "come with the debrief" in before
    assert "cannot speak for the company" in after
    assert after.index("1. Tell me") < after.index("✓ alpha beta") < after.index("2. Tell me")
    assert after.index("2. Tell me") < after.index("Debrief")


def test_unsure_points_are_put_before_the_debrief(stage: SimpleNamespace, play: Play) -> None:
    typed = ("ALPHA beta gamma delta", "", *FULL, "y")
    screen = play(begun(stage, closing=False), *typed)
    before, after = screen.split("Before the debrief", 1)
    assert "My guess" not in before
    assert after.index("Question 1 of 2") < after.index("Did you say this?")
    assert "marked by you" in after


def test_going_on_with_a_real_interview_shows_no_mark(stage: SimpleNamespace, play: Play) -> None:
    session = begun(stage, closing=False)
    play(session, "ALPHA beta gamma delta", "", *FULL)
    screen = play(session, "y")
    assert screen.index("Question 1 of 2") < screen.index("My guess") < screen.index("Debrief")
    assert "✓" not in screen[: screen.index("My guess")]


def test_help_is_no_question_to_the_interviewer(stage: SimpleNamespace, play: Play) -> None:
    session = begun(stage)
    screen = play(session, *FULL, *FULL, "!help", "!rate good", "What is hard?", "")
    after = screen.split("Do you have questions for us?", 1)[1]
    assert after.index("!not-my-topic") < after.index("come with the debrief")
    asked = [t.reply for t in stage.interview.turns(session) if t.kind == "closing"]
    assert asked == ["What is hard?", ""]


def test_not_my_topic(stage: SimpleNamespace, play: Play) -> None:
    session = begun(stage, mode="study")
    topic = stage.interview.turns(session)[0].question.topic
    screen = play(session, "!not-my-topic", *FULL)
    assert "does not count" in screen
    assert "1 of 2 questions graded" in screen
    assert list(stage.interview.not_my_topics()) == [topic]


def test_progress_names_topics_that_are_not_mine_and_takes_them_back(
    stage: SimpleNamespace, play: Play, greenroom: Command, tmp_path: Path
) -> None:
    session = begun(stage, mode="study")
    topic = stage.interview.turns(session)[0].question.topic
    play(session, "!not-my-topic", *FULL)
    home = ("--home", tmp_path)
    assert f"seldom: {topic}" in " ".join(greenroom("progress", *home).out.split())
    shown = greenroom("progress", "--json", *home).json
    assert list(shown["not_my_topics"]) == [topic]
    unknown = greenroom("progress", "--ask-again", "Nothing", *home)
    assert unknown.code == 1
    assert topic in unknown.err
    assert greenroom("progress", "--ask-again", topic.upper(), *home).code == 0
    assert not stage.interview.not_my_topics()
