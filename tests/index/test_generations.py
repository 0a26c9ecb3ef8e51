"""Generations of the index: current, rebuilt when damaged, and the damage told."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from samples import FakeEmbedder, make_digest, packed, put

from index import manifest
from index.generations import open_snapshot, problems, purge
from index.snapshot import Snapshot
from index.store import Store

ROOT = Path(__file__).resolve().parents[2]
MODEL = "fake/1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "greenroom.db") as opened:
        put(opened, make_digest("streams overlap copies\nwarps hide latency", "a", "/a.md"))
        put(opened, make_digest("batches fill the device", "b", "/b.md"))
        yield opened


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def generations(cache: Path) -> list[Path]:
    return sorted((cache / "index").iterdir())


def is_right(snapshot: Snapshot, store: Store) -> None:
    chunks = store.chunks(MODEL)
    assert snapshot.chunks == chunks
    assert len(snapshot.dense) == len(snapshot.lexical) == len(snapshot.tokens) == len(chunks)
    embedder = FakeEmbedder()
    for row, chunk in enumerate(chunks):
        expected = embedder.embed_one(chunk.text)
        found, cosines = snapshot.dense.top(expected.pooled, 1)
        assert (found[0], round(float(cosines[0]), 4)) == (row, 1.0)
        tokens = snapshot.tokens.tokens(row)
        assert np.allclose(tokens.vectors, expected.tokens.vectors, atol=0.02)
        assert snapshot.lexical.read(chunk.text).top(1)[0][0] == row


def test_built_once_and_then_read(store: Store, cache: Path, monkeypatch) -> None:
    is_right(open_snapshot(store, MODEL, cache), store)
    (folder,) = generations(cache)
    monkeypatch.setattr(Snapshot, "build", None)  # a second build would fail
    is_right(open_snapshot(store, MODEL, cache), store)
    assert generations(cache) == [folder]


def test_a_change_makes_a_new_one_and_the_last_is_kept(store: Store, cache: Path) -> None:
    old = open_snapshot(store, MODEL, cache)
    for text in ("one more passage", "and another", "and a third"):
        put(store, make_digest(text, "c", "/c.md"))
        is_right(open_snapshot(store, MODEL, cache), store)
    assert len(generations(cache)) == 2
    # Whoever still holds a pruned one can go on with it.
    assert len(old.tokens.tokens(0)) == 3
    store.delete("a")
    snapshot = open_snapshot(store, MODEL, cache)
    is_right(snapshot, store)
    assert {c.document_id for c in snapshot.chunks} == {"b", "c"}


def test_nothing_to_search(tmp_path: Path, cache: Path) -> None:
    with Store(tmp_path / "empty.db") as empty:
        for _ in range(2):
            assert len(open_snapshot(empty, MODEL, cache)) == 0


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 0xFF
    path.write_bytes(data)


def edit_facts(folder: Path, **facts: object) -> None:
    path = folder / "manifest.json"
    found = json.loads(path.read_text())
    found["facts"].update(facts)
    path.write_text(json.dumps(found))


DAMAGE = {
    "bytes flipped in the dense index": lambda f: flip(f / "dense.faiss"),
    "token vectors cut short": lambda f: os.truncate(f / "tokens-codes.npy", 140),
    "a file gone": lambda f: (f / "tokens-ids.npy").unlink(),
    "a file too many": lambda f: (f / "stranger").write_text("x"),
    "manifest gone": lambda f: (f / "manifest.json").unlink(),
    "manifest torn": lambda f: os.truncate(f / "manifest.json", 60),
    "manifest of nonsense": lambda f: (f / "manifest.json").write_text("[]"),
    "manifest is a folder": lambda f: (
        (f / "manifest.json").unlink(),
        (f / "manifest.json").mkdir(),
    ),
    "another model": lambda f: edit_facts(f, model="fake/2"),
    "another count": lambda f: edit_facts(f, count=2),
    "another stamp": lambda f: edit_facts(f, stamp="0"),
    "the lexical folder gone": lambda f: shutil.rmtree(f / "lexical"),
    "everything gone": lambda f: [shutil.rmtree(f), f.mkdir()],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_set_aside_told_and_mended(store, cache, damage, caplog) -> None:
    open_snapshot(store, MODEL, cache)
    (folder,) = generations(cache)
    damage(folder)
    with caplog.at_level(logging.WARNING):
        is_right(open_snapshot(store, MODEL, cache), store)
    assert "it is built again" in caplog.text
    assert len(list((cache / "quarantine").iterdir())) == 1
    caplog.clear()
    is_right(open_snapshot(store, MODEL, cache), store)
    assert caplog.text == ""
    assert problems(store, MODEL, cache) == ()


def test_a_change_in_a_large_file_is_found_by_its_time_or_by_a_whole_check(
    store: Store, cache: Path, monkeypatch
) -> None:
    monkeypatch.setattr(manifest, "HASHED_BYTES", 0)
    open_snapshot(store, MODEL, cache)
    path = generations(cache)[0] / "tokens-codes.npy"
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    open_snapshot(store, MODEL, cache)
    assert not (cache / "quarantine").exists()
    assert problems(store, MODEL, cache) == ("tokens-codes.npy has other content than was written",)
    os.utime(path)
    is_right(open_snapshot(store, MODEL, cache), store)
    assert (cache / "quarantine").exists()


def test_copied_files_with_new_times_are_hashed_and_accepted(store, cache, monkeypatch) -> None:
    monkeypatch.setattr(manifest, "HASHED_BYTES", 0)
    open_snapshot(store, MODEL, cache)
    for path in generations(cache)[0].rglob("*"):
        os.utime(path)
    open_snapshot(store, MODEL, cache)
    assert not (cache / "quarantine").exists()


def test_a_build_that_was_killed_does_no_harm(store: Store, cache: Path) -> None:
    torn = cache / "index" / ".building-old"
    fresh = cache / "index" / ".building-new"
    for folder in (torn, fresh):
        folder.mkdir(parents=True)
        (folder / "dense.faiss").write_bytes(b"half")
    os.utime(torn, (1, 1))
    is_right(open_snapshot(store, MODEL, cache), store)
    assert not torn.exists()
    assert fresh.exists()  # may be another process at work


def test_another_process_that_was_first_is_believed(store, cache, monkeypatch, tmp_path) -> None:
    open_snapshot(store, MODEL, cache)
    (folder,) = generations(cache)
    finished = tmp_path / "finished"
    folder.rename(finished)
    save = Snapshot.save

    def slow_save(self: Snapshot, made: Path) -> None:
        save(self, made)
        finished.rename(folder)

    monkeypatch.setattr(Snapshot, "save", slow_save)
    is_right(open_snapshot(store, MODEL, cache), store)
    assert generations(cache) == [folder]


def test_a_cache_that_cannot_be_written_is_done_without(store, tmp_path, caplog) -> None:
    (tmp_path / "cache").write_text("a file stands in its place")
    is_right(open_snapshot(store, MODEL, tmp_path / "cache"), store)
    assert "cannot be kept" in caplog.text


def test_documents_of_another_model_are_told(store: Store, cache: Path, caplog) -> None:
    put(store, make_digest("older", "c", "/c.md"), model="fake/0")
    is_right(open_snapshot(store, MODEL, cache), store)
    assert "1 documents were embedded by another model" in caplog.text


def test_purge_leaves_no_word(store: Store, cache: Path) -> None:
    open_snapshot(store, MODEL, cache)
    flip(generations(cache)[0] / "dense.faiss")
    open_snapshot(store, MODEL, cache)
    purge(cache)
    purge(cache)
    assert list(cache.iterdir()) == []
    is_right(open_snapshot(store, MODEL, cache), store)


def test_processes_that_build_at_once_agree(store: Store, cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from index.store import Store\n"
        "from index.generations import open_snapshot\n"
        "with Store(Path(sys.argv[1])) as store:\n"
        "    assert len(open_snapshot(store, 'fake/1', Path(sys.argv[2]))) == 3\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(store.path), str(cache)], cwd=ROOT, stderr=-1
        )
        for _ in range(3)
    ]
    assert [(p.communicate(timeout=60)[1], p.returncode) for p in running] == [(b"", 0)] * 3
    assert len(generations(cache)) == 1
    is_right(open_snapshot(store, MODEL, cache), store)


def test_packed_embeddings_are_what_the_index_holds(store: Store, cache: Path) -> None:
    snapshot = open_snapshot(store, MODEL, cache)
    expected = packed(make_digest("batches fill the device", "b", "/b.md"))[0]
    assert np.array_equal(snapshot.tokens.tokens(2).ids, expected.ids)
