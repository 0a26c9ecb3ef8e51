"""What comes of each kind of reply: giving up, skipping, asking back, stopping, confirming."""

from __future__ import annotations

import pytest
from rehearsal import score

from agent.grades import Scored
from agent.interview import Interview, TurnError
from agent.plan import Options

GOOD = "alpha beta gamma delta"


def test_i_do_not_know_is_graded_zero_and_ends_the_probe(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    turn = interview.answer(turn.session_id, "I don't know", 1)
    assert turn.place == 2
    assert score(turn) == 0.0
    assert turn.marked is not None
    assert turn.marked.closed
    assert turn.marked.answer == "I don't know"


def test_an_empty_answer_is_graded_zero_and_not_probed(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    turn = interview.answer(turn.session_id, "", 1)
    assert (turn.place, score(turn)) == (2, 0.0)


def test_a_skipped_question_has_no_grade_and_is_in_no_average(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    turn = interview.answer(turn.session_id, "skip this one", 1)
    assert turn.place == 2
    assert turn.grade is None
    assert "Skipped" in turn.note
    turn = interview.answer(turn.session_id, GOOD)
    assert turn.report is not None
    assert (turn.report.overall.skipped, turn.report.overall.mean) == (1, 1.0)


def test_skipping_a_follow_up_keeps_the_grade_of_the_answer(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "alpha beta", 1)
    turn = interview.answer(turn.session_id, "skip", 2)
    assert turn.report is not None
    assert (turn.report.overall.graded, turn.report.overall.mean) == (1, 0.5)
    assert turn.report.overall.skipped == 0


def test_words_to_the_interviewer_put_the_same_question_again(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    asked = turn.question
    notes = []
    for word in ("hint", "!hint", "hint", "why", "repeat"):
        turn = interview.answer(turn.session_id, word, turn.number)
        assert (turn.kind, turn.question, turn.attempt) == ("question", asked, 0)
        assert turn.grade is None
        notes.append(turn.note)
    assert len(set(notes)) == 5
    assert "No more hints" in notes[2]
    assert asked is not None
    assert asked.topic in notes[3]
    assert score(interview.answer(turn.session_id, GOOD)) == 1.0


def test_stop_ends_at_once_with_a_report_of_what_was_answered(interview: Interview) -> None:
    turn = interview.start(Options(count=3, seed=1))
    interview.answer(turn.session_id, GOOD, 1)
    turn = interview.answer(turn.session_id, "let's stop here", 2)
    assert turn.kind == "report"
    assert turn.report is not None
    assert (turn.report.overall.asked, turn.report.planned) == (1, 3)
    assert interview.stop(turn.session_id) == turn
    assert interview.answer(turn.session_id, "more", None) == turn
    assert interview.current(turn.session_id) == turn


def test_the_candidate_settles_what_the_grader_is_unsure_of(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    turn = interview.answer(turn.session_id, "ALPHA and GAMMA delta", 1)
    assert turn.kind == "confirm"
    assert [(u.id, u.guess) for u in turn.unsure] == [("k1", "partial"), ("k2", "covered")]
    assert turn.unsure[0].answer_span is not None
    assert turn.unsure[0].answer_span.quote == "ALPHA"
    assert turn.unsure[0].source_span is not None
    turn = interview.confirm(turn.session_id, {"k1": "covered"}, 2)
    assert isinstance(turn.grade, Scored)
    assert [(p.verdict, p.by) for p in turn.grade.points] == [
        ("covered", "candidate"),
        ("covered", "grader"),
    ]
    again = interview.confirm(turn.session_id, {"k1": "missing"}, 2)
    assert again == turn
    report = interview.report(turn.session_id)
    assert report.overall.self_marked == 0.5
    (topic,) = report.topics
    assert [(p.by, p.unsure) for p in topic.covered] == [("candidate", False), ("grader", True)]


@pytest.mark.parametrize(
    ("reply", "verdicts"),
    [("yes", ["covered", "covered"]), ("I said the opposite", ["contradicted"] * 2)],
)
def test_a_confirmation_can_be_typed(interview: Interview, reply: str, verdicts: list[str]) -> None:
    turn = interview.start(Options(count=2, seed=1, follow_ups=False))
    interview.answer(turn.session_id, "ALPHA GAMMA")
    turn = interview.answer(turn.session_id, reply)
    assert isinstance(turn.grade, Scored)
    assert [p.verdict for p in turn.grade.points] == verdicts
    assert {p.by for p in turn.grade.points} == {"candidate"}


def test_a_denied_guess_does_not_undo_what_was_said_before(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "alpha beta", 1)
    turn = interview.answer(turn.session_id, "never ALPHA", 2)
    assert turn.kind == "confirm"
    turn = interview.confirm(turn.session_id, {"k1": "missing"}, 3)
    assert turn.marked is not None
    assert isinstance(turn.marked.standing, Scored)
    assert turn.marked.standing.points[0].verdict == "covered"


def test_confirmations_are_left_out_where_they_are_not_wanted(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, ask_when_unsure=False, follow_ups=False))
    assert interview.answer(turn.session_id, "ALPHA beta").kind == "report"


def test_a_wrong_confirmation_is_refused_and_can_be_made_again(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "ALPHA beta gamma delta")
    with pytest.raises(TurnError, match="'k9' was not put"):
        interview.confirm(turn.session_id, {"k9": "covered"})
    with pytest.raises(TurnError, match="'great' is no verdict"):
        interview.confirm(turn.session_id, {"k1": "great"})  # type: ignore[dict-item]
    assert interview.current(turn.session_id) == turn
    assert interview.confirm(turn.session_id, {}).finished
