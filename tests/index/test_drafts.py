"""Drafts in the document store: what waits, what is kept, and what a new version takes over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from samples import WHEN, make_digest, packed, put

from corpus.questions.identity import question_id
from corpus.schema import Digest, KeyPoint, Reference
from index.drafts import Draft
from index.store import Store

TEXT = "Batches share the weights\nStreams overlap copies\nAD buy batches now"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "greenroom.db") as opened:
        yield opened


def draft_of(digest: Digest, wording: str = "What do batches share?") -> Draft:
    """A draft on the first line of a digest; its point rests on two words of it."""
    chunk = digest.chunks[0]
    passage = digest.document.span(chunk.start, chunk.end)
    point = KeyPoint("k1", "The weights.", 1.0, passage.part(14, 25))
    question = replace(
        digest.questions[0],
        id=question_id(digest.document.id, wording),
        question=wording,
        origin="generated",
        reference=Reference.of((passage,)),
        key_points=(point,),
    )
    return Draft(question, passage, "toy", WHEN.isoformat())


def test_a_draft_is_asked_only_after_it_was_kept(store: Store) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    draft = draft_of(digest)
    assert store.drafts.add([draft, draft]) == 1
    assert store.drafts.all("waiting") == (draft,)
    assert store.questions() == digest.questions
    assert store.drafts.keep(draft)
    assert store.questions()[-1] == draft.question
    assert store.question(draft.id) == draft.question
    assert not store.drafts.keep(draft)
    assert store.drafts.add([draft]) == 0, "what is in the bank is put up again"
    assert store.drafts.all("waiting") == ()


def test_what_was_turned_down_stays_so(store: Store) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    draft = draft_of(digest)
    store.drafts.add([draft])
    assert store.drafts.reject(draft.id)
    assert not store.drafts.reject(draft.id)
    assert store.drafts.add([draft]) == 0
    assert (store.drafts.all("waiting"), store.drafts.all("rejected")) == ((), (draft,))
    assert not store.drafts.keep(draft)


def test_a_draft_of_an_unknown_document_is_left_out(store: Store) -> None:
    assert store.drafts.add([draft_of(make_digest(TEXT))]) == 0


@pytest.mark.parametrize("state", ["waiting", "kept", "rejected"])
def test_a_new_version_takes_over_what_still_stands(store: Store, state: str) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    draft = draft_of(digest)
    store.drafts.add([draft])
    if state != "waiting":
        getattr(store.drafts, {"kept": "keep", "rejected": "reject"}[state])(
            draft if state == "kept" else draft.id
        )
    longer = make_digest("A new first line\n" + TEXT)
    put(store, longer)
    if state == "kept":
        found = store.question(draft.id)
    else:
        (there,) = store.drafts.all("waiting" if state == "waiting" else "rejected")
        found = there.question
        assert there.passage.start == draft.passage.start + 17
    assert found is not None
    (point,) = found.key_points
    assert point.span is not None
    assert longer.document.text[point.span.start : point.span.end] == "the weights"
    assert point.span.quote == "the weights"
    put(store, make_digest("Batches share nothing"))
    assert store.question(draft.id) is None
    assert store.drafts.all("waiting") == store.drafts.all("rejected") == ()


def test_a_quote_that_became_an_advert_no_longer_stands(store: Store) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    store.drafts.add([draft_of(digest)])
    put(store, make_digest("AD Batches share the weights\nSomething else"))
    assert store.drafts.all("waiting") == ()


def test_a_moved_document_keeps_its_questions_under_its_new_id(store: Store) -> None:
    digest = make_digest(TEXT, "old", "/old.md")
    put(store, digest)
    first, second = draft_of(digest), draft_of(digest, "What is shared by batches?")
    store.drafts.add([first, second])
    store.drafts.keep(first)
    moved = make_digest(TEXT, "new", "/new.md")
    store.put(moved, packed(moved), "fake/1", WHEN, replaces="old")
    assert store.question(question_id("new", first.question.question)) is not None
    (waiting,) = store.drafts.all("waiting")
    assert waiting.question.document_id == waiting.passage.document_id == "new"
    assert waiting.passage.path == "/new.md"


def test_forgetting_a_document_leaves_nothing_of_its_drafts(store: Store) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    store.drafts.add([draft_of(digest, "What is peculiar about batches?")])
    store.delete("doc")
    assert store.drafts.all("waiting") == ()
    assert not any(b"peculiar" in f.read_bytes() for f in store.path.parent.iterdir())
