"""The interview as a whole: grades, follow-ups, references, and it always ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rehearsal import Bank, make_interview, make_question, score

from agent.embedded import EmbeddedGrader
from agent.grades import Scored, Ungraded
from agent.interview import Interview, SessionNotFoundError
from agent.plan import Options, PlanError
from agent.trained_judge import TrainedJudge
from corpus.library import load_library
from corpus.schema import Question, Reference, Span
from index.embedder import TransformerEmbedder

GOOD = "alpha beta gamma delta"


def test_a_good_answer_leads_to_the_next_question_and_to_a_report(interview: Interview) -> None:
    first = interview.start(Options(count=2, seed=1))
    assert (first.number, first.kind, first.place, first.total) == (1, "question", 1, 2)
    assert first.grade is None
    second = interview.answer(first.session_id, GOOD, 1)
    assert (second.number, second.kind, second.place) == (2, "question", 2)
    assert score(second) == 1.0
    assert second.marked is not None
    assert second.marked.question == first.question
    assert second.marked.closed
    assert second.coaching == first.question.coaching  # type: ignore[union-attr]
    last = interview.answer(first.session_id, GOOD, 2)
    assert last.kind == "report"
    assert last.finished
    assert last.report is not None
    assert last.report.overall.mean == 1.0
    assert last.report.overall.graded == 2


def test_every_span_of_a_grade_is_verbatim_in_the_answer_it_counts_in(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "well, alpha and gamma", 1)
    turn = interview.answer(turn.session_id, "gamma delta it is", 2)
    assert turn.marked is not None
    for grade, text in (
        (turn.marked.grade, turn.marked.answer),
        (turn.marked.standing, turn.marked.all_said),
    ):
        assert isinstance(grade, Scored)
        spans = [p.answer_span for p in grade.points if p.answer_span]
        assert spans
        for span in spans:
            assert text[span.start : span.end] == span.quote


def test_a_follow_up_adds_to_the_answer_and_uses_the_authored_one(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "alpha beta", 1)
    assert turn.kind == "follow_up"
    assert turn.question is not None
    assert turn.prompt == turn.question.follow_ups[0].text
    assert turn.marked is not None
    assert not turn.marked.closed
    assert turn.coaching == ()
    turn = interview.answer(turn.session_id, "gamma delta", 2)
    assert turn.kind == "report"
    assert turn.marked is not None
    assert isinstance(turn.marked.standing, Scored)
    assert turn.marked.standing.score == 1.0
    assert score(turn) == 0.5  # of the follow-up's answer alone


def test_a_later_contradiction_wins(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "alpha beta", 1)
    turn = interview.answer(turn.session_id, "gamma delta, but never alpha", 2)
    assert turn.report is not None
    (topic,) = turn.report.topics
    assert [p.text for p in topic.wrong] == ["alpha beta"]
    assert [p.text for p in topic.covered] == ["gamma delta"]


def test_follow_ups_end_after_two_or_when_an_answer_adds_nothing(tmp_path: Path) -> None:
    bank = Bank([make_question(0, points=("aa bb", "cc dd", "ee ff", "gg hh"))])
    interview = make_interview(tmp_path, bank)
    turn = interview.start(Options(count=1, seed=1))
    prompts = [turn.prompt]
    for text in ("aa", "cc", "ee"):
        turn = interview.answer(turn.session_id, text)
        prompts.append(turn.prompt)
    assert turn.kind == "report"
    assert len(set(prompts[:3])) == 3
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "aa")
    assert turn.kind == "follow_up"
    assert interview.answer(turn.session_id, "aa").kind == "report"
    interview.close()


def test_no_follow_ups_where_they_are_not_wanted(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    assert interview.answer(turn.session_id, "alpha").kind == "report"


def test_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    asked = []
    for name in ("a", "b"):
        interview = make_interview(tmp_path / name)
        turn = interview.start(Options(count=5, seed=3))
        asked.append([q.id for q in interview.history.plan(turn.session_id).values()])
        interview.close()
    assert asked[0] == asked[1]


def test_a_session_that_cannot_be_planned_leaves_nothing(interview: Interview) -> None:
    with pytest.raises(PlanError, match="Sorting"):
        interview.start(Options(topics=("Sortation of mail",), count=2))
    assert interview.sessions() == []
    with pytest.raises(SessionNotFoundError, match="'none'"):
        interview.current("none")


def test_what_cannot_be_graded_is_said_and_left_out_of_the_mean(tmp_path: Path) -> None:
    bank = Bank([make_question(0), make_question(1, points=())])
    interview = make_interview(tmp_path, bank, retriever=lambda question: None)
    turn = interview.start(Options(count=2, seed=1))
    while not turn.finished:
        turn = interview.answer(turn.session_id, GOOD)
        if turn.marked and turn.marked.question.id.endswith("-1"):
            assert isinstance(turn.grade, Ungraded)
            assert turn.grade.reason == "weak_retrieval"
    assert turn.report is not None
    assert (turn.report.overall.ungraded, turn.report.overall.mean) == (1, 1.0)
    interview.close()


def test_a_reference_is_found_for_a_question_that_has_none(tmp_path: Path) -> None:
    def find(question: Question) -> Reference:
        return Reference.of((Span("e" * 16, "/other.md", 5, 15, "omega zeta"),))

    interview = make_interview(tmp_path, Bank([make_question(1, points=())]), retriever=find)
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "omega zeta")
    assert score(turn) == 1.0
    assert turn.marked is not None
    assert turn.marked.question.reference is not None
    assert turn.marked.question.reference.spans[0].path == "/other.md"
    interview.close()


def test_warming_changes_nothing(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    interview.warm(turn.session_id)
    interview.warm()
    assert interview.current(turn.session_id) == turn


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_interview_ends_in_bounded_turns(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    interview = make_interview(tmp_path_factory.mktemp("home"))
    count = data.draw(st.integers(1, 3))
    turn = interview.start(Options(count=count, seed=data.draw(st.integers(0, 99))))
    texts = st.sampled_from(
        ["alpha", "ALPHA", "gamma delta", "never beta", "", "idk", "skip", "yes", "no", GOOD, "<b>"]
    )
    answers = 0
    while not turn.finished:
        number = turn.number
        turn = interview.answer(turn.session_id, data.draw(texts), number)
        assert turn.number == number + 1
        answers += 1
        assert answers <= count * (1 + 2) * 2  # each answer, and what it leaves to confirm
    assert interview.current(turn.session_id) == turn
    interview.close()


@pytest.mark.slow
def test_with_the_real_grader_a_good_answer_beats_a_vague_one(
    tmp_path: Path, embedder: TransformerEmbedder
) -> None:
    bank = Bank([q for digest in load_library() for q in digest.questions if q.model_answer])
    interview = Interview(tmp_path, bank, EmbeddedGrader(embedder, TrainedJudge()))
    means = {}
    for kind in ("good", "vague", "off"):
        turn = interview.start(Options(count=3, seed=5, follow_ups=False, ask_when_unsure=False))
        while not turn.finished:
            assert turn.question is not None
            answers = {
                "good": turn.question.model_answer,
                "vague": "It depends; in general one measures it and then picks the better one.",
                "off": "My grandmother grows tomatoes and sells them on Saturdays.",
            }
            turn = interview.answer(turn.session_id, answers[kind] or "", turn.number)
            assert turn.marked is not None
            assert isinstance(turn.marked.grade, Scored)
            for point in turn.marked.grade.points:
                span = point.answer_span
                assert span is None or turn.marked.answer[span.start : span.end] == span.quote
        assert turn.report is not None
        means[kind] = turn.report.overall.mean or 0.0
    assert means["good"] > means["vague"] + 0.3
    assert means["off"] < 0.15
    interview.close()
