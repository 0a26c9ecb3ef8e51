"""Reviewing drafts: what a person may change, and what the source does not let them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.question_review import EditedPoint, QuestionReview, ReviewError
from corpus.digest import digest
from corpus.schema import Document, KeyPoint, Question, Reference
from index.drafts import Draft
from index.store import Store

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TEXT = """# Tea

Green tea is steeped at eighty degrees, since boiling
water makes it bitter.

Black tea takes boiling water.
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "greenroom.db") as opened:
        document = Document("tea", "/tea.md", "Tea", "text/markdown", "user", "0" * 64, TEXT)
        opened.put_unembedded(replace(digest(document), questions=()), WHEN)
        passage = document.span(7, TEXT.index("\n\nBlack"))
        point = KeyPoint("k1", "At eighty degrees.", 1.0, passage.part(20, 38))
        question = Question(
            id="tea-1",
            document_id="tea",
            topic="Tea",
            question="How hot is the water for green tea?",
            kind="concept",
            origin="generated",
            difficulty=2,
            roles=(),
            reference=Reference.of((passage,)),
            key_points=(point,),
        )
        opened.drafts.add([Draft(question, passage, "toy", WHEN.isoformat())])
        yield opened


def test_keeping_asks_it_from_now_on_and_rejecting_never(store: Store) -> None:
    review = QuestionReview(store)
    (draft,) = review.waiting()
    assert review.keep(draft.id) == draft
    assert store.questions() == (draft.question,)
    assert review.waiting() == ()
    for again in (review.keep, review.reject, review.edit):
        with pytest.raises(ReviewError, match=r"no question 'tea-1' waits.*questions review"):
            again(draft.id)


def test_an_edit_goes_on_waiting_under_the_id_of_its_wording(store: Store) -> None:
    review = QuestionReview(store)
    points = [
        EditedPoint("Boiling water makes it bitter.", "boiling water makes it bitter", 2.0),
        EditedPoint("Black tea can take it.", "Black tea takes boiling water"),
    ]
    changed = review.edit("tea-1", "Why is green  tea steeped\ncooler?", points)
    assert changed.id != "tea-1"
    assert review.waiting() == (changed,)
    question = changed.question
    assert question.question == "Why is green tea steeped cooler?"
    spans = [p.span for p in question.key_points]
    assert [s.quote for s in spans if s] == [
        "boiling\nwater makes it bitter",
        "Black tea takes boiling water",
    ]
    assert all(s and TEXT[s.start : s.end] == s.quote for s in spans)
    assert [p.weight for p in question.key_points] == [2.0, 1.0]
    assert question.reference is not None
    assert question.reference.spans == (changed.passage, spans[1])


@pytest.mark.parametrize(
    ("question", "points", "why"),
    [
        ("?!", None, "has no words"),
        ("Why? " * 80, None, "take at most 300"),
        (None, [], "0 points"),
        (None, [EditedPoint("x", "steeped at ninety degrees")], "does not stand in 'Tea'"),
        (None, [EditedPoint("x", " ")], "does not stand"),
        (None, [EditedPoint("…", "Green tea")], "point 1 has no words"),
        (None, [EditedPoint("x", "Green tea", 0.0)], "weight 0"),
        (None, [EditedPoint("x", "Green tea", float("nan"))], "weight nan"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    store: Store, question: str | None, points: list[EditedPoint] | None, why: str
) -> None:
    review = QuestionReview(store)
    before = review.waiting()
    with pytest.raises(ReviewError, match=why):
        review.edit("tea-1", question, points)
    assert review.waiting() == before


def test_an_edit_cannot_take_the_place_of_another_question(store: Store) -> None:
    review = QuestionReview(store)
    review.edit("tea-1", "Why cooler?")
    (first,) = review.waiting()
    review.keep(first.id)
    second = replace(first, question=replace(first.question, id="tea-2", question="And?"))
    store.drafts.add([second])
    with pytest.raises(ReviewError, match="there already"):
        review.edit("tea-2", "why cooler")
    assert review.waiting() == (second,)
