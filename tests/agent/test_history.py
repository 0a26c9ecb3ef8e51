"""The history database: writes are idempotent, and the first reply stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import WordGrader, make_interview, make_question

from agent.attempts import attempts
from agent.grades import GradeRequest
from agent.history import History
from agent.history_rows import UnreadableSessionError
from agent.plan import Options
from agent.records import TurnRecord
from agent.state import Reply, grade_of, grade_to_json, question_of, question_to_json

OPTIONS = Options(topics=("Sorting",), count=3, seed=4, ask_when_unsure=False)


def make_turn(number: int, position: int = 0) -> TurnRecord:
    return TurnRecord("s", number, position, 0, "question", "What?", "", ("k1",), f"t{number}")


def reply(text: str) -> Reply:
    return {"kind": "answer", "text": text, "verdicts": {}}


@pytest.fixture
def history(place: Path | str) -> Iterator[History]:
    made = History(place)
    made.begin("s", "local", OPTIONS, "2026-01-01")
    yield made
    made.close()


def test_a_session_reads_back_as_it_was_begun(history: History) -> None:
    history.begin("s", "other", Options(), "2027-01-01")
    session = history.session("s")
    assert session is not None
    assert (session.person, session.options, session.started) == ("local", OPTIONS, "2026-01-01")
    history.finish("s", "then")
    history.finish("s", "later")
    session = history.session("s")
    assert session is not None
    assert session.finished == "then"
    assert history.session("x") is None


def test_the_first_plan_turn_and_reply_stay(history: History) -> None:
    history.save_plan("s", [make_question(0), make_question(1)])
    history.save_plan("s", [make_question(2), make_question(3)])
    assert [q.id[-1] for q in history.plan("s").values()] == ["0", "1"]
    history.open_turn(make_turn(1))
    assert history.save_reply("s", 1, reply("first"), "now")
    assert not history.save_reply("s", 1, reply("second"), "later")
    history.open_turn(make_turn(1))
    turn = history.turn("s", 1)
    assert turn is not None
    assert (turn.reply, turn.answered, turn.unsure) == (reply("first"), "now", ("k1",))
    assert not history.save_reply("s", 2, reply("to nothing"), "now")


def test_questions_and_grades_survive_json_unchanged() -> None:
    question = make_question(3)
    assert question_of(question_to_json(question)) == question
    grader = WordGrader()
    for answer in ("alpha", "x" * 100_001):
        grade = grader.grade(GradeRequest("?", answer, question.reference, question.key_points))
        assert grade_of(grade_to_json(grade)) == grade


def test_recent_questions_are_those_put_in_the_persons_last_sessions(history: History) -> None:
    history.save_plan("s", [make_question(0), make_question(1)])
    history.open_turn(make_turn(1))
    assert history.recent("local") == {make_question(0).id}
    assert history.recent("somebody else") == set()


def test_sessions_are_listed_newest_first_by_person(history: History) -> None:
    history.begin("s2", "local", OPTIONS, "2026-01-02")
    history.begin("s3", "ann", OPTIONS, "2026-01-03")
    assert [s.id for s in history.sessions()] == ["s3", "s2", "s"]
    assert [s.id for s in history.sessions("local")] == ["s2", "s"]


def test_forgetting_everything(history: History) -> None:
    history.save_plan("s", [make_question(0)])
    history.forget_all()
    assert history.sessions() == []
    assert history.plan("s") == {}
    assert not history.forget("s")


def test_a_history_of_the_first_schema_is_read_whole_and_goes_on(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "history.db")
    old.executescript((Path(__file__).parent / "history_schema_1.sql").read_text(encoding="utf-8"))
    old.close()
    interview = make_interview(tmp_path)
    (summary,) = interview.sessions()
    assert (summary.graded, summary.skipped, summary.mean) == (1, 1, 1.0)
    answered, skipped = attempts(interview.history)
    assert (answered.score, answered.skipped, skipped.score, skipped.skipped) == (
        1.0,
        False,
        None,
        True,
    )
    assert interview.turns("old")[0].reason == ""
    assert interview.second_look.retry("old", "alpha").question.id == answered.question_id
    turn = interview.start(Options(count=9, seed=1))
    assert turn.reason
    interview.close()


def test_a_question_that_was_put_is_not_swapped(history: History) -> None:
    history.save_plan("s", [make_question(0), make_question(1)], ["first", "second"])
    history.open_turn(make_turn(1))
    for position in (0, 1):
        history.swap_question("s", position, make_question(5), "nearer")
    assert [q.id[-1] for q in history.plan("s").values()] == ["0", "5"]
    assert [history.reason("s", n) for n in range(3)] == ["first", "nearer", ""]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE turns SET grade = '{half' WHERE session_id = '{id}' AND number = 1",
        "UPDATE turns SET standing = '{\"score\": 2}' WHERE session_id = '{id}' AND number = 1",
        "UPDATE turns SET reply = 'null' WHERE session_id = '{id}' AND number = 1",
        "UPDATE planned SET question = '[]' WHERE session_id = '{id}'",
        "UPDATE sessions SET options = '[]' WHERE id = '{id}'",
    ],
)
def test_a_damaged_row_names_its_session_which_can_be_forgotten(
    tmp_path: Path, damage: str
) -> None:
    interview = make_interview(tmp_path)
    session_id = interview.start(Options(count=1, seed=1)).session_id
    other = interview.start(Options(count=1, seed=2)).session_id
    interview.answer(session_id, "alpha beta", 1)
    with sqlite3.connect(tmp_path / "history.db") as database:
        database.execute(damage.replace("{id}", session_id))
    database.close()
    with pytest.raises(UnreadableSessionError, match=f"forget {session_id}"):
        interview.sessions()
    interview.forget(session_id)
    assert attempts(interview.history) == ()
    assert [s.id for s in interview.sessions()] == [other]
    interview.close()


def test_a_damaged_row_does_not_stand_in_the_way_of_forgetting_everything(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    interview.start(Options(count=1, seed=1))
    with sqlite3.connect(tmp_path / "history.db") as database:
        database.execute("UPDATE sessions SET options = '[]'")
    database.close()
    assert interview.forget_all() == 1
    assert interview.sessions() == []
    interview.close()


def test_a_damaged_mark_is_told_where_progress_reads_it(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    session_id = interview.start(Options(count=1, seed=1)).session_id
    interview.answer(session_id, "alpha beta gamma delta", 1)
    with sqlite3.connect(tmp_path / "history.db") as database:
        database.execute("UPDATE turns SET standing = '{half' WHERE standing IS NOT NULL")
    database.close()
    with pytest.raises(UnreadableSessionError, match=session_id):
        attempts(interview.history)
    interview.close()
