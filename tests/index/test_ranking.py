"""The features of passages against a naive computation, and how a passage is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordpassages import WordEmbedder, indexed, passage

from index import ranking
from index.late import align
from index.passage import read
from index.ranking import FEATURES, Ranker
from index.tokens import PackedEmbedding, TokenFormatError, pack

WORDS = ["warp", "thread", "block", "memory", "cache", "stall", "grid", "the"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=6)
queries = st.lists(st.sampled_from([*WORDS, "unheard"]), min_size=1, max_size=6).map(" ".join)


@given(texts, queries)
@settings(max_examples=50, deadline=None)
def test_late_interaction_is_that_of_align(corpus: list[str], query: str) -> None:
    snapshot = indexed([passage(i, text) for i, text in enumerate(corpus)])
    ranker = Ranker(snapshot)
    asked = WordEmbedder().embed_one(query)
    rows = np.arange(len(corpus))
    found = ranker.features(query, asked, snapshot.lexical.read(query), rows)
    weights = ranker.weights(query, asked)
    naive = [align(asked.tokens, snapshot.tokens.tokens(i), weights).score for i in rows]
    np.testing.assert_allclose(found[:, FEATURES.index("late")], naive, atol=1e-5)
    assert found.min() >= -1 - 1e-5
    assert found.max() <= 1 + 1e-5


def test_lots_do_not_change_the_features(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = indexed([passage(i, f"warp {w} the") for i, w in enumerate(WORDS)])
    asked, lexical = WordEmbedder().embed_one("warp stall"), snapshot.lexical.read("warp stall")
    rows = np.array([5, 0, 3], np.int64)
    whole = Ranker(snapshot).features("warp stall", asked, lexical, rows)
    monkeypatch.setattr(ranking, "_LOT_TOKENS", 2)
    np.testing.assert_allclose(
        Ranker(snapshot).features("warp stall", asked, lexical, rows), whole, atol=1e-6
    )


def test_a_passage_gains_from_its_neighbours_only_within_the_document() -> None:
    chunks = [
        passage(0, "grid grid", "a"),
        passage(1, "warp stall", "a"),
        passage(2, "grid grid", "b"),
    ]
    snapshot = indexed(chunks)
    found = Ranker(snapshot).features(
        "warp", WordEmbedder().embed_one("warp"), snapshot.lexical.read("warp"), np.arange(3)
    )
    own, setting = found[:, FEATURES.index("late")], found[:, FEATURES.index("late_setting")]
    assert setting[0] == pytest.approx(own[1]) == pytest.approx(1, abs=0.01)
    assert setting[2] == pytest.approx(own[2])


def test_the_opening_is_that_of_the_section() -> None:
    chunks = [
        passage(0, "warp", "a", "A"),
        passage(1, "grid", "a", "A"),
        passage(2, "cache", "a", "B"),
    ]
    snapshot = indexed(chunks)
    found = Ranker(snapshot).features(
        "warp", WordEmbedder().embed_one("warp"), snapshot.lexical.read("warp"), np.arange(3)
    )
    opening = found[:, FEATURES.index("late_opening")]
    assert opening[0] == opening[1] == pytest.approx(1, abs=0.01)
    assert opening[2] < 0.9


def test_stop_words_count_only_where_nothing_else_is_asked() -> None:
    ranker = Ranker(indexed([passage(0, "warp the")]))
    embed = WordEmbedder().embed_one
    assert ranker.weights("the warp?", embed("the warp?")).tolist()[::2] == [0, 0]
    assert ranker.weights("the", embed("the")).sum() > 0


def test_link_targets_are_not_read_and_offsets_point_into_the_passage() -> None:
    text = (
        "See the [warp](/a/b-c/d) and **grid**, a[i] at https://example.org/x now.\n|---|:--|\nEnd"
    )
    reading = read("Title", "Title > Part", text)
    assert reading.text.startswith("Title > Part\n")
    for noise in ("/a/b", "https", "**", "---"):
        assert noise not in reading.text
    assert "a[i]" in reading.text
    restored = reading.restore(WordEmbedder().embed_one(reading.text)).tokens
    heard = [text[a:b] for a, b in restored.offsets if a >= 0]
    assert "warp" in heard
    assert heard[-1] == "End"
    assert restored.offsets[0].tolist() == [-1, -1]


@given(st.text(alphabet="ab [](){}|*_-`#>:/.\n!<\u00e9\U0001f600", max_size=80))
@settings(max_examples=200, deadline=None)
def test_every_character_read_stands_where_it_says(text: str) -> None:
    reading = read("", "", text)
    assert "".join(text[i] for i in reading.origin) == reading.text[reading.prefix :]


def test_packed_vectors_are_close_and_survive_the_database() -> None:
    embedding = WordEmbedder().embed_one("warp stall grid")
    packed = PackedEmbedding.from_bytes(pack(embedding).to_bytes())
    vectors = packed.codes * packed.scales[:, None]
    assert (np.einsum("td,td->t", vectors, embedding.tokens.vectors) > 0.999).all()
    np.testing.assert_array_equal(packed.offsets, embedding.tokens.offsets)
    np.testing.assert_array_equal(packed.ids, embedding.tokens.ids)


@pytest.mark.parametrize("cut", [0, 5, 40, -1])
def test_a_damaged_blob_is_refused(cut: int) -> None:
    blob = pack(WordEmbedder().embed_one("warp")).to_bytes()
    with pytest.raises(TokenFormatError):
        PackedEmbedding.from_bytes(blob[:cut])
