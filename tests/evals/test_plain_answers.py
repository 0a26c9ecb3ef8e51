"""The plain answers: to questions of dev alone, one of each kind."""

from __future__ import annotations

from collections import Counter

import pytest

from evals.asked import Asked, MarksSplit, marked_sets
from evals.cases import Row
from evals.marks import load_marks
from evals.provenance import notes_on
from evals.subjects import load_subjects


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return marked_sets(Asked(split=MarksSplit.plain))["marks-plain"]


def test_their_questions_are_of_dev(rows: tuple[Row, ...]) -> None:
    dev = load_marks().part("dev") + load_subjects("dev")
    for row in rows:
        question = dev.questions[row["qid"]]
        points = [{"id": p.id, "text": p.text, "weight": p.weight} for p in question.key_points]
        assert (row["question"], row["key_points"]) == (question.question, points)


def test_every_question_has_one_answer_of_each_kind(rows: tuple[Row, ...]) -> None:
    assert len({row["answer"] for row in rows}) == len(rows)
    kinds = Counter((row["qid"], row["kind"]) for row in rows)
    asked = {row["qid"] for row in rows}
    assert kinds == {(qid, kind): 1 for qid in asked for kind in ("right", "short", "mixed")}


def test_a_figure_on_them_says_who_marked() -> None:
    assert "the one who wrote it" in notes_on("marks-plain")[0]
