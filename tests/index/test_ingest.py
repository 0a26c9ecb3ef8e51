"""Ingest: what becomes of every file met, and that nothing is lost on the way."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from samples import WHEN, FakeEmbedder, FakeParser, known, make_digest, put

from corpus.schema import Digest, Source
from index import changes
from index.ahead import ahead
from index.changes import document_id
from index.embedder import Embedding
from index.embedding import reembed
from index.ingest import ingest, ingest_library
from index.report import IngestReport, IngestRow
from index.store import Store

LATER = WHEN + timedelta(days=1)


class Bench:
    """A folder of notes, a store, a fake encoder and a fake parser."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.store = Store(folder / "greenroom.db")
        self.embedder = FakeEmbedder()
        self.parser = FakeParser()

    def write(self, name: str, text: str) -> Path:
        path = self.notes / name
        path.write_text(text)
        return path

    def ingest(self, *paths: Path, dry_run: bool = False) -> IngestReport:
        self.parser.parsed.clear()
        self.embedder.texts.clear()
        return ingest(paths or (self.notes,), self.store, self.embedder, self.parser, WHEN, dry_run)

    def states(self, *paths: Path) -> dict[str, str]:
        return {Path(row.path).name: row.state for row in self.ingest(*paths).rows}

    def texts(self) -> dict[str, str]:
        """What stands in the store, by file name."""
        found = (self.store.document(d.id) for d in self.store.documents("user"))
        return {Path(d.path).name: d.text for d in found if d}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path.resolve())
    yield made
    made.store.close()


def only(report: IngestReport) -> IngestRow:
    (row,) = report.rows
    return row


def test_new_files_are_indexed_and_then_unchanged(bench: Bench) -> None:
    bench.write("a.md", "one\ntwo\nAD buy")
    bench.write("b.md", "three")
    report = bench.ingest()
    assert [(r.state, r.chunks, r.questions, len(r.removed)) for r in report.rows] == [
        ("indexed", 2, 2, 1),
        ("indexed", 1, 1, 0),
    ]
    again = bench.ingest()
    assert [r.state for r in again.rows] == ["unchanged", "unchanged"]
    assert bench.parser.parsed == bench.embedder.texts == []
    for one, other in zip(report.rows, again.rows, strict=True):
        assert replace(one, state="unchanged") == other
    assert report.totals == again.totals == {"documents": 2, "chunks": 3, "questions": 3}


def test_what_is_embedded_belongs_to_its_chunk(bench: Bench) -> None:
    for i in range(20):
        bench.write(f"{i:02}.md", "\n".join(f"word{i} line{j}" for j in range(i % 4)) or "x")
    bench.ingest()
    chunks, embeddings = bench.store.chunks("fake/1"), bench.store.embeddings("fake/1")
    for chunk, embedding in zip(chunks, embeddings, strict=True):
        quoted = [chunk.text[a:b] for a, b in embedding.offsets if a >= 0]
        assert quoted == chunk.text.split()


def test_an_edited_file_is_updated(bench: Bench) -> None:
    bench.write("a.md", "one\ntwo")
    bench.ingest()
    bench.write("a.md", "three")
    assert bench.states() == {"a.md": "updated"}
    assert bench.texts() == {"a.md": "three"}
    assert [c.text for c in bench.store.chunks()] == ["three"]


def test_an_update_that_fails_keeps_the_old_version_and_says_so(bench: Bench) -> None:
    path = bench.write("a.md", "one")
    bench.ingest()
    bench.write("a.md", "BAD")
    row = only(bench.ingest())
    assert (row.state, row.id) == ("failed", document_id(path))
    assert row.reason == "is bad; the version of 2026-11-20 12:30 UTC is kept"
    assert bench.texts() == {"a.md": "one"}


def test_one_bad_file_stops_no_other(bench: Bench) -> None:
    bench.write("a.md", "one")
    bench.write("b.md", "BAD")
    bench.write("c.md", "three")
    report = bench.ingest()
    assert [r.state for r in report.rows] == ["indexed", "failed", "indexed"]
    assert report.failed
    assert report.totals == {"documents": 2, "chunks": 2, "questions": 2}
    assert set(bench.texts()) == {"a.md", "c.md"}


def test_a_second_copy_is_skipped(bench: Bench) -> None:
    first = bench.write("a.md", "one")
    bench.write("b.md", "one")
    row = bench.ingest().rows[1]
    assert (row.state, row.duplicate_of, row.chunks) == ("skipped", document_id(first), 0)
    bench.write("c.md", "one")
    assert bench.states() == {"a.md": "unchanged", "b.md": "skipped", "c.md": "skipped"}
    assert only(bench.ingest(bench.notes / "c.md")).duplicate_of == document_id(first)
    assert set(bench.texts()) == {"a.md"}


def test_copies_of_what_cannot_be_read_all_fail(bench: Bench) -> None:
    bench.write("a.md", "BAD")
    bench.write("b.md", "BAD")
    assert bench.states() == {"a.md": "failed", "b.md": "failed"}


def test_a_file_that_became_a_copy_gives_up_its_old_text(bench: Bench) -> None:
    first = bench.write("a.md", "one")
    bench.write("b.md", "two")
    bench.ingest()
    bench.write("b.md", "one")
    row = bench.ingest().rows[1]
    assert (row.state, row.duplicate_of) == ("skipped", document_id(first))
    assert "removed" in (row.reason or "")
    assert bench.texts() == {"a.md": "one"}


def test_what_is_told_of_a_document_that_moved_names_its_id(bench: Bench) -> None:
    bench.write("a.md", "one")
    former = bench.write("b.md", "two")
    bench.ingest()
    former.unlink()
    bench.store.move(document_id(former), str(bench.notes / "c.md"))  # with its data folder
    bench.write("c.md", "BAD")
    assert bench.ingest().rows[1].id == document_id(former)
    bench.write("c.md", "one")
    row = bench.ingest().rows[1]
    assert (row.state, row.id) == ("skipped", document_id(former))


def test_a_moved_file_moves(bench: Bench) -> None:
    old = bench.write("a.md", "one\ntwo")
    bench.ingest()
    old.rename(bench.notes / "z.md")
    row = only(bench.ingest())
    assert (row.state, row.reason) == ("updated", f"moved here from {old}")
    (stored,) = bench.store.documents()
    assert (stored.id, stored.path) == (document_id(bench.notes / "z.md"), row.path)
    assert {q.reference.spans[0].path for q in bench.store.questions()} == {row.path}


def test_two_files_that_swap_places_are_both_updated(bench: Bench) -> None:
    bench.write("a.md", "one")
    bench.write("b.md", "two")
    bench.ingest()
    bench.write("a.md", "two")
    bench.write("b.md", "one")
    assert bench.states() == {"a.md": "updated", "b.md": "updated"}
    assert bench.texts() == {"a.md": "two", "b.md": "one"}


def test_content_that_went_over_to_another_known_file(bench: Bench) -> None:
    bench.write("a.md", "one")
    bench.write("b.md", "two")
    bench.ingest()
    (bench.notes / "b.md").replace(bench.notes / "a.md")
    assert bench.states() == {"a.md": "updated"}
    assert bench.texts() == {"a.md": "two"}


def test_a_file_that_is_gone_keeps_its_document(bench: Bench) -> None:
    bench.write("a.md", "one").unlink()
    bench.write("a.md", "one")
    bench.ingest()
    (bench.notes / "a.md").unlink()
    assert bench.ingest().rows == ()
    assert bench.texts() == {"a.md": "one"}


def test_a_copy_of_a_library_topic_is_a_document_of_its_own(bench: Bench) -> None:
    path = bench.write("a.md", "one")
    sha256 = changes.hash_file(path)
    put(bench.store, make_digest("one", "library-a", "library:a", "library", sha256))
    assert bench.states() == {"a.md": "indexed"}


def test_a_document_that_vanishes_meanwhile(bench: Bench, monkeypatch) -> None:
    bench.write("a.md", "one")
    gone = bench.write("b.md", "two")
    bench.write("c.md", "three")
    found = changes.Comparison.change

    def change(self: changes.Comparison, path: Path) -> changes.Change:
        gone.unlink(missing_ok=True)
        return found(self, path)

    monkeypatch.setattr(changes.Comparison, "change", change)
    rows = bench.ingest().rows
    assert [(r.state, r.reason) for r in rows] == [
        ("indexed", None),
        ("failed", "vanished before it was read"),
        ("indexed", None),
    ]


def test_what_is_not_for_us_is_skipped_and_what_cannot_be_reached_failed(bench: Bench) -> None:
    bench.write("a.xyz", "?")
    os.mkfifo(bench.notes / "pipe.md")
    (bench.notes / "loop.md").symlink_to(bench.notes / "loop.md")
    missing = bench.notes / "missing.md"
    rows = {Path(r.path).name: r for r in bench.ingest(bench.notes, missing).rows}
    assert {name: row.state for name, row in rows.items()} == {
        "a.xyz": "skipped",
        "pipe.md": "skipped",
        "loop.md": "skipped",
        "missing.md": "failed",
    }
    assert all(row.reason for row in rows.values())


def test_names_with_anything_in_them(bench: Bench) -> None:
    bench.write("two words 🎉 '\".md", "one")
    odd = os.fsencode(bench.notes) + b"/\xff.md"
    with open(odd, "w") as stream:  # noqa: PTH123  pathlib has no names in bytes
        stream.write("two")
    report = bench.ingest()
    assert {r.state for r in report.rows} == {"indexed", "failed"}
    (failed,) = (r for r in report.rows if r.state == "failed")
    assert "rename" in (failed.reason or "")
    assert report.as_json()["documents"][-1]["path"].encode("utf-8")


def test_a_text_that_is_none_fails_alone(bench: Bench) -> None:
    (bench.notes / "a.md").write_bytes(b"caf\xe9")  # the fake parser lets it through
    bench.write("b.md", "two")
    assert bench.states() == {"a.md": "failed", "b.md": "indexed"}


def test_a_file_too_large_is_not_hashed(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(changes, "MAX_BYTES", 10)
    bench.write("a.md", "x" * 11)
    bench.write("b.md", "x" * 10)
    rows = bench.ingest().rows
    assert [r.state for r in rows] == ["failed", "indexed"]
    assert "split it" in (rows[0].reason or "")


def test_a_dry_run_says_the_same_and_writes_nothing(bench: Bench) -> None:
    bench.write("a.md", "one")
    bench.write("b.md", "two")
    bench.ingest()
    bench.write("a.md", "changed\nlonger")
    bench.write("b.md", "BAD")
    bench.write("c.md", "three")
    bench.write("d.md", "three")
    before = bench.texts()
    dry = bench.ingest(dry_run=True)
    assert bench.embedder.texts == []
    assert bench.texts() == before
    assert dry == bench.ingest()


def test_progress_counts_every_file(bench: Bench) -> None:
    for name in ("a.md", "b.md", "c.xyz"):
        bench.write(name, name)
    seen: list[tuple[int, int, str]] = []
    ingest(
        [bench.notes],
        bench.store,
        bench.embedder,
        bench.parser,
        WHEN,
        on_progress=lambda done, total, name: seen.append((done, total, name)),
    )
    assert [(done, total) for done, total, _ in seen] == [(1, 3), (2, 3), (3, 3)]
    assert {name for _, _, name in seen} == {"a.md", "b.md", "c.xyz"}


class Interrupted(FakeEmbedder):
    """Is interrupted by the person at the third lot."""

    lots = 0

    def embed(self, texts: list[str]) -> list[Embedding]:
        self.lots += 1
        if self.lots == 3:
            raise KeyboardInterrupt
        return super().embed(texts)


def test_an_interruption_keeps_what_was_finished(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr("index.ingest.LOT", 1)
    for i in range(40):
        bench.write(f"{i:02}.md", f"text {i}")
    with pytest.raises(KeyboardInterrupt):
        ingest([bench.notes], bench.store, Interrupted(), bench.parser, WHEN)
    assert len(bench.store.documents()) == 2
    assert [t.name for t in threading.enumerate() if t.name.startswith("read-ahead")] == [] or (
        _ends(lambda: not any(t.name.startswith("read-ahead") for t in threading.enumerate()))
    )
    report = bench.ingest()
    assert [r.state for r in report.rows].count("unchanged") == 2
    assert len(bench.store.documents()) == 40


def _ends(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_a_fault_in_the_parser_is_not_swallowed(bench: Bench, monkeypatch) -> None:
    def broken(*_: object) -> Digest:
        raise ZeroDivisionError

    bench.write("a.md", "one")
    monkeypatch.setattr(bench.parser, "digest", broken)
    with pytest.raises(ZeroDivisionError):
        bench.ingest()


def test_another_model_embeds_all_again(bench: Bench) -> None:
    bench.write("a.md", "one")
    bench.ingest()
    bench.write("b.md", "two")
    bench.embedder = FakeEmbedder("fake/2", 4)
    bench.ingest()
    assert {d.model for d in bench.store.documents()} == {"fake/2"}
    assert [e.codes.shape[1] for e in bench.store.embeddings("fake/2")] == [4, 4]


def test_a_new_version_of_the_parsers_reads_all_again(bench: Bench, monkeypatch) -> None:
    bench.write("a.md", "one")
    bench.ingest()
    monkeypatch.setattr("index.changes.DIGEST_VERSION", 99)
    monkeypatch.setattr("index.store_rows.DIGEST_VERSION", 99)
    assert bench.states() == {"a.md": "updated"}
    assert bench.states() == {"a.md": "unchanged"}


TOPIC = """
slug = "{slug}"
title = "Title"
topic = "Title"
reviewed = 2026-11-21

[[questions]]
id = "{slug}-one"
question = "What is kept?"
roles = ["ai-engineer"]
difficulty = 1
kind = "concept"
model_answer = "All of it."
further_reading = ["A book"]
misconceptions = [
  {{ text = "None.", why = "All.", contradicts = "k1" }},
  {{ text = "Half.", why = "All.", contradicts = "k1" }},
]
follow_ups = [{{ text = "Why?", aims_at = "k1" }}]
key_points = [
  {{ id = "k1", text = "All is kept.", weight = 1.0, quote = "All is kept" }},
  {{ id = "k2", text = "For ever.", weight = 1.0, quote = "for ever" }},
  {{ id = "k3", text = "For free.", weight = 1.0, quote = "for free" }},
]

[[disagreements]]
id = "{slug}-half"
claim = "Half is kept."
wordings = ["One half of it stays."]
correction = "All is kept."
quote = "All is kept for ever"
points = ["{slug}-one.k1"]
"""


def write_topic(folder: Path, slug: str, more: str = "") -> None:
    folder.mkdir(exist_ok=True)
    prose = f"# Title\n\nAll is kept for ever and for free.{more}\n"
    (folder / f"{slug}.md").write_text(prose, encoding="utf-8")
    (folder / f"{slug}.toml").write_text(TOPIC.format(slug=slug), encoding="utf-8")


def test_the_library_follows_what_is_bundled(bench: Bench, tmp_path: Path) -> None:
    def states() -> tuple[str, ...]:
        return ingest_library(bench.store, LATER, folder)

    folder = tmp_path / "topics"
    bench.write("mine.md", "mine")
    bench.ingest()
    bench.embedder.texts.clear()
    write_topic(folder, "a")
    write_topic(folder, "b")
    assert states() == ("a", "b")
    assert states() == ()
    write_topic(folder, "a", " Really.")
    (folder / "b.toml").unlink()
    assert states() == ("a",)
    assert [d.id for d in bench.store.documents("library")] == ["library-a"]
    assert [q.id for q in bench.store.questions(source="library")] == ["a-one"]
    assert [d.id for d in bench.store.disagreements()] == ["a-half"]
    assert known(bench.store, "library-a").ingested_at == LATER
    assert bench.texts() == {"mine.md": "mine"}
    assert bench.embedder.texts == []


def test_the_library_is_asked_before_it_is_embedded_and_found_after(
    bench: Bench, tmp_path: Path
) -> None:
    write_topic(tmp_path / "topics", "a")
    ingest_library(bench.store, LATER, tmp_path / "topics")
    assert bench.store.question("a-one") is not None
    assert bench.store.chunks(bench.embedder.name) == ()
    before = bench.store.stamp(bench.embedder.name)
    assert reembed(bench.store, bench.embedder) == 1
    assert len(bench.store.chunks(bench.embedder.name)) == 1
    assert len(bench.store.embeddings(bench.embedder.name)) == 1
    assert bench.store.stamp(bench.embedder.name) != before
    assert reembed(bench.store, bench.embedder) == 0


def test_the_row_has_the_fields_of_the_contract(bench: Bench) -> None:
    bench.write("a.md", "one\nAD x")
    found = bench.ingest().as_json()
    (row,) = found["documents"]
    assert list(row) == [
        *("id", "path", "title", "media_type", "state", "reason", "duplicate_of"),
        *("chunks", "questions", "removed", "topics"),
    ]
    assert row["removed"] == [{"start": 4, "end": 8, "reason": "advert", "text": "AD x"}]
    assert found["totals"] == {"documents": 1, "chunks": 1, "questions": 1}


# Reading ahead


@pytest.mark.parametrize("room", [1, 3, 100])
def test_ahead_gives_everything_once_and_in_order(room: int) -> None:
    lots = list(ahead(range(200), lambda i: i % 5, 10, room))
    assert [i for lot in lots for i in lot] == list(range(200))
    assert all(len(lot) == 1 or sum(max(i % 5, 1) for i in lot) <= 10 for lot in lots)


def test_ahead_works_while_its_user_does() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for i in range(5):
            drawn.append(i)
            yield i

    lots = ahead(items(), lambda _: 1, 1, room=10)
    next(lots)
    assert _ends(lambda: drawn == [0, 1, 2, 3, 4])
    lots.close()


def test_ahead_does_not_run_away() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for i in range(1000):
            drawn.append(i)
            yield i

    lots = ahead(items(), lambda _: 1, 1, room=4)
    next(lots)
    time.sleep(0.3)
    assert len(drawn) <= 7
    lots.close()
    gc.collect()
    assert _ends(lambda: not any(t.name.startswith("read-ahead") for t in threading.enumerate()))


# With the real parts


@pytest.mark.slow
def test_real_parts_from_files_to_hits(tmp_path: Path, embedder) -> None:
    from corpus.sandbox import Sandbox
    from index.generations import open_snapshot

    notes = tmp_path.resolve() / "notes"
    notes.mkdir()
    (notes / "queues.md").write_text(
        "# Queues\n\n## What is back pressure?\n\nA full queue makes its producer wait, so that "
        "memory stays bounded when the consumer is slow.\n\n## What is a dead letter?\n\nA message "
        "that failed too often and was set aside for a person to look at.\n"
    )
    (notes / "clocks.html").write_text(
        "<html><body><h1>Clocks</h1><h2>Why not compare wall clocks?</h2><p>Two machines drift "
        "apart, so the order of their time stamps is not the order of events.</p></body></html>"
    )
    (notes / "binary.md").write_bytes(bytes(range(256)) * 50)
    with Store(tmp_path / "greenroom.db") as store, Sandbox() as sandbox:
        report = ingest([notes], store, embedder, sandbox, datetime.now(UTC))
        states = {Path(r.path).name: r.state for r in report.rows}
        assert states == {"queues.md": "indexed", "clocks.html": "indexed", "binary.md": "failed"}
        snapshot = open_snapshot(store, embedder.name, tmp_path / "cache")
        asked = embedder.embed_one("the producer has to wait when the buffer is full")
        (row,), _ = snapshot.dense.top(asked.pooled, 1)
        assert "back pressure" in snapshot.chunks[row].text + snapshot.chunks[row].heading
        assert store.document(snapshot.chunks[row].document_id).title
        for chunk in snapshot.chunks:
            document = store.document(chunk.document_id)
            assert document.text[chunk.start : chunk.end] == chunk.text
        for question in store.questions():
            for span in question.reference.spans if question.reference else ():
                text = store.document(span.document_id).text
                assert text[span.start : span.end] == span.quote
        again = ingest([notes], store, embedder, sandbox, datetime.now(UTC))
        assert [r.state for r in again.rows].count("unchanged") == 2
        pooled = np.stack([e.pooled for e in store.embeddings(embedder.name)])
        assert np.allclose(np.linalg.norm(pooled, axis=1), 1, atol=1e-3)


def test_a_source_is_told_to_the_parser(bench: Bench, monkeypatch) -> None:
    seen: list[tuple[str, Source]] = []
    parse = bench.parser.digest

    def digest(path: Path, key: str, source: Source) -> Digest:
        seen.append((key, source))
        return parse(path, key, source)

    path = bench.write("a.md", "one")
    monkeypatch.setattr(bench.parser, "digest", digest)
    bench.ingest()
    assert seen == [(document_id(path), "user")]
