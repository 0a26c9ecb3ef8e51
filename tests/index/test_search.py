"""Search end to end over small corpora: order, filters, bounds, odd queries."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordpassages import DIMENSION, WordEmbedder, indexed, passage

from evals.corpora import folder_snapshot, glossary_queries
from evals.retrieval import evaluate, searcher_system
from index.embedder import TransformerEmbedder
from index.search import READ_CHARACTERS, By, Filters, Mode, Searcher
from index.snapshot import IndexedChunk, Snapshot, StaleSnapshotError

CHUNKS = (
    passage(0, "A warp is a group of threads that run together.", "warps", topics=("GPU",)),
    passage(1, "Stalled warps wait for memory.", "warps", topics=("GPU",)),
    passage(2, "Shared memory is divided into banks.", "banks", topics=("Memory",)),
    passage(3, "Programme managers keep a register of risks.", "risks", source="library"),
)
WORDS = ["warp", "memory", "risks", "banks", "the", "unheard", "?"]


def searcher(chunks: tuple[IndexedChunk, ...] = CHUNKS) -> Searcher:
    return Searcher(indexed(chunks), WordEmbedder())


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_the_passage_that_says_it_comes_first(mode: Mode) -> None:
    results = searcher().search("banks of shared memory", mode=mode)
    assert results.hits[0].document_id == "banks"


def test_a_hit_locates_its_quote() -> None:
    hit = searcher().search("register of risks").hits[0]
    assert (hit.document_id, hit.path, hit.start, hit.end) == ("risks", "/risks.md", 0, 44)
    assert hit.quote == CHUNKS[3].text


@given(
    query=st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
    k=st.integers(1, 9),
    mode=st.sampled_from(["hybrid", "dense", "lexical"]),
    by=st.sampled_from(["passage", "document"]),
)
@settings(max_examples=80, deadline=None)
def test_scores_are_bounded_ordered_and_repeatable(query: str, k: int, mode: Mode, by: By) -> None:
    found = searcher().search(query, k, mode, by)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len(found.hits) <= k
    keys = [
        (hit.document_id, hit.quote) if by == "passage" else hit.document_id for hit in found.hits
    ]
    assert len(set(keys)) == len(keys)
    assert found == searcher().search(query, k, mode, by)


def test_more_than_there_are_gives_all() -> None:
    assert len(searcher().search("warp memory", k=100).hits) == 4
    assert len(searcher().search("warp memory", k=100, by="document").hits) == 3


def test_by_document_looks_past_a_document_that_fills_the_front() -> None:
    crowd = tuple(passage(i, f"warp warp number{i}", "crowd") for i in range(300))
    others = tuple(passage(300 + i, f"grid other{i}", f"o{i}") for i in range(3))
    found = searcher(crowd + others).search("warp", k=3, by="document")
    assert found.hits[0].document_id == "crowd"
    assert len({hit.document_id for hit in found.hits}) == 3


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(source="library"), {"risks"}),
        (Filters(topic="gpu"), {"warps"}),
        (Filters(document_ids=frozenset({"banks", "risks"})), {"banks", "risks"}),
        (Filters(document_ids=frozenset({"banks"}), source="library"), set()),
        (Filters(document_ids=frozenset()), set()),
    ],
)
def test_filters(filters: Filters, documents: set[str]) -> None:
    found = searcher().search("warp memory risks", filters=filters)
    assert {hit.document_id for hit in found.hits} == documents
    assert found.weak or found.hits


def test_filters_that_leave_nothing_are_weak() -> None:
    found = searcher().search("warp", filters=Filters(topic="cooking"))
    assert (found.weak, found.hits) == (True, ())


@pytest.mark.parametrize(
    "query", ["", "   \n", "\x00", "?!", "what is the of it", "\u202eabc", "🙂"]
)
def test_queries_without_content_are_weak_and_do_not_fail(query: str) -> None:
    assert searcher().search(query).weak


def test_no_passages() -> None:
    found = Searcher(indexed([]), WordEmbedder()).search("warp")
    assert (found.weak, found.hits) == (True, ())


def test_passages_without_a_word() -> None:
    chunks = (passage(0, "---"), passage(1, ""), passage(2, "warp"))
    assert searcher(chunks).search("warp").hits[0].document_id == "d2"


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=str(k)):
        searcher().search("warp", k)


def test_copies_come_in_the_order_they_stand() -> None:
    chunks = tuple(passage(i, "The warp stalls.") for i in range(6))
    found = searcher(chunks).search("warp stalls")
    assert [hit.document_id for hit in found.hits] == [f"d{i}" for i in range(6)]
    assert len({hit.score for hit in found.hits}) == 1


def test_a_query_of_100_000_characters_is_read_from_all_over() -> None:
    long = ("lorem ipsum dolor " * 3_000 + "lorem banks ipsum dolor " * 3_000)[:100_000]
    began = time.perf_counter()
    assert searcher().search(long).hits
    assert time.perf_counter() - began < 20
    assert len(long) > READ_CHARACTERS
    assert searcher().search(long, mode="lexical").hits[0].document_id == "banks"


def test_the_current_snapshot_is_searched() -> None:
    snapshots = [indexed(CHUNKS), indexed([passage(9, "warp", "new")])]
    current = Searcher(lambda: snapshots[-1], WordEmbedder())
    assert current.search("warp").hits[0].document_id == "new"
    snapshots.pop()
    assert current.search("warp").hits[0].document_id == "warps"


def test_a_saved_snapshot_finds_the_same(tmp_path: Path) -> None:
    indexed(CHUNKS).save(tmp_path)
    again = Searcher(Snapshot.load(tmp_path, CHUNKS), WordEmbedder())
    for query in ("warp memory", "risks", "nothing known"):
        assert again.search(query) == searcher().search(query)


def test_an_empty_snapshot_can_be_saved(tmp_path: Path) -> None:
    indexed([]).save(tmp_path)
    again = Snapshot.load(tmp_path, ())
    assert (len(again), again.dense.dimension) == (0, DIMENSION)


@pytest.mark.parametrize("chunks", [CHUNKS[:3], CHUNKS[::-1]])
def test_a_snapshot_of_other_passages_is_refused(
    tmp_path: Path, chunks: tuple[IndexedChunk, ...]
) -> None:
    indexed(CHUNKS).save(tmp_path)
    with pytest.raises(StaleSnapshotError, match="other passages"):
        Snapshot.load(tmp_path, chunks)


@pytest.mark.parametrize(
    "damaged", ["rowids.npy", "dense.faiss", "tokens-codes.npy", "lexical/vocab.index.json"]
)
def test_a_damaged_snapshot_is_refused(tmp_path: Path, damaged: str) -> None:
    indexed(CHUNKS).save(tmp_path)
    file = tmp_path / damaged
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(StaleSnapshotError):
        Snapshot.load(tmp_path, CHUNKS)


def test_two_passages_with_one_rowid_are_refused() -> None:
    with pytest.raises(ValueError, match="rowid"):
        indexed([passage(1, "a"), passage(1, "b")])


@pytest.mark.slow
def test_the_glossary_is_searched_as_well_as_promised(
    shared: Path, embedder: TransformerEmbedder
) -> None:
    """Floors well below what evals/LOG.md reports, to catch what breaks, not what wobbles."""
    folder = shared / "documents" / "gpu-glossary"
    system = searcher_system(Searcher(folder_snapshot(folder, embedder), embedder))
    metrics = evaluate(system, glossary_queries(folder)).metrics
    assert metrics["ndcg_at_10"].value > 0.87
    assert metrics["success_at_5"].value > 0.94
    assert metrics["weak_auroc"].value > 0.92
    assert np.isfinite(metrics["ndcg_at_10"].low)
