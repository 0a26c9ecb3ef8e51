"""The answers to questions from notes rest on what the product makes of those notes."""

from __future__ import annotations

from collections import Counter

import pytest

from agent.grades import GradeRequest
from agent.points import bare_reference, points_of
from corpus.digest import digest
from corpus.schema import Document, Question
from evals.asked import NOTES, Asked, MarksSplit, marked_sets
from evals.cases import Row
from evals.provenance import notes_on

WORTH = {"covered": 1.0, "partial": 0.5, "missing": 0.0, "contradicted": 0.0}


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return marked_sets(Asked(split=MarksSplit.notes))["marks-notes"]


def questions() -> dict[str, Question]:
    found = {}
    for path in sorted(NOTES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        document = Document(path.stem, path.name, path.stem, "text/markdown", "user", "0", text)
        found |= {question.question: question for question in digest(document).questions}
    return found


def test_questions_and_points_are_those_of_the_product(rows: tuple[Row, ...]) -> None:
    made = questions()
    assert {row["question"] for row in rows} == set(made)
    for row in rows:
        question = made[row["question"]]
        assert question.reference is not None
        assert row["reference"] == question.reference.text
        points = [{"id": p.id, "text": p.text, "weight": p.weight} for p in question.key_points]
        assert row["key_points"] == points


def test_a_reference_alone_gives_the_same_points(rows: tuple[Row, ...]) -> None:
    for row in rows:
        request = GradeRequest(row["question"], "", bare_reference(row["reference"]))
        assert [p.text for p in points_of(request)] == [p["text"] for p in row["key_points"]]


@pytest.mark.parametrize("split", [MarksSplit.notes, MarksSplit.plain, MarksSplit.plain_test])
def test_a_mark_is_what_its_verdicts_are_worth(split: MarksSplit) -> None:
    for row in marked_sets(Asked(split=split))[f"marks-{split}"]:
        weights = {point["id"]: point["weight"] for point in row["key_points"]}
        assert row["verdicts"].keys() == weights.keys()
        worth = sum(weights[i] * WORTH[v] for i, v in row["verdicts"].items())
        assert row["score"] == pytest.approx(worth / sum(weights.values()), abs=0.001)


def test_a_figure_on_them_says_what_was_chosen_on_them() -> None:
    (name,) = marked_sets(Asked(split=MarksSplit.notes))
    assert "were chosen on" in notes_on(name)[0]


def test_every_question_has_right_and_wrong_answers_once(rows: tuple[Row, ...]) -> None:
    assert len({row["id"] for row in rows}) == len({row["answer"] for row in rows}) == len(rows)
    answers = Counter(row["qid"] for row in rows)
    assert set(answers.values()) == {6}
    kinds = Counter((row["qid"], row["kind"]) for row in rows)
    assert all(kinds[qid, kind] >= 1 for qid in answers for kind in ("full", "wrong"))
