"""The interview as a whole: nothing lost, nothing asked twice, and it always ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rehearsal import Bank, WordGrader, make_bank, make_interview, make_question

from agent.export import to_json, to_markdown
from agent.grades import Scored, Ungraded
from agent.interview import CHECKPOINTS, Interview, SessionNotFoundError, TurnError
from agent.plan import Options, PlanError
from agent.turns import Turn
from corpus.schema import Question, Reference, Span

ROOT = Path(__file__).resolve().parents[2]
GOOD = "alpha beta gamma delta"


@pytest.fixture
def interview(tmp_path: Path) -> Iterator[Interview]:
    made = make_interview(tmp_path)
    yield made
    made.close()


def score(turn: Turn) -> float:
    assert isinstance(turn.grade, Scored)
    return turn.grade.score


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


def test_the_same_answer_submitted_twice_is_one(tmp_path: Path) -> None:
    grader = WordGrader()
    interview = make_interview(tmp_path, grader=grader)
    turn = interview.start(Options(count=3, seed=1))
    results: list[Turn] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(interview.answer(turn.session_id, GOOD, turn.number))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(grader.calls) == 1
    assert all(r == results[0] for r in results)
    assert results[0].number == 2
    with pytest.raises(TurnError, match="turn 9 was not put yet"):
        interview.answer(turn.session_id, GOOD, 9)
    interview.close()


def test_two_sessions_at_once_do_not_mix(interview: Interview) -> None:
    ids = [interview.start(Options(count=4, seed=n)).session_id for n in (1, 2)]
    reports: dict[str, float | None] = {}

    def run(session_id: str, text: str) -> None:
        turn = interview.current(session_id)
        while not turn.finished:
            turn = interview.answer(session_id, text, turn.number)
        assert turn.report is not None
        reports[session_id] = turn.report.overall.mean

    threads = [
        threading.Thread(target=run, args=pair) for pair in zip(ids, (GOOD, "idk"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == {ids[0]: 1.0, ids[1]: 0.0}


def test_starting_again_with_the_same_id_is_the_same_session(interview: Interview) -> None:
    first = interview.start(Options(count=2, seed=1), session_id="mine")
    assert interview.start(Options(count=5, seed=2), session_id="mine") == first
    assert len(interview.sessions()) == 1


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


@pytest.mark.parametrize(
    "text",
    ["x" * 100_000, "alpha\x00\x1b[31m\r\n\u202e", "<script>alert(1)</script> alpha", "  ", "🙂"],
)
def test_answers_are_kept_as_they_are(interview: Interview, text: str) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, text)
    assert interview.turns(turn.session_id)[0].reply == text
    assert turn.marked is not None
    assert turn.marked.answer == text


def test_a_lone_surrogate_does_not_stop_the_interview(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "alpha \ud800 beta")
    assert interview.turns(turn.session_id)[0].reply == "alpha \ufffd beta"


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


def test_a_reload_shows_every_turn_as_it_was(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    shown = [interview.start(Options(count=3, seed=1))]
    session_id = shown[0].session_id
    for text in ("hint", "alpha beta", "skip", "ALPHA gamma delta"):
        shown.append(interview.answer(session_id, text, shown[-1].number))
    interview.close()
    again = make_interview(tmp_path)
    read = again.turns(session_id)
    assert [(t.number, t.kind, t.prompt, t.note, t.marked, t.unsure) for t in read] == [
        (t.number, t.kind, t.prompt, t.note, t.marked, t.unsure) for t in shown
    ]
    assert again.current(session_id) == shown[-1]
    again.close()


def test_a_lost_checkpoint_file_is_made_again_from_the_history(tmp_path: Path) -> None:
    grader = WordGrader()
    interview = make_interview(tmp_path, grader=grader)
    turn = interview.start(Options(count=3, seed=1))
    interview.answer(turn.session_id, "alpha beta", 1)
    turn = interview.answer(turn.session_id, "gamma delta", 2)
    interview.close()
    for file in tmp_path.glob(f"{CHECKPOINTS}*"):
        file.unlink()
    interview = make_interview(tmp_path, grader=grader)
    assert interview.current(turn.session_id) == turn
    assert interview.answer(turn.session_id, GOOD, turn.number).place == 3
    assert len(grader.calls) == 3  # the two earlier answers were not graded anew
    interview.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from rehearsal import make_interview
from agent.plan import Options
import agent.flow, agent.marking, agent.history

home, step, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
interview = make_interview(home)
turn = interview.start(Options(count=2, seed=1), session_id="killed")
interview.answer("killed", "alpha beta", 1)

owner = agent.marking.Marking if hasattr(agent.marking.Marking, step) else agent.flow.Flow
if hasattr(agent.history.History, step):
    owner = agent.history.History
real = getattr(owner, step)

def dying(*args):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*args)
    os.kill(os.getpid(), signal.SIGKILL)

graph = interview._graph()._graph
if owner is agent.history.History:
    setattr(owner, step, dying)
else:
    graph.nodes[step].bound.func = lambda state: dying(
        interview._marking if owner is agent.marking.Marking else interview._flow, state
    )
interview.answer("killed", "ALPHA GAMMA", 2)
"""


@pytest.mark.parametrize(
    ("step", "when"),
    [
        ("save_reply", "after"),
        ("understand", "before"),
        ("understand", "after"),
        ("grade", "before"),
        ("grade", "after"),
        ("settle", "after"),
        ("confirm", "after"),
        ("open_turn", "after"),
    ],
)
def test_a_kill_loses_nothing_and_asks_nothing_twice(tmp_path: Path, step: str, when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "killed"), step, when],
        env={"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PATH": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    whole = make_interview(tmp_path / "whole")
    whole.start(Options(count=2, seed=1), session_id="killed")
    whole.answer("killed", "alpha beta", 1)
    expected = whole.answer("killed", "ALPHA GAMMA", 2)
    resumed = make_interview(tmp_path / "killed")
    assert resumed.current("killed") == expected
    assert expected.kind == "confirm"
    ends = []
    for interview in (whole, resumed):
        interview.confirm("killed", {"k2": "partial"}, 3)
        turn = interview.current("killed")
        while not turn.finished:
            turn = interview.answer("killed", GOOD, turn.number)
        ends.append([(t.kind, t.prompt, t.reply, t.marked) for t in interview.turns("killed")])
        interview.close()
    assert ends[0] == ends[1]


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


def test_the_export_holds_every_reply_and_no_markup(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "<b>alpha</b> beta GAMMA")
    interview.confirm(turn.session_id, {"k2": "partial"})
    report = interview.report(turn.session_id)
    written = json.dumps(to_json(report, interview.history.turns(turn.session_id)))
    assert "<b>alpha</b> beta GAMMA" in written
    markdown = to_markdown(report)
    assert "marked by yourself" in markdown
    assert "### Read next" in markdown
    assert "/notes.md" in markdown


def test_a_forgotten_session_stands_nowhere_on_the_disk(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, make_bank())
    secret = "a confession of alpha"
    running = interview.start(Options(count=2, seed=1)).session_id
    interview.answer(running, secret)
    over = interview.start(Options(count=1, seed=1, follow_ups=False)).session_id
    interview.answer(over, secret)
    interview.forget(running)
    interview.forget(over)
    with pytest.raises(SessionNotFoundError):
        interview.current(running)
    assert all(secret.encode() not in f.read_bytes() for f in tmp_path.iterdir())
    interview.close()


def test_forgetting_a_document_ends_its_sessions_and_keeps_the_others(tmp_path: Path) -> None:
    bank = Bank(
        [
            make_question(0, document_id="a" * 16, points=("uniqueword beta",)),
            make_question(1, document_id="b" * 16),
        ]
    )
    interview = make_interview(tmp_path, bank)
    both = interview.start(Options(count=2, seed=1)).session_id
    interview.answer(both, "idk")
    other = interview.start(Options(document_ids=("b" * 16,), count=1)).session_id
    assert interview.forget_document("a" * 16) == [both]
    turn = interview.current(both)
    assert turn.kind == "report"
    assert turn.report is not None
    assert interview.current(other).kind == "question"
    assert all(b"uniqueword" not in f.read_bytes() for f in tmp_path.iterdir())
    interview.close()
