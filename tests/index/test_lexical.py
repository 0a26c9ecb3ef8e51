"""BM25: stemming, stop words, the ceiling, a naive version beside it, and the saved form."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import K1, MAX_WORDS, B, LexicalIndex, words

TEXTS = ["It allocates memory on a device.", "Bank conflicts are serialized.", "", "the of and"]
VOCABULARY = ["warp", "thread", "block", "memory", "cache", "stall", "the", "grid"]
texts = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), max_size=8)


def test_another_form_of_the_word_is_found() -> None:
    rows, _ = LexicalIndex.build(TEXTS).read("allocating").top(5)
    assert rows.tolist() == [0]


def test_words_joined_by_underscores_are_found_by_their_parts() -> None:
    assert words("cudaMemcpy_async C++") == words("cudamemcpy ASYNC c++")


def test_stop_words_find_nothing() -> None:
    query = LexicalIndex.build(TEXTS).read("what is the of it")
    assert query.top(5)[0].tolist() == []
    assert query.ceiling == 0


@pytest.mark.parametrize("corpus", [[], [""], ["the", "of"]])
def test_a_corpus_without_words(corpus: list[str], tmp_path: Path) -> None:
    index = LexicalIndex.build(corpus)
    index.save(tmp_path)
    for each in (index, LexicalIndex.load(tmp_path)):
        assert len(each) == len(corpus)
        assert each.read("warp").scores.tolist() == [0.0] * len(corpus)


@given(corpus=texts, query=st.lists(st.sampled_from([*VOCABULARY, "unheard"]), max_size=6))
@settings(max_examples=60, deadline=None)
def test_scores_are_those_of_the_formula(corpus: list[str], query: list[str]) -> None:
    read = [words(text) for text in corpus]
    found = LexicalIndex.build(corpus).read(" ".join(query))
    mean = sum(map(len, read)) / len(read) if read else 1.0
    expected = []
    for text in read:
        score = 0.0
        for word in set(words(" ".join(query))):
            frequency = sum(word in other for other in read)
            idf = math.log(1 + (len(read) - frequency + 0.5) / (frequency + 0.5))
            count = text.count(word)
            if count:
                score += idf * count / (count + K1 * (1 - B + B * len(text) / mean))
        expected.append(score)
    np.testing.assert_allclose(found.scores, expected, atol=1e-4)
    assert all(score <= found.ceiling + 1e-4 for score in found.scores)


def test_a_word_said_often_counts_once() -> None:
    index = LexicalIndex.build(TEXTS)
    once, often = index.read("memory bank"), index.read("memory memory memory bank")
    np.testing.assert_array_equal(once.scores, often.scores)


def test_a_word_that_no_passage_has_raises_the_ceiling_only() -> None:
    index = LexicalIndex.build(TEXTS)
    known, unknown = index.read("memory"), index.read("memory kubernetes")
    np.testing.assert_array_equal(known.scores, unknown.scores)
    assert unknown.ceiling > known.ceiling


def test_a_long_query_is_bounded_and_keeps_the_rare_words() -> None:
    common = [f"common{i}" for i in range(100)]
    index = LexicalIndex.build([" ".join(common)] * 9 + [" ".join([*common, "peculiar"])])
    query = index.read(" ".join([*common, "peculiar"]))
    assert len(query.table) == MAX_WORDS
    assert query.top(1)[0].tolist() == [9]


def test_saved_index_scores_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path)
    again = LexicalIndex.load(tmp_path)
    np.testing.assert_array_equal(index.read("banks").scores, again.read("banks").scores)
    assert len(again) == len(TEXTS)
