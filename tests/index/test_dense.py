"""The dense index against a naive NumPy search, and the traps of FAISS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import DenseIndex


def unit_vectors(n: int, seed: int, d: int = 8) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(n=st.integers(0, 60), k=st.integers(0, 80), seed=st.integers(0, 1000), share=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_top_is_what_a_naive_search_finds(n: int, k: int, seed: int, share: float) -> None:
    vectors = unit_vectors(n, seed)
    query = unit_vectors(1, seed + 1)[0]
    allowed = np.random.default_rng(seed).random(n) < share
    rows, cosines = DenseIndex.build(vectors).top(query, k, allowed)
    naive = sorted(np.flatnonzero(allowed), key=lambda i: (-float(vectors[i] @ query), i))[:k]
    assert len(rows) == len(naive)
    assert len(set(rows.tolist())) == len(rows)
    assert np.all(allowed[rows])
    np.testing.assert_allclose(cosines, [vectors[i] @ query for i in naive], atol=1e-5)


def test_more_than_there_are_gives_all_and_no_filler() -> None:
    rows, cosines = DenseIndex.build(unit_vectors(3, 0)).top(unit_vectors(1, 1)[0], 10)
    assert sorted(rows.tolist()) == [0, 1, 2]
    assert np.isfinite(cosines).all()


def test_equal_vectors_come_in_the_order_of_their_rows() -> None:
    vectors = np.repeat(unit_vectors(1, 0), 5, axis=0)
    rows, _ = DenseIndex.build(vectors).top(vectors[0], 5)
    assert rows.tolist() == [0, 1, 2, 3, 4]


def test_nothing_allowed_finds_nothing() -> None:
    rows, _ = DenseIndex.build(unit_vectors(3, 0)).top(unit_vectors(1, 1)[0], 2, np.zeros(3, bool))
    assert rows.tolist() == []


def test_cosines_of_rows_are_those_of_the_vectors() -> None:
    vectors, query = unit_vectors(9, 0), unit_vectors(1, 1)[0]
    rows = np.array([7, 2, 2], np.int64)
    found = DenseIndex.build(vectors).cosines(query, rows)
    np.testing.assert_allclose(found, vectors[rows] @ query, atol=1e-6)


def test_saved_index_finds_the_same(tmp_path: Path) -> None:
    vectors, query = unit_vectors(20, 0), unit_vectors(1, 1)[0]
    index = DenseIndex.build(vectors)
    index.save(tmp_path)
    again = DenseIndex.load(tmp_path)
    assert (len(again), again.dimension) == (20, 8)
    np.testing.assert_array_equal(index.top(query, 20)[0], again.top(query, 20)[0])


def test_damaged_file_is_a_value_error(tmp_path: Path) -> None:
    DenseIndex.build(unit_vectors(20, 0)).save(tmp_path)
    file = tmp_path / "dense.faiss"
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(ValueError, match="damaged"):
        DenseIndex.load(tmp_path)


def test_vectors_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        DenseIndex.build(np.array([[np.nan, 0]], np.float32))
