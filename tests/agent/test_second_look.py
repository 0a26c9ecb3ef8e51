"""Answers tried again, disagreements, ratings: beside the marks, never in their place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rehearsal import WordGrader, make_interview, make_question

from agent.addenda import Addenda
from agent.attempts import attempts
from agent.export import to_json, to_markdown
from agent.grades import Scored
from agent.interview import Interview
from agent.plan import Options
from agent.schedule import RatingError, schedule
from agent.second_look import SecondLookError

GOOD = "alpha beta gamma delta"
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def halfway(interview: Interview, answer: str = "alpha beta") -> str:
    """A session whose first question is answered and whose second one waits."""
    turn = interview.start(Options(count=2, seed=1, follow_ups=False, ask_when_unsure=False))
    interview.answer(turn.session_id, answer, 1)
    return turn.session_id


def test_another_answer_is_compared_point_by_point_and_counts_nowhere(
    interview: Interview,
) -> None:
    session = halfway(interview)
    before, progress = interview.report(session), attempts(interview.history)
    pending = interview.current(session)
    found = interview.second_look.retry(session, "gamma delta, and beta")
    assert isinstance(found.before, Scored)
    assert isinstance(found.after, Scored)
    assert (found.said, found.answer) == ("alpha beta", "gamma delta, and beta")
    assert [
        (c.id, c.before and c.before.verdict, c.after and c.after.verdict) for c in found.changes
    ] == [("k1", "covered", "partial"), ("k2", "missing", "covered")]
    assert interview.report(session) == before
    assert attempts(interview.history) == progress
    assert interview.current(session) == pending
    again = interview.second_look.retry(session, GOOD)
    assert again.before == found.before
    assert [(r.attempt, r.answer) for r in interview.second_look.retries(session)] == [
        (1, "gamma delta, and beta"),
        (2, GOOD),
    ]


def test_only_a_question_that_is_over_is_tried_again(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    with pytest.raises(SecondLookError, match="nothing is marked yet"):
        interview.second_look.retry(turn.session_id, GOOD)
    follow_up = interview.answer(turn.session_id, "alpha beta", 1)
    assert follow_up.kind == "follow_up"
    with pytest.raises(SecondLookError, match="nothing is marked yet"):
        interview.second_look.retry(turn.session_id, GOOD)
    with pytest.raises(SecondLookError, match="not over yet"):  # its points are still asked for
        interview.second_look.retry(turn.session_id, GOOD, position=0)
    interview.answer(turn.session_id, "skip")
    assert interview.second_look.retry(turn.session_id, GOOD).question == turn.question
    interview.stop(turn.session_id)
    assert interview.second_look.retry(turn.session_id, GOOD).question == turn.question


def test_a_skipped_question_has_nothing_to_compare_with(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    interview.answer(turn.session_id, "skip", 1)
    with pytest.raises(SecondLookError, match="nothing is marked yet"):
        interview.second_look.disagree(turn.session_id, "unfair")
    with pytest.raises(SecondLookError, match="skipped"):
        interview.second_look.retry(turn.session_id, GOOD, 0)
    with pytest.raises(SecondLookError, match=r"question 2 .* not answered"):
        interview.second_look.retry(turn.session_id, GOOD, 1)


def test_a_disagreement_keeps_both_marks_and_becomes_a_case(interview: Interview) -> None:
    session = halfway(interview, "alpha, beta and the delta of it")
    found = interview.second_look.disagree(session, "I said  gamma <b>in other words</b>")
    assert found.before == found.after  # the same grader, the same words
    (kept,) = interview.second_look.disagreements(session)
    assert kept.reason == "I said gamma <b>in other words</b>"
    assert kept.before == kept.regrade
    (case,) = interview.second_look.cases(session)
    assert json.loads(json.dumps(case)) == json.loads(json.dumps(case, default=str))
    assert case["answer"] == "alpha, beta and the delta of it"
    assert [p["id"] for p in case["key_points"]] == ["k1", "k2"]
    assert case["marked"]["score"] == case["regraded"]["score"]
    report = interview.report(session)
    markdown = to_markdown(report, [kept])
    assert r"I said gamma \<b\>in other words" in markdown
    whole = to_json(report, [], interview.second_look.retries(session), [case])
    assert whole["cases"] == [case]


def test_a_grader_that_judges_otherwise_by_now_is_shown_beside(tmp_path: Path) -> None:
    class Changing(WordGrader):
        def grade(self, request: object) -> object:  # type: ignore[override]
            found = super().grade(request)  # type: ignore[arg-type]
            if len(self.calls) > 1 and isinstance(found, Scored):
                return super().grade(make_request(GOOD))
            return found

    def make_request(answer: str) -> object:
        from agent.grades import GradeRequest

        return GradeRequest.of(make_question(0), answer)

    interview = make_interview(tmp_path, grader=Changing())  # type: ignore[arg-type]
    session = halfway(interview)
    found = interview.second_look.disagree(session, "no")
    assert isinstance(found.before, Scored)
    assert isinstance(found.after, Scored)
    assert (found.before.score, found.after.score) == (0.5, 1.0)
    assert interview.report(session).overall.mean == 0.5
    interview.close()


@pytest.mark.parametrize(("reason", "fault"), [("  ", "say what is wrong"), ("x" * 2001, "2,001")])
def test_a_disagreement_says_something(interview: Interview, reason: str, fault: str) -> None:
    session = halfway(interview)
    with pytest.raises(SecondLookError, match=fault):
        interview.second_look.disagree(session, reason)
    assert interview.second_look.disagreements(session) == []


def test_an_answer_that_a_kill_left_without_a_grade_gets_one(interview: Interview) -> None:
    session = halfway(interview)
    Addenda(interview.history.database).add_retry(session, 1, "gamma \x00 delta", "now")
    (kept,) = interview.second_look.retries(session)
    assert isinstance(kept.grade, Scored)
    assert interview.second_look.retries(session) == [kept]


def test_the_persons_own_word_on_it_moves_the_due_date(interview: Interview) -> None:
    session = halfway(interview, GOOD)

    def due() -> datetime:
        (attempt,) = attempts(interview.history)
        assert attempt.review is not None
        return schedule([attempt.review])[attempt.question_id].due

    first = due()
    interview.second_look.rate(session, "again")
    assert due() < first
    interview.second_look.rate(session, "easy")
    assert due() == first
    with pytest.raises(RatingError, match="'splendid'"):
        interview.second_look.rate(session, "splendid")


@pytest.mark.parametrize(
    "forget",
    [
        lambda i, s: i.forget(s),
        lambda i, s: i.forget_all(),
        lambda i, s: i.forget_document("d" * 16),
    ],
)
def test_what_was_added_is_forgotten_with_the_rest(
    tmp_path: Path, forget: Callable[[Interview, str], object]
) -> None:
    interview = make_interview(tmp_path)
    session = halfway(interview)
    interview.second_look.retry(session, "a secret alpha")
    interview.second_look.disagree(session, "a secret reason")
    interview.second_look.rate(session, "hard")
    forget(interview, session)
    left = [f for f in tmp_path.iterdir() if f.is_file() and b"a secret" in f.read_bytes()]
    assert left == []
    assert attempts(interview.history) == ()
    interview.close()
