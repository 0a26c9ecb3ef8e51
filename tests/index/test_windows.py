"""Long texts: no token is dropped, each takes its vector from a window that holds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from index.embedder import TransformerEmbedder
from index.windows import WINDOW, borders, windows


@given(st.integers(0, 5 * WINDOW))
def test_every_token_lies_between_borders_of_a_window_that_holds_it(count: int) -> None:
    pieces = list(windows(0, list(range(count))))
    limits = borders(pieces, count)
    assert (limits[0], limits[-1]) == (0, count)
    assert all(len(piece.ids) <= WINDOW for piece in pieces)
    for piece, low, high in zip(pieces, limits, limits[1:], strict=False):
        assert piece.first <= low <= high <= piece.first + len(piece.ids)
        assert piece.ids == list(range(piece.first, piece.first + len(piece.ids)))


@given(st.integers(WINDOW + 1, 5 * WINDOW))
def test_tokens_far_from_the_ends_have_context_on_both_sides(count: int) -> None:
    pieces = list(windows(0, list(range(count))))
    limits = borders(pieces, count)
    for piece, low, high in zip(pieces[1:-1], limits[1:-1], limits[2:-1], strict=False):
        assert low - piece.first >= 16
        assert piece.first + len(piece.ids) - high >= 16


@pytest.mark.slow
def test_the_end_of_a_long_text_is_read(embedder: TransformerEmbedder) -> None:
    filler = "The river runs past the mill and the mill grinds the corn. " * 40
    ends = [embedder.embed_one(filler + end) for end in ("A GPU has warps.", "Tea is hot.")]
    assert all(len(e.tokens) > 2 * WINDOW for e in ends)
    assert not np.allclose(ends[0].tokens.vectors[-4:], ends[1].tokens.vectors[-4:], atol=0.05)
    text = filler + "A GPU has warps."
    start, end = ends[0].tokens.offsets[-2]
    assert text[start:end] in text[-8:]


@pytest.mark.slow
def test_a_text_alone_gives_the_same_bytes_again(embedder: TransformerEmbedder) -> None:
    first = embedder.embed_one("the caller owns the workspace")
    embedder.embed(["another", "text " * 300])
    second = embedder.embed_one("the caller owns the workspace")
    assert first.tokens.vectors.tobytes() == second.tokens.vectors.tobytes()
    assert first.pooled.tobytes() == second.pooled.tobytes()


@pytest.mark.slow
def test_an_encoder_in_use_leaves_one_thread_to_the_products_of_numpy(
    embedder: TransformerEmbedder,
) -> None:
    embedder.embed_one("ready")
    libraries = [lib for lib in threadpool_info() if lib["user_api"] == "blas"]
    assert all(lib["num_threads"] == 1 for lib in libraries)


@pytest.mark.slow
def test_many_texts_at_a_time_are_read_as_each_alone(embedder: TransformerEmbedder) -> None:
    words = "the caller owns the workspace and frees it after the last call".split()
    texts = [" ".join(words[: n % 12 + 1] * (n % 7 + 1)) for n in range(40)]
    for text, together in zip(texts, embedder.embed(texts), strict=True):
        alone = embedder.embed_one(text)
        assert together.tokens.vectors.tobytes() == alone.tokens.vectors.tobytes()
        assert together.pooled.tobytes() == alone.pooled.tobytes()
