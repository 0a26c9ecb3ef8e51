"""The document store against a plain dict; what it gives back is what was put in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from samples import WHEN, FakeEmbedder, known, make_digest, packed, put

from corpus.schema import Digest
from index.database import DatabaseError
from index.store import Store
from index.store_schema import MIGRATIONS
from index.tokens import TokenFormatError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "greenroom.db") as opened:
        yield opened


TEXT = "Batch size é\nAD buy now\nstreams ‏overlap\x00 copies 🎉"


def test_everything_comes_back_as_it_was_put(store: Store) -> None:
    digest = make_digest(TEXT)
    put(store, digest)
    assert store.document("doc") == digest.document
    assert store.questions() == digest.questions
    assert store.question(digest.questions[1].id) == digest.questions[1]
    assert store.removed("doc") == digest.removed
    assert store.curriculum() == digest.curriculum
    found = store.chunks()
    assert [(c.start, c.end, c.text, c.heading, c.kind) for c in found] == [
        (c.start, c.end, c.text, c.heading, c.kind) for c in digest.chunks
    ]
    assert (found[0].title, found[0].source, found[0].path) == ("doc", "user", "/notes/doc.md")
    stored = known(store, "doc")
    assert (stored.chunks, stored.questions, stored.ingested_at) == (2, 2, WHEN)
    assert (store.by_path("/notes/doc.md"), store.by_sha(stored.sha256)) == (stored, (stored,))
    for one, other in zip(store.embeddings("fake/1"), packed(digest), strict=True):
        assert np.array_equal(one.codes, other.codes)
        assert np.array_equal(one.pooled, other.pooled)
        assert np.array_equal(one.offsets, other.offsets)


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.document("x") is store.stored("x") is store.by_path("x") is None
    assert store.question("x") is None
    assert not store.delete("x")
    assert store.removed("x") == store.by_sha("x") == store.curriculum("x") == ()


def test_questions_are_found_by_topic_document_and_source(store: Store) -> None:
    put(store, make_digest("one\nthree", "a", "/a.md"))
    put(store, make_digest("two\nfour", "library-b", "library:b", "library"))
    assert [q.document_id for q in store.questions()] == ["a", "a", "library-b", "library-b"]
    assert {q.document_id for q in store.questions(source="library")} == {"library-b"}
    assert {q.document_id for q in store.questions(document="a")} == {"a"}
    assert {q.topic for q in store.questions(topic="TOPIC 0")} == {"Topic 0"}
    assert store.questions(topic="Topic") == ()
    assert [d.id for d in store.documents("user")] == ["a"]


def test_the_stamp_follows_what_is_searched(store: Store) -> None:
    stamps = [store.stamp("fake/1")]

    def changed() -> bool:
        stamps.append(store.stamp("fake/1"))
        return stamps[-1] != stamps[-2]

    put(store, make_digest("one"))
    assert changed()
    assert not changed()
    put(store, make_digest("one\ntwo"))
    assert changed()
    put(store, make_digest("one\ntwo"))
    assert changed()  # the same words, but under new keys
    put(store, make_digest("x", "other", "/other.md"), model="fake/2")
    assert not changed()
    assert store.stamp("fake/1") != store.stamp("fake/2")
    store.delete("doc")
    assert changed()
    assert stamps[-1] == stamps[0]


def test_keys_of_passages_are_never_given_again(store: Store) -> None:
    put(store, make_digest("one\ntwo"))
    last = max(c.rowid for c in store.chunks())
    store.delete("doc")
    put(store, make_digest("three"))
    assert min(c.rowid for c in store.chunks()) > last


def test_a_put_that_fails_leaves_the_old_version(store: Store) -> None:
    put(store, make_digest("one", "a", "/a.md"))
    put(store, make_digest("two", "b", "/b.md"))
    clash = replace(make_digest("new", "b", "/b.md"), questions=store.questions(document="a"))
    with pytest.raises(DatabaseError, match=r"greenroom\.db"):
        store.put(clash, packed(clash), "fake/1", WHEN)
    assert store.document("b").text == "two"
    assert len(store.questions(document="b")) == 1
    with pytest.raises(ValueError, match="1 passages, but 0 embeddings"):
        store.put(make_digest("x"), [], "fake/1", WHEN)


def test_a_question_that_is_there_twice_is_kept_once_and_told(store: Store, caplog) -> None:
    digest = make_digest("one\ntwo")
    put(store, replace(digest, questions=digest.questions + digest.questions[:1]))
    assert store.questions() == digest.questions
    assert "is there twice" in caplog.text


def test_a_move_deletes_the_former_document_in_the_same_step(store: Store) -> None:
    put(store, make_digest("one", "old", "/old.md"))
    moved = make_digest("one", "new", "/new.md")
    store.put(moved, packed(moved), "fake/1", WHEN, replaces="old")
    assert [d.id for d in store.documents()] == ["new"]
    assert {c.document_id for c in store.chunks()} == {"new"}


def test_deleting_leaves_nothing_on_the_disk(store: Store) -> None:
    put(store, make_digest("my peculiar salary\n" * 500))
    store.delete("doc")
    files = list(store.path.parent.iterdir())
    assert not any(b"peculiar" in file.read_bytes() for file in files)


def test_embeddings_of_another_model_replace_the_old(store: Store) -> None:
    digest = make_digest("one\ntwo")
    put(store, digest)
    rows = [(c.rowid, e) for c, e in zip(store.chunks(), packed(digest), strict=True)]
    assert store.put_embeddings("doc", rows, "fake/2")
    assert store.chunks("fake/1") == ()
    assert len(store.chunks("fake/2")) == len(store.embeddings("fake/2")) == 2
    put(store, digest)
    assert not store.put_embeddings("doc", rows, "fake/3")
    assert known(store, "doc").model == "fake/1"


def test_a_damaged_embedding_is_told(store: Store) -> None:
    put(store, make_digest("one"))
    with store._database.transaction() as connection:
        connection.execute("UPDATE embeddings SET packed = x'00'")
    with pytest.raises(TokenFormatError):
        store.embeddings("fake/1")


def test_one_moment_hides_what_others_write(store: Store) -> None:
    put(store, make_digest("one"))
    with Store(store.path) as other, store.one_moment():
        before = store.stamp("fake/1")
        put(other, make_digest("two\nthree"))
        assert store.stamp("fake/1") == before
        assert len(store.chunks()) == len(store.embeddings("fake/1")) == 1
    assert len(store.chunks()) == 2


def test_a_store_of_the_first_schema_still_opens(tmp_path: Path) -> None:
    """The fixture is the schema as first released; it is never to be changed."""
    import sqlite3
    from contextlib import closing

    path = tmp_path / "greenroom.db"
    script = (Path(__file__).parent / "store_schema_1.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    with Store(path) as store:
        assert [d.id for d in store.documents()] == ["0123456789abcdef"]
        assert store.document("0123456789abcdef").text == "Warps hide latency."
        (question,) = store.questions()
        assert question.reference.text == "Warps hide latency."
        assert len(store.chunks("fake/1")) == len(store.embeddings("fake/1")) == 1
        put(store, make_digest("more"))
        assert store._database.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)


def test_a_writer_and_a_reader_in_two_processes(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from samples import make_digest, put\n"
        "from index.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for i in range(30):\n"
        "    put(store, make_digest('one\\ntwo\\nthree' * (1 + i % 3)))\n"
        "store.close()\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(store.path)],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'index'}"},
    )
    while writer.poll() is None:
        with store.one_moment():
            document = store.document("doc")
            chunks, questions = store.chunks(), store.questions()
            assert len(chunks) == len(questions) == len(store.embeddings("fake/1"))
            assert all(document.text[c.start : c.end] == c.text for c in chunks)
    assert writer.returncode == 0
    assert len(store.documents()) == 1


class Machine(RuleBasedStateMachine):
    """Puts, replacements, moves and deletions, against a dict of digests."""

    folder: Path
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        Machine.runs += 1
        self.store = Store(self.folder / f"{Machine.runs}.db")
        self.model: dict[str, Digest] = {}

    ids = st.sampled_from(["a", "b", "c"])
    texts = st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=4
    ).map("\n".join)

    @rule(name=ids, text=texts)
    def put(self, name: str, text: str) -> None:
        digest = make_digest(text, name, f"/{name}.md")
        put(self.store, digest)
        self.model[name] = digest

    @rule(old=ids, new=ids, text=texts)
    def move(self, old: str, new: str, text: str) -> None:
        digest = make_digest(text, new, f"/{new}.md")
        self.store.put(digest, packed(digest), "fake/1", WHEN, replaces=old)
        self.model.pop(old, None)
        self.model[new] = digest

    @rule(name=ids)
    def delete(self, name: str) -> None:
        assert self.store.delete(name) == (self.model.pop(name, None) is not None)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store(self.store.path)

    @invariant()
    def same(self) -> None:
        digests = [self.model[name] for name in sorted(self.model)]
        assert [d.id for d in self.store.documents()] == [d.document.id for d in digests]
        assert [self.store.document(d.document.id) for d in digests] == [
            d.document for d in digests
        ]
        assert self.store.questions() == tuple(q for d in digests for q in d.questions)
        by_document = sorted(self.store.chunks(), key=lambda c: (c.document_id, c.start))
        assert [c.text for c in by_document] == [c.text for d in digests for c in d.chunks]
        embedder = FakeEmbedder()
        for chunk, embedding in zip(
            self.store.chunks("fake/1"), self.store.embeddings("fake/1"), strict=True
        ):
            assert np.array_equal(embedding.pooled, embedder.embed_one(chunk.text).pooled)

    def teardown(self) -> None:
        self.store.close()


def test_the_store_behaves_like_a_dict(tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Machine.folder = tmp_path
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_questions_are_plain_json_in_the_file(store: Store) -> None:
    put(store, make_digest("one"))
    (row,) = store._database.rows("SELECT body FROM questions")
    assert json.loads(row[0])["reference"]["text"] == "one"
