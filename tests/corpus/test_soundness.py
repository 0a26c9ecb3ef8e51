"""The checker of the library finds what makes a topic poor, and the library has none of it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import load_library
from corpus.schema import Digest, Document, KeyPoint, Misconception, Question, Reference
from corpus.soundness import Fault, faults, lix, slug

PROSE = "# Tea\n\nA kettle boils water. Leaves give it taste. Milk makes it mild.\n"
ANSWER = " ".join(f"word{i}" for i in range(120))
KINDS = ("concept", "comparison", "debugging", "design")


@pytest.fixture(scope="module")
def library() -> tuple[Digest, ...]:
    return load_library()


def topic(prose: str = PROSE, **changes: object) -> Digest:
    """A sound topic; `changes` are made to its first question."""
    document = Document("library-tea", "library:tea", "Tea", "text/markdown", "library", "0", prose)
    start = prose.index("A kettle")
    span = document.span(start, prose.index(".", start) + 1)
    questions = [
        Question(
            id=f"tea-{i}", document_id=document.id, topic="Tea", question=f"What about cup {i}?",
            kind=KINDS[i % 4], origin="authored", difficulty=1 + i % 5, roles=(),  # type: ignore[arg-type]
            reference=Reference.of((span,)),
            key_points=(KeyPoint("k1", "It boils.", 1.0, span),),
            misconceptions=(Misconception("It freezes.", "It boils.", "k1"),),
            model_answer=ANSWER,
        )
        for i in range(15)
    ]  # fmt: skip
    questions[0] = dataclasses.replace(questions[0], **changes)  # type: ignore[arg-type]
    from corpus.blocks import scan
    from corpus.chunks import chunk

    chunks = chunk(document, scan(document.text), ())
    return Digest(document, chunks, tuple(questions), ())


def texts(*digests: Digest) -> list[str]:
    return [str(fault) for fault in faults(digests)]


def test_a_sound_topic_has_no_fault() -> None:
    assert texts(topic()) == []


def test_the_bundled_library_has_no_fault(library: tuple[Digest, ...]) -> None:
    assert texts(*library) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model_answer": "Too short."}, "tea: tea-0: a model answer of 2 words"),
        ({"model_answer": None}, "a model answer of 0 words"),
        ({"model_answer": ANSWER + " more" * 200}, "a model answer of 320 words"),
        (
            {"model_answer": ANSWER + " a kettle boils water leaves give it taste"},
            "repeats the prose: 'a kettle boils water leaves give it taste'",
        ),
        ({"misconceptions": (Misconception("it BOILS.", "", "k1"),)}, "also a misconception"),
        ({"key_points": (KeyPoint("k1", "word " * 41, 1.0, None),)}, "tea-0, k1: over 40 words"),
        ({"id": "tea-1"}, "another question has this id"),
        ({"question": "what about CUP 3"}, "the same question is asked twice"),
    ],
)
def test_a_poor_question_is_named(changes: dict[str, object], says: str) -> None:
    found = texts(topic(**changes))
    assert found
    assert any(says in text for text in found), found


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("word " * 46 + ".", "a sentence of over 45 words"),
        ("Incomprehensibilities notwithstanding, internationalisation. " * 9, "reading level"),
        ("See [this](http://example.org).", "no https address"),
        ("See [this](notes.md).", "the link to 'notes.md'"),
    ],
)
def test_poor_prose_is_named(more: str, says: str) -> None:
    found = texts(topic(PROSE + "\n" + more + "\n"))
    assert any(text.startswith("tea: prose: ") and says in text for text in found), found


def test_code_and_tables_are_no_sentences() -> None:
    code = "```python\n" + "x = [" + "1, " * 60 + "]\n```\n"
    table = "| a | b |\n|---|---|\n| " + "word " * 60 + " | c |\n"
    assert texts(topic(PROSE + "\n" + code + "\n" + table)) == []


def test_too_few_questions_and_kinds_are_named() -> None:
    whole = topic()
    cut = dataclasses.replace(whole, questions=whole.questions[:3])
    found = texts(cut)
    assert any("3 questions; write at least 14" in text for text in found)
    assert any("no question of difficulty 4, 5" in text for text in found)
    assert any("only the kinds" in text for text in found)


def test_a_quote_over_two_passages_is_named() -> None:
    prose = PROSE + "\n## More\n\nSugar is sweet.\n"
    whole = topic(prose)
    start, end = prose.index("Milk"), prose.index(" is sweet")
    point = KeyPoint("k1", "It boils.", 1.0, whole.document.span(start, end))
    found = texts(topic(prose, key_points=(point,)))
    assert any("tea-0, k1: its quote runs over two passages" in text for text in found)


def test_the_same_question_in_two_topics_is_named_in_both() -> None:
    one = topic()
    other = dataclasses.replace(
        one,
        document=dataclasses.replace(one.document, id="library-tee", path="library:tee"),
        questions=tuple(dataclasses.replace(q, id=f"tee-{q.id}") for q in one.questions),
    )
    found = faults((one, other))
    assert {fault.topic for fault in found} == {"tea", "tee"}
    assert Fault("tee", "tee-tea-0", "the same question is asked twice; drop one") in found
    assert slug(other) == "tee"


@given(st.text())
def test_reading_level_is_never_negative(text: str) -> None:
    assert lix(text) >= 0


def test_reading_level_counts_sentences_and_long_words() -> None:
    assert lix("One two three. Something lengthy here.") == pytest.approx(6 / 2 + 100 * 2 / 6)
