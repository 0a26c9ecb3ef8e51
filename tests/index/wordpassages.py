"""Passages for tests, and an embedder without a model: a word is a fixed random vector, a text the
mean of its words.

Invariant: the same word has the same vector in every text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from corpus.schema import Source
from index.embedder import Embedding, Floats, TokenMatrix
from index.snapshot import IndexedChunk, Snapshot, embed_chunks, snapshot_of

DIMENSION = 32


class WordEmbedder:
    """Ids are above 1996, so that a word's rarity is that of BERT's whole words."""

    name = "words"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [self.embed_one(text) for text in texts]

    def embed_one(self, text: str) -> Embedding:
        found = list(re.finditer(r"\w+|[^\w\s]", text))
        ids = np.array([_word_id(m.group().lower()) for m in found], np.int32)
        offsets = np.array([m.span() for m in found], np.int32).reshape(-1, 2)
        vectors = np.array([_vector(int(i)) for i in ids], np.float32).reshape(-1, DIMENSION)
        total = vectors.sum(axis=0)
        pooled = total / max(float(np.linalg.norm(total)), 1e-9)
        return Embedding(pooled.astype(np.float32), TokenMatrix(ids, offsets, vectors))


def passage(
    rowid: int,
    text: str,
    document: str = "",
    heading: str = "",
    source: Source = "user",
    topics: tuple[str, ...] = (),
) -> IndexedChunk:
    """A passage that is a document of its own unless `document` is given."""
    name = document or f"d{rowid}"
    return IndexedChunk(
        rowid, name, f"/{name}.md", "", source, topics, heading, "prose", 0, len(text), text
    )


def indexed(chunks: Sequence[IndexedChunk]) -> Snapshot:
    """The passages in a snapshot made with the `WordEmbedder`."""
    return snapshot_of(chunks, embed_chunks(WordEmbedder(), chunks), DIMENSION)


def _word_id(word: str) -> int:
    return 2000 + int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % 28000


def _vector(word: int) -> Floats:
    vector = np.random.default_rng(word).normal(size=DIMENSION).astype(np.float32)
    unit: Floats = vector / np.linalg.norm(vector)
    return unit
