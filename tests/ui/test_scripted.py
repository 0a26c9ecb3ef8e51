"""Interviews answered from a file, with a grader that can be computed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.plan import Options, PlanError
from ui.rows import RowsError
from ui.scripted import read_answers, run_scripted, session_rows

FULL = "alpha beta gamma delta"
DOC = "d" * 16


def play(
    stage: SimpleNamespace,
    rows: list[dict[str, Any]],
    count: int | None = None,
    *,
    follow_ups: bool = False,
) -> list[Any]:
    path = stage.interview.history.database.path.with_name("answers.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = run_scripted(stage, path, Options(count=count or 5, seed=1), count, follow_ups)
    return list(json.loads(json.dumps(list(found))))


def test_answers_go_to_the_questions_in_asking_order(stage: SimpleNamespace) -> None:
    *turns, last = play(stage, [{"answer": FULL}, {"answer": "alpha"}, {"answer": ""}])
    assert [t["turn"] for t in turns] == [1, 2, 3]
    assert [t["kind"] for t in turns] == ["question"] * 3
    assert [t["answer"] for t in turns] == [FULL, "alpha", ""]
    scores = [t["grade"]["score"] for t in turns]
    assert scores[0] >= 0.95
    assert scores[0] > scores[1] > scores[2] == 0
    assert turns[2]["grade"]["flags"] == ["empty"]
    assert len({t["question"]["id"] for t in turns}) == 3
    assert last["report"]["overall"]["graded"] == 3
    assert last["report"]["finished"]


def test_a_row_may_name_its_question(stage: SimpleNamespace) -> None:
    rows = [{"question_id": f"{DOC}-4", "answer": FULL}, {"question_id": f"{DOC}-2", "answer": "x"}]
    *turns, _ = play(stage, rows)
    assert [t["question"]["id"] for t in turns] == [f"{DOC}-4", f"{DOC}-2"]


def test_a_named_question_is_not_asked_again_for_a_free_row(stage: SimpleNamespace) -> None:
    named = [{"question_id": f"{DOC}-{n}", "answer": "x"} for n in range(6)]
    *turns, _ = play(stage, [*named, {"answer": "x"}, {"answer": "x"}, {"answer": "x"}])
    assert len({t["question"]["id"] for t in turns}) == 9


def test_a_word_to_the_interviewer_shifts_no_answer(stage: SimpleNamespace) -> None:
    rows = [
        {"question_id": f"{DOC}-1", "answer": "hint"},
        {"question_id": f"{DOC}-2", "answer": FULL},
    ]
    *turns, _ = play(stage, rows)
    answered = {t["answer"]: t["question"]["id"] for t in turns}
    assert answered["hint"] == f"{DOC}-1"
    assert answered[FULL] == f"{DOC}-2"


def test_count_limits_the_questions(stage: SimpleNamespace) -> None:
    *turns, last = play(stage, [{"answer": "x"}] * 4, count=2)
    assert len(turns) == 2
    assert last["report"]["planned"] == 2
    named = [{"question_id": f"{DOC}-{n}", "answer": "x"} for n in range(4)]
    *turns, _ = play(stage, named, count=3)
    assert len(turns) == 3


def test_follow_ups_only_when_asked_for(stage: SimpleNamespace) -> None:
    rows = [
        {"question_id": f"{DOC}-1", "answer": "alpha beta"},
        {"question_id": f"{DOC}-1", "answer": "gamma delta"},
    ]
    *turns, last = play(stage, rows, follow_ups=True)
    assert [t["kind"] for t in turns] == ["question", "follow_up"]
    assert last["report"]["overall"]["mean"] >= 0.95
    *turns, _ = play(stage, rows)
    assert [t["kind"] for t in turns] == ["question", "question"]


def test_when_the_file_ends_so_does_the_session(stage: SimpleNamespace) -> None:
    *turns, last = play(stage, [{"answer": "alpha beta"}], follow_ups=True)
    assert [t["answer"] for t in turns] == ["alpha beta"]
    assert last["report"]["finished"]


def test_a_batch_is_never_asked_whether_it_said_so(stage: SimpleNamespace) -> None:
    *turns, _ = play(stage, [{"answer": "ALPHA"}, {"answer": FULL}])
    assert [t["answer"] for t in turns] == ["ALPHA", FULL]
    points = turns[0]["grade"]["points"]
    assert points
    assert {p["by"] for p in points} == {"grader"}


def test_too_long_is_ungraded_and_in_no_mean(stage: SimpleNamespace) -> None:
    *turns, last = play(stage, [{"answer": "x" * 100_001}, {"answer": FULL}])
    assert (turns[0]["grade"]["status"], turns[0]["grade"]["reason"]) == ("ungraded", "too_long")
    assert turns[0]["grade"]["score"] is None
    assert last["report"]["overall"]["mean"] >= 0.95


def test_an_unknown_question_is_named(stage: SimpleNamespace) -> None:
    with pytest.raises(PlanError, match="nosuch"):
        play(stage, [{"question_id": "nosuch", "answer": "x"}])


def test_rows_of_a_session_that_goes_on(stage: SimpleNamespace) -> None:
    turn = stage.interview.start(Options(count=2, seed=1, follow_ups=False))
    stage.interview.answer(turn.session_id, FULL)
    *turns, last = list(session_rows(stage.interview, turn.session_id))
    assert [t["turn"] for t in turns] == [1]
    assert last["report"]["finished"] is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "no answers"),
        ("\n\n", "no answers"),
        ("nonsense\n", "line 1"),
        ('{"answer": "a"}\n{"answer": 5}\n', "line 2: answer"),
        ('{"question_id": "a"}\n', "line 1: answer"),
        ("[]\n", "line 1"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RowsError, match=fault):
        read_answers(path)


@pytest.mark.parametrize("follow_ups", [False, True])
def test_a_row_too_many_takes_no_question_that_another_row_names(
    stage: SimpleNamespace, capsys: pytest.CaptureFixture[str], follow_ups: bool
) -> None:
    named = {"question_id": f"{DOC}-1", "answer": FULL}
    rows = [*[{"answer": "idk"}] * 10, named]  # beside the named one there are eight
    *turns, last = play(stage, rows, follow_ups=follow_ups)
    by_question = {t["question"]["id"]: t for t in turns}
    assert len(by_question) == 9
    assert by_question[f"{DOC}-1"]["answer"] == FULL
    assert by_question[f"{DOC}-1"]["grade"]["score"] >= 0.95
    assert last["report"]["overall"]["graded"] == 9
    assert "2 of 11 rows were not used" in capsys.readouterr().err


def test_a_word_in_a_row_shifts_no_row_that_names_nothing(stage: SimpleNamespace) -> None:
    *turns, _ = play(stage, [{"answer": "hint"}, {"answer": FULL}])
    answered = {t["answer"]: t["question"]["id"] for t in turns}
    assert answered["hint"] != answered[FULL]


def test_rows_beyond_the_count_are_said(
    stage: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    play(stage, [{"answer": "x"}] * 4, count=2)
    assert "2 of 4 rows were not used" in capsys.readouterr().err
    play(stage, [{"answer": "x"}] * 2)
    assert capsys.readouterr().err == ""
