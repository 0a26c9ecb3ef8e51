"""Questions that ask the same, and questions whose own reference search does not find."""

from __future__ import annotations

import dataclasses

from wordpassages import WordEmbedder, indexed, passage

from corpus.schema import Question, Reference, Span
from index.findability import most_alike, not_found
from index.search import Searcher

CHUNKS = tuple(
    passage(i, text, f"doc{i}")
    for i, text in enumerate(
        [
            "A warp is a group of threads that run together.",
            "Shared memory is divided into banks.",
            "Programme managers keep a register of risks.",
            "A cache keeps what was used last.",
            "Streams order work on a device.",
            "Tokens are pieces of words.",
            "Gradients flow from the loss.",
        ]
    )
)


def question(text: str, document: int | None, id_: str = "q") -> Question:
    reference = None
    if document is not None:
        chunk = CHUNKS[document]
        quote = chunk.text[2:20]
        reference = Reference.of((Span(chunk.document_id, chunk.path, 2, 20, quote),))
    return Question(
        id=id_, document_id="d", topic="t", question=text, kind="concept", difficulty=1, roles=(),
        origin="authored", reference=reference,
    )  # fmt: skip


def test_a_question_that_finds_its_own_prose_is_not_named() -> None:
    searcher = Searcher(indexed(CHUNKS), WordEmbedder())
    good = question("Which banks has shared memory?", 1)
    lost = question("warp threads shared memory banks risks cache streams tokens", 6)
    bare = question("Anything at all?", None)
    assert list(not_found([good, lost, bare], searcher)) == [lost]


def test_another_place_of_the_same_document_is_not_its_prose() -> None:
    searcher = Searcher(indexed(CHUNKS[:1]), WordEmbedder())
    asked = question("What is a warp?", 0)
    span = dataclasses.replace(asked.reference.spans[0], start=500, end=518)  # type: ignore[union-attr]
    elsewhere = dataclasses.replace(asked, reference=Reference.of((span,)))
    assert list(not_found([asked, elsewhere], searcher)) == [elsewhere]


def test_the_most_alike_come_first() -> None:
    bank = [
        question("why do warps stall", None, "a"),
        question("what is a token", None, "b"),
        question("why do warps stall often", None, "c"),
        question("what is a gradient", None, "d"),
    ]
    found = most_alike(bank, WordEmbedder(), 2)
    assert [(p.first.id, p.second.id) for p in found] == [("a", "c"), ("b", "d")]
    assert found[0].cosine > found[1].cosine > 0
    assert most_alike(bank[:1], WordEmbedder(), 2) == ()
