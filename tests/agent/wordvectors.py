"""An embedder for tests: every word is one token with a direction of its own, nothing is learnt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.embedder import Embedding, TokenMatrix

DIMENSION = 512


class WordEmbedder:
    """Same word, same vector; two words are nearly orthogonal."""

    name = "words/test"
    dimension = DIMENSION

    def embed_one(self, text: str) -> Embedding:
        found = list(re.finditer(r"\w+", text.lower()))
        vectors = np.zeros((len(found), DIMENSION), dtype=np.float32)
        ids = np.zeros(len(found), dtype=np.int32)
        for i, word in enumerate(found):
            seed = int.from_bytes(hashlib.sha256(word.group().encode()).digest()[:4], "big")
            drawn = np.random.default_rng(seed).normal(size=DIMENSION)
            vectors[i] = drawn / np.linalg.norm(drawn)
            ids[i] = 5000 + seed % 20000
        offsets = np.asarray([m.span() for m in found], dtype=np.int32).reshape(-1, 2)
        pooled = vectors.mean(axis=0) if len(found) else np.zeros(DIMENSION, dtype=np.float32)
        return Embedding(pooled, TokenMatrix(ids, offsets, vectors))

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [self.embed_one(t) for t in texts]
