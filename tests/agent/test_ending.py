"""The real interview: marks at the end, points reviewed before the debrief, the closing turn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rehearsal import Bank, make_bank, make_interview, make_question

from agent.closing import MOST_ASKED, asks, reply_to
from agent.ending import MOST_REVIEWED
from agent.grades import Scored
from agent.interview import Interview
from agent.plan import Options
from agent.second_look import SecondLookError
from agent.state import State
from corpus.schema import Span

GOOD = "alpha beta gamma delta"
UNSURE = "ALPHA beta gamma delta"  # the grader is unsure of the first point
REAL = Options(count=3, seed=1, mode="interview", closing=False)


def passage(text: str) -> Span:
    return Span("d" * 16, "/notes/team.md", 7, 7 + len(text), text)


def answered(interview: Interview, options: Options, *answers: str) -> str:
    turn = interview.start(options)
    for text in answers:
        turn = interview.answer(turn.session_id, text, turn.number)
    return turn.session_id


def test_no_mark_is_shown_before_the_debrief(interview: Interview) -> None:
    session = answered(interview, REAL, GOOD, "alpha")
    assert all(turn.marked is None for turn in interview.turns(session))
    assert interview.current(session).kind == "follow_up"  # as an interviewer would
    assert interview.marks(session) == ()
    with pytest.raises(SecondLookError, match="come with the debrief"):
        interview.second_look.disagree(session, "unfair")
    with pytest.raises(SecondLookError, match="come with the debrief"):
        interview.second_look.retry(session, GOOD, 0)
    turn = interview.stop(session)
    assert turn.report is not None
    assert (turn.report.mode, turn.report.overall.graded) == ("interview", 2)
    assert [m.closed for m in interview.marks(session)] == [True, True]
    shown = [t.marked.question.id for t in interview.turns(session) if t.marked]
    assert set(shown) == {m.question.id for m in interview.marks(session)}
    interview.second_look.disagree(session, "unfair", 0)


def test_study_marks_at_once(interview: Interview) -> None:
    session = answered(interview, Options(count=2, seed=1), GOOD)
    assert interview.current(session).marked is not None
    assert len(interview.marks(session)) == 1


def test_unsure_points_are_put_before_the_debrief_and_not_earlier(interview: Interview) -> None:
    session = answered(interview, REAL, UNSURE, GOOD, UNSURE)
    first = interview.current(session)
    assert (first.kind, first.place, len(first.unsure)) == ("confirm", 1, 1)
    assert first.marked is None
    assert first.unsure[0].answer_span is not None
    second = interview.confirm(session, {"k1": "missing"}, first.number)
    assert (second.kind, second.place) == ("confirm", 3)
    last = interview.confirm(session, {}, second.number)  # left as guessed
    assert last.finished
    one, _, three = interview.marks(session)
    assert isinstance(one.standing, Scored)
    assert isinstance(three.standing, Scored)
    assert next((p.verdict, p.by) for p in one.standing.points) == ("missing", "candidate")
    assert next((p.verdict, p.by) for p in three.standing.points) == ("covered", "grader")
    assert last.report is not None
    points = [p for topic in last.report.topics for p in topic.covered]
    assert sum(p.unsure for p in points) == 1
    # Read again, the mark of each question stands once, with what the candidate said.
    shown = [t.marked for t in interview.turns(session) if t.marked]
    assert [m.question.id for m in shown] == [m.question.id for m in interview.marks(session)]
    assert shown[0].standing == one.standing


def test_the_review_before_the_debrief_is_short(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, make_bank(20))
    session = answered(interview, Options(count=9, seed=1, mode="interview", closing=False),
                       *["ALPHA beta GAMMA delta"] * 9)  # fmt: skip
    put = 0
    while not (turn := interview.current(session)).finished:
        put += len(turn.unsure)
        interview.confirm(session, {}, turn.number)
    assert put == MOST_REVIEWED
    interview.close()


def test_who_wants_no_questions_back_is_asked_none(interview: Interview) -> None:
    options = Options(count=1, seed=1, mode="interview", closing=False, ask_when_unsure=False)
    assert interview.current(answered(interview, options, UNSURE)).finished


def small_team(_text: str) -> Sequence[Span]:
    return (passage("We are five people."),)


@pytest.mark.parametrize("step", ["review", "mark_reviewed", "close", "converse"])
def test_a_kill_at_the_end_loses_nothing(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step's work is done when the power goes, and is then done again."""
    interview = make_interview(tmp_path, look_up=small_team)
    session = interview.start(Options(count=2, seed=1, mode="interview")).session_id
    whole, number = getattr(interview._flow.ending, step), 1

    def cut_off(state: State) -> State:
        whole(state)
        raise OSError("killed")

    monkeypatch.setattr(interview._flow.ending, step, cut_off)
    with pytest.raises(OSError, match="killed"):  # noqa: PT012
        for text in (UNSURE, GOOD, "How large is the team?", "no", "yes"):
            interview.answer(session, text, number)
            number += 1
    interview.close()
    interview = make_interview(tmp_path, look_up=small_team)
    while not (turn := interview.current(session)).finished:
        interview.answer(session, {"closing": "no", "confirm": "yes"}[turn.kind], turn.number)
    turns = interview.turns(session)
    assert [t.kind for t in turns if t.kind in ("confirm", "report")] == ["confirm", "report"]
    assert sum(t.kind == "closing" for t in turns) <= 2
    assert sum("five people" in t.note for t in turns) <= 1
    assert len(interview.marks(session)) == 2
    interview.close()


def test_the_candidates_questions_are_answered_from_the_documents(tmp_path: Path) -> None:
    asked: list[str] = []

    def look_up(text: str) -> Sequence[Span]:
        asked.append(text)
        return (passage("Lunch is at noon. The team has five people."),)

    interview = make_interview(tmp_path, look_up=look_up)
    session = answered(interview, Options(count=1, seed=1, mode="interview"), GOOD)
    closing = interview.current(session)
    assert (closing.kind, closing.question) == ("closing", None)
    turn = interview.answer(session, "How many people has the team?", closing.number)
    assert asked == ["How many people has the team?"]
    assert turn.kind == "closing"
    assert "“The team has five people.”" in turn.note
    assert [span.quote for span in turn.cited] == ["The team has five people."]
    assert turn.cited[0].start == 7 + len("Lunch is at noon. ")
    done = interview.answer(session, "No, thank you.", turn.number)
    assert done.finished
    assert done.report is not None
    assert (done.report.overall.asked, done.report.overall.mean) == (1, 1.0)
    assert interview.forget_document("d" * 16)
    assert not [t for t in interview.history.turns(session) if "five people" in t.note]
    interview.close()


def test_the_closing_turn_ends_and_never_counts(interview: Interview) -> None:
    session = answered(interview, Options(count=1, seed=1, closing=True), GOOD)
    for _ in range(MOST_ASKED):
        turn = interview.current(session)
        assert turn.kind == "closing"
        turn = interview.answer(session, "What is hard?", turn.number)
    assert turn.finished
    assert "cannot speak for the company" in turn.note
    assert turn.report is not None
    assert turn.report.overall.asked == 1


def test_study_has_no_closing_turn_of_itself(interview: Interview) -> None:
    assert interview.current(answered(interview, Options(count=1, seed=1), GOOD)).finished


@pytest.mark.parametrize(
    "text", ["no", "No, thanks.", "None from me", "no questions", "I'm good", "That's all", "",
             "not at the moment", "I don't have any questions", "skip", "stop", "Thank you!",
             "I have no questions", "No, I have no questions.", "No, I don't have any",
             "No, all good", "no, that's all", "That will be all", "Not that I can think of",
             "n/a", "n", "...",
             "No, nothing at the moment, thanks", "none, thank you very much", "👍",
             "No, you answered everything", "no questions at this time"]
)  # fmt: skip
def test_nothing_to_ask(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text", ["What is the team like?", "No idea how you deploy; how do you?", "How do you test?",
             "Tell me of the roadmap", "Is it good?", "No more meetings?", "The team", "yes, one",
             "Do you have nothing for me to do?", "Good. How is it measured?"]
)  # fmt: skip
def test_something_to_ask(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["!hint", " /why ", "! repeat", "!hnt", "!not-my-topic"])
def test_a_command_at_the_end_is_no_question_to_the_company(text: str) -> None:
    said = reply_to(text, (Span("d", "/n.md", 0, 5, "hints"),))
    assert "does nothing here" in said.text
    assert not said.cited
    asked = reply_to("!important: what will I own?", (Span("d", "/n.md", 0, 5, "hints"),))
    assert asked.cited


def test_replies_tell_what_a_question_shows_and_quote_or_say_that_nothing_is_known() -> None:
    success = reply_to("How do you measure success?", ())
    pay = reply_to("What is the salary?", ())
    vague = reply_to("Tell me something", ())
    assert len({success.text, pay.text, vague.text}) == 3
    assert all("documents do not say" in words.text for words in (success, pay, vague))
    long = passage("word " * 400)
    found = reply_to("What of the word?", (long,))
    assert len(found.cited[0].quote) <= 320
    headed = passage("# The team\n\nFive people are the team. They take turns.\n\nLunch is at one.")
    (cited,) = reply_to("How large is the team?", (headed,)).cited
    assert cited.quote == "Five people are the team. They take turns."
    assert long.quote[found.cited[0].start - 7 :].startswith(found.cited[0].quote)


def test_time_used_stands_in_the_debrief(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    turn = interview.answer(*_begun(interview))
    assert turn.report is not None
    (line,) = turn.report.topics[0].questions
    assert line.seconds is not None
    assert 0 < line.seconds < 60
    interview.close()


def _begun(interview: Interview) -> tuple[str, str, int]:
    turn = interview.start(Options(count=1, seed=1))
    return turn.session_id, GOOD, turn.number


def test_not_my_topic_leaves_the_question_and_the_topic(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, make_bank(30))
    turn = interview.start(Options(count=4, seed=1))
    assert turn.question is not None
    topic = turn.question.topic
    turn = interview.answer(turn.session_id, "That's not my topic", turn.number)
    assert "does not count" in turn.note
    assert interview.not_my_topics().keys() == {topic}
    while not turn.finished:
        assert turn.question is not None
        assert turn.question.topic != topic  # also where it was planned before
        turn = interview.answer(turn.session_id, GOOD, turn.number)
    assert turn.report is not None
    assert (turn.report.overall.skipped, turn.report.overall.graded) == (1, 3)
    left = next(q for t in turn.report.topics for q in t.questions if q.outcome == "skipped")
    assert left.reason == "not_my_topic"
    again = interview.start(Options(count=5, seed=2))
    plan = interview.history.plan(again.session_id).values()
    assert topic not in {q.topic for q in plan}
    named = interview.start(Options(count=2, seed=3, topics=(topic,)))
    assert {q.topic for q in interview.history.plan(named.session_id).values()} == {topic}
    assert interview.ask_again(topic)
    assert not interview.ask_again(topic)
    back = interview.start(Options(count=5, seed=2))
    assert topic in {q.topic for q in interview.history.plan(back.session_id).values()}
    interview.close()


def test_a_topic_that_is_not_theirs_comes_where_nothing_else_is_left_and_says_so(
    tmp_path: Path,
) -> None:
    interview = make_interview(tmp_path, Bank([make_question(n, "Only") for n in range(9)]))
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "!not-my-topic", turn.number)
    turn = interview.start(Options(count=2, seed=2))
    assert "You said that Only is not your topic" in turn.reason
    other = interview.start(Options(count=2, seed=2), person="somebody else")
    assert "not your topic" not in other.reason
    interview.close()


def test_what_was_answered_before_keeps_its_mark(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    turn = interview.answer(turn.session_id, "alpha beta", turn.number)
    assert turn.kind == "follow_up"
    turn = interview.answer(turn.session_id, "not my topic", turn.number)
    assert "keeps its mark" in turn.note
    assert turn.marked is not None
    assert isinstance(turn.marked.standing, Scored)
    assert turn.marked.standing.score == 0.5


def test_in_a_real_interview_why_tells_nothing_of_the_marks(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    turn = interview.start(REAL)
    turn = interview.answer(turn.session_id, "why", turn.number)
    assert "level" not in turn.note
    assert "on " in turn.note
    interview.close()


def test_forgetting_all_forgets_the_topics_too(interview: Interview) -> None:
    turn = interview.start(Options(count=2, seed=1))
    interview.answer(turn.session_id, "not my topic", turn.number)
    interview.forget_all()
    assert interview.not_my_topics() == {}
