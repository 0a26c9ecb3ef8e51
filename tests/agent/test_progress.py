"""What the history shows of each topic, and what it cannot show."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Bank, make_interview, make_question

from agent.attempts import attempts
from agent.interview import Interview
from agent.plan import Options
from agent.progress import Progress, mean_interval, progress_of, streak_of

GOOD = "alpha beta gamma delta"
LATER = datetime(2026, 2, 1, tzinfo=UTC)
DAY = date(2026, 3, 10)


def hold(interview: Interview, *replies: str, **changes: object) -> None:
    options = {"count": len(replies), "seed": 1, "follow_ups": False, "ask_when_unsure": False}
    turn = interview.start(Options(**{**options, **changes}))  # type: ignore[arg-type]
    for reply in replies:
        turn = interview.answer(turn.session_id, reply, turn.number)
    if not turn.finished:
        interview.stop(turn.session_id)


def shown(interview: Interview, now: datetime = LATER) -> Progress:
    return progress_of(attempts(interview.history), now)


def test_what_was_not_graded_or_was_skipped_is_counted_apart(tmp_path: Path) -> None:
    bank = Bank([*(make_question(n) for n in range(3)), make_question(3, points=())])
    interview = make_interview(tmp_path, bank)
    hold(interview, GOOD, "alpha beta", "skip", "something", count=4)
    (topic,) = shown(interview).topics
    assert (topic.graded, topic.ungraded, topic.skipped, topic.asked) == (2, 1, 1, 4)
    assert topic.mean == 0.75
    assert [m.score for m in topic.marks] == [1.0, 0.5]
    assert topic.low is not None
    assert topic.high is not None
    assert topic.low < 0.75 < topic.high
    interview.close()


def test_nothing_graded_has_no_figures_and_says_so(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, Bank([make_question(0)]))
    hold(interview, "skip")
    (topic,) = shown(interview).topics
    assert (topic.mean, topic.low, topic.expected, topic.trend) == (None, None, None, None)
    assert "Nothing graded yet" in topic.note
    assert progress_of((), LATER).topics == ()
    interview.close()


def test_too_little_is_said_until_there_is_enough(interview: Interview) -> None:
    hold(interview, GOOD, GOOD, topics=("Trees",))
    assert "Only 2 questions graded" in shown(interview).topics[0].note
    hold(interview, "alpha", "alpha", "alpha", topics=("Trees",))
    (topic,) = shown(interview).topics
    assert topic.note == ""
    assert topic.trend is not None
    assert topic.trend < 0


def test_the_weakest_points_are_those_of_the_latest_answers_with_their_source(
    tmp_path: Path,
) -> None:
    bank = Bank([make_question(0)])
    interview = make_interview(tmp_path, bank)
    hold(interview, "idk")
    assert {p.text for p in shown(interview).topics[0].weakest} == {"alpha beta", "gamma delta"}
    hold(interview, "alpha beta, gamma")
    (point,) = shown(interview).topics[0].weakest
    assert (point.text, point.score, point.lost) == ("gamma delta", 0.5, 0.5)
    assert point.source is not None
    assert point.source.quote == "gamma delta"
    interview.close()


def test_points_marked_by_the_candidate_are_told_apart(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, Bank([make_question(0)]))
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    interview.answer(turn.session_id, "ALPHA")
    interview.confirm(turn.session_id, {"k1": "partial"})
    (topic,) = shown(interview).topics
    assert topic.self_marked == 0.5
    assert {p.text: p.self_marked for p in topic.weakest} == {
        "alpha beta": True,
        "gamma delta": False,
    }
    interview.close()


def test_what_is_due_is_counted(interview: Interview) -> None:
    hold(interview, "idk", topics=("Trees",))
    asked = attempts(interview.history)[0].when
    (now,) = shown(interview, asked + timedelta(hours=1)).topics
    assert now.due == 0
    assert now.next_due is not None
    (later,) = shown(interview, now.next_due).topics
    assert (later.due, later.next_due) == (1, None)


def test_one_persons_progress_is_not_anothers(interview: Interview) -> None:
    for person in ("ann", "bob"):
        turn = interview.start(Options(count=1, seed=1), person)
        interview.answer(turn.session_id, GOOD)
    assert len(attempts(interview.history, "ann")) == 1
    assert len(attempts(interview.history)) == 2


@pytest.mark.parametrize(
    ("ago", "streak"),
    [
        ([], (0, 0, 0)),
        ([0], (1, 1, 1)),
        ([1, 2], (2, 2, 2)),
        ([2, 3, 4], (0, 3, 3)),
        ([0, 1, 3, 4, 5], (2, 3, 5)),
    ],
)
def test_a_streak_is_alive_until_a_whole_day_is_missed(
    ago: list[int], streak: tuple[int, int, int]
) -> None:
    found = streak_of((DAY - timedelta(days=n) for n in ago), DAY)
    assert (found.current, found.longest, found.days) == streak


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_bounds_hold_the_mean_and_have_a_width(scores: list[float]) -> None:
    low, high = mean_interval(scores)
    assert 0 <= low <= statistics.fmean(scores) + 0.001
    assert statistics.fmean(scores) - 0.001 <= high <= 1
    assert high - low > 0.05


def test_the_bounds_hold_the_true_mean_as_often_as_they_say() -> None:
    rng = random.Random(1)
    held = 0
    for _ in range(300):
        low, high = mean_interval([rng.betavariate(2, 1) for _ in range(8)])
        held += low <= 2 / 3 <= high
    assert held >= 285
