"""Where a document and the library disagree, and what is made of it in a grade."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.alternatives import grade_disputed
from agent.disputes import Disputes
from agent.grades import Alternative, GradeRequest, Scored, Ungraded
from corpus.library import load_library
from corpus.schema import (
    Disagreement,
    KeyPoint,
    Misconception,
    Question,
    Reference,
    Span,
)
from index.embedder import TransformerEmbedder

CLAIM = "The kettle boils water with steam."
RIGHT = "A kettle heats its element, and the element boils water."
NOTES = "Tea needs heat. The kettle boils its water with steam. Then wait."
POINTS = (("library-kettle", "k1"),)


def span(text: str, document: str = "notes", start: int = 0) -> Span:
    return Span(document, f"/{document}.md", start, start + len(text), text)


KETTLE = Disagreement(
    "kettle-steam", CLAIM, ("Water is boiled by the kettle with steam.",), RIGHT,
    span(RIGHT, "library-kettle"), POINTS,
)  # fmt: skip


def question(quote: str, origin: str = "explicit", id_: str = "q") -> Question:
    place = span(quote)
    return Question(
        id=id_, document_id="notes", topic="Tea", question="How does a kettle work?",
        kind="concept", difficulty=1, roles=(), origin=origin, reference=Reference.of((place,)),  # type: ignore[arg-type]
        key_points=(KeyPoint("k1", quote, 1.0, place),),
    )  # fmt: skip


def disputes(*passages: Span) -> Disputes:
    return Disputes((KETTLE,), WordEmbedder(), lambda _: passages)


def test_a_sentence_that_says_the_claim_is_disputed_with_the_correction() -> None:
    assert disputes().alternatives(question(NOTES)) == (Alternative("k1", RIGHT, KETTLE.span),)


@pytest.mark.parametrize(
    "quote",
    [
        RIGHT,  # the correction itself
        "The kettle stands beside the teapot.",  # on topic, not the claim
        "The kettle boils water.",  # not all of the claim
        "Does the kettle boil its water with steam?",  # asks, and claims nothing
        CLAIM.rstrip(".") + " x" * 400,  # no sentence
    ],
)
def test_what_does_not_say_the_claim_is_no_dispute(quote: str) -> None:
    assert disputes().alternatives(question(quote)) == ()


def test_a_question_of_the_library_is_disputed_by_the_notes_word_by_word() -> None:
    notes = span(NOTES, start=100)
    asked = question(RIGHT, "authored", "library-kettle")
    (found,) = disputes(span("Nothing here."), notes).alternatives(asked)
    said = "The kettle boils its water with steam."
    at = 100 + NOTES.index(said)
    assert found == Alternative("k1", said, Span("notes", "/notes.md", at, at + len(said), said))
    assert disputes(notes).alternatives(question(RIGHT, "authored", "library-other")) == ()


def test_a_claim_beside_the_points_belongs_to_the_one_before_it() -> None:
    notes = span(NOTES)
    first, last = "Tea needs heat.", "Then wait."
    at = NOTES.index(last)
    points = (
        KeyPoint("k1", first, 1.0, Span("notes", "/notes.md", 0, len(first), first)),
        KeyPoint("k2", last, 1.0, Span("notes", "/notes.md", at, at + len(last), last)),
    )
    asked = dataclasses.replace(
        question(NOTES), reference=Reference.of((notes,)), key_points=points
    )
    assert [a.point_id for a in disputes().alternatives(asked)] == ["k1"]
    elsewhere = dataclasses.replace(asked, key_points=points[1:])
    assert disputes().alternatives(elsewhere) == ()


def test_a_claim_over_a_wrapped_line_is_found_and_over_two_items_is_not() -> None:
    wrapped = span("The kettle boils\nits water with steam.")
    items = span("The kettle boils its water.\nIt cooks with steam.")
    asked = question(RIGHT, "authored", "library-kettle")
    assert disputes(wrapped).alternatives(asked)
    assert disputes(items).alternatives(asked) == ()


GRADER = word_grader()
OTHER = Alternative("k1", RIGHT, span(RIGHT, "library-kettle"))


def request(answer: str) -> GradeRequest:
    asked = question(CLAIM)
    more = KeyPoint("k2", "Porcelain keeps warmth.", 1.0, span("Porcelain keeps warmth."))
    return GradeRequest(
        asked.question, answer, asked.reference, (*asked.key_points, more),
        (Misconception(RIGHT, "so say the notes", "k1"),),
    )  # fmt: skip


@pytest.mark.parametrize("answer", [CLAIM, RIGHT])
def test_following_either_source_costs_nothing(answer: str) -> None:
    grade = grade_disputed(GRADER, request(answer), (OTHER,))
    assert isinstance(grade, Scored)
    assert grade.flags == ("sources_disagree",)
    point, untouched = grade.points
    assert (point.id, point.text, point.verdict) == ("k1", CLAIM, "covered")
    assert point.answer_span is not None
    assert point.answer_span.quote == answer
    assert point.source_span == span(CLAIM)
    assert point.other_span == OTHER.span
    assert untouched.other_span is None
    assert grade.score == pytest.approx(0.5, abs=0.03)
    assert "disagree" in grade.feedback


def test_following_neither_counts_for_neither() -> None:
    grade = grade_disputed(GRADER, request("Leaves are picked by hand in spring."), (OTHER,))
    assert isinstance(grade, Scored)
    assert grade.score <= 0.05
    assert "sources_disagree" in grade.flags


WORDS = sorted({*CLAIM.split(), *RIGHT.split(), "porcelain", "warmth.", "not", "leaves"})


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_another_source_never_lowers_a_point(answer: str) -> None:
    alone = GRADER.grade(request(answer))
    both = grade_disputed(GRADER, request(answer), (OTHER,))
    assert isinstance(alone, Scored)
    assert isinstance(both, Scored)
    assert both.score >= alone.score
    assert all(b.score >= a.score for a, b in zip(alone.points, both.points, strict=True))


def test_without_disputes_or_marks_nothing_changes() -> None:
    asked = request(CLAIM)
    assert grade_disputed(GRADER, asked, ()) == GRADER.grade(asked)
    stranger = dataclasses.replace(OTHER, point_id="k9")
    assert grade_disputed(GRADER, asked, (stranger,)) == GRADER.grade(asked)
    bare = GradeRequest("What is tea?", "A drink made of leaves.")
    assert isinstance(grade_disputed(GRADER, bare, (OTHER,)), Ungraded)


@pytest.mark.slow
def test_every_disagreement_of_the_library_is_raised_by_its_own_claims(
    embedder: TransformerEmbedder,
) -> None:
    known = [d for digest in load_library() for d in digest.disagreements]
    found = Disputes(known, embedder, lambda _: ())
    missed, false = [], []
    for entry in known:
        for wording in (entry.claim, *entry.wordings):
            spans = {a.span for a in found.alternatives(question(wording))}
            if entry.span not in spans:
                missed.append(f"{entry.id}: {wording}")
        for right in (entry.correction, entry.span.quote):
            if any(a.span == entry.span for a in found.alternatives(question(right))):
                false.append(f"{entry.id}: {right}")
    assert not missed
    assert not false


def test_many_questions_at_once_stand_as_each_does_alone() -> None:
    notes = span(NOTES, start=100)
    asked = [
        question(NOTES, id_="says"),
        question(RIGHT, id_="right"),
        question("The kettle boils water.", id_="half"),
        dataclasses.replace(question(NOTES, id_="bare"), key_points=()),
        question(RIGHT, "authored", "library-kettle"),
        question(RIGHT, "authored", "library-other"),
    ]
    found = disputes(span("Nothing here."), notes)
    alone = {q.id for q in asked if found.alternatives(q)}
    assert found.among(asked) == alone == {"says", "library-kettle"}
    assert found.among([]) == frozenset()


@pytest.mark.slow
def test_where_nothing_bears_on_a_question_there_is_nothing_to_embed(
    embedder: TransformerEmbedder,
) -> None:
    known = [d for digest in load_library() for d in digest.disagreements]
    found = Disputes(known, embedder, lambda _: ())
    assert found.among([question("Nobody ever wrote of this kettle.")]) == frozenset()
    assert embedder.embed([]) == []
