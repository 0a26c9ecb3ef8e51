"""Late interaction: how well, and where, one text speaks to another, token by token.

Each query token is matched with its most similar token of the passage (MaxSim; Khattab and Zaharia
2020, "ColBERT") and weighted by how rare it is. Search ranks passages with it, and the grader
aligns an answer to a key point with it. Invariant: pure functions of their arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedder import Floats, Ints, TokenMatrix

_FIRST_WORD = 1996  # ids of BERT's vocabulary from "the" on are sorted by corpus frequency
_VOCABULARY = 30522


@dataclass(frozen=True, slots=True)
class Alignment:
    """`score` is the weighted mean of `similarity` [n]; `match` [n] is the index of each query
    token's best passage token; `weights` [n] are the query tokens' weights."""

    score: float
    similarity: Floats
    match: npt.NDArray[np.int64]
    weights: Floats


def background_idf(ids: Ints) -> Floats:
    """Rarity of word pieces, about 0 for "the" to 1 for the rarest, float32 [n].

    BERT's vocabulary is sorted by frequency from id 1996 on, so by Zipf's law the logarithm of the
    rank estimates inverse document frequency without a corpus. Punctuation and single characters
    (lower ids) count as the most frequent.
    """
    rank = np.clip(ids.astype(np.float64) - _FIRST_WORD, 0, None) + 1
    idf: Floats = (np.log(rank) / np.log(_VOCABULARY - _FIRST_WORD)).astype(np.float32)
    return idf


def align(query: TokenMatrix, passage: TokenMatrix, weights: Floats) -> Alignment:
    """Match every token of `query` to `passage`. `weights` [len(query)], not negative.

    The score is 0 where either side is empty or no token has weight.
    """
    n = len(query)
    if n == 0 or len(passage) == 0:
        zero = np.zeros(n, dtype=np.float32)
        return Alignment(0.0, zero, np.zeros(n, dtype=np.int64), weights)
    table = query.vectors @ passage.vectors.T
    match = table.argmax(axis=1)
    similarity: Floats = table[np.arange(n), match]
    total = float(weights.sum())
    score = float((similarity * weights).sum() / total) if total > 0 else 0.0
    return Alignment(score, similarity, match, weights)
