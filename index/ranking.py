"""What speaks for a passage: late interaction, BM25 and cosine, of itself and in its setting.

Invariant: every feature lies in [−1, 1] and means the same for every query, so that one fixed
linear score (`index.fusion`) orders passages and says how likely they are to answer.

A passage's setting is the passage with its neighbours in the document, up to `SETTING_TOKENS`: a
question may use the words of one paragraph for what the next one explains. Its opening is the
passage that opens its section: that is where things are defined, and two articles that both mention
a term are best told apart by how they begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.dense import Rows
from index.embedder import Embedding, Floats, Ints
from index.late import background_idf
from index.lexical import STOP_WORDS, LexicalQuery

if TYPE_CHECKING:
    from index.snapshot import Snapshot

FEATURES = ("late", "late_setting", "late_opening", "lexical", "lexical_setting", "dense")
SETTING_TOKENS = 400
_LOT_TOKENS = 2048  # about 3 MB of vectors
MAX_QUERY_TOKENS = 192  # matched of one query: bounds the time of a long one


class Ranker:
    """Computes the features of passages of one snapshot. Thread-safe: nothing changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._idf = _piece_idf(snapshot)
        self._low, self._high = _settings(snapshot)
        self._opening = _openings(snapshot)

    def weights(self, text: str, query: Embedding) -> Floats:
        """How much each query token counts, float32 [tokens]: its rarity among the passages plus
        its rarity in the language; stop words and punctuation count only where nothing else is
        asked."""
        ids = query.tokens.ids
        rarity = background_idf(ids) + self._rarity(ids)
        content = np.array([_is_content(text, int(a), int(b)) for a, b in query.tokens.offsets])
        if not content.any():
            return rarity
        return np.where(content, rarity, 0).astype(np.float32)

    def features(
        self, text: str, query: Embedding, lexical: LexicalQuery, rows: Rows
    ) -> npt.NDArray[np.float64]:
        """The features of these passages, float64 [len(rows), len(FEATURES)]."""
        if not len(rows):
            return np.zeros((0, len(FEATURES)))
        weights = self.weights(text, query)
        kept = _heaviest(weights, query.tokens.ids)
        vectors, weights = query.tokens.vectors[kept], weights[kept]
        low, high = self._low[rows], self._high[rows]
        opening = self._opening[rows]
        settings = [np.arange(a, b) for a, b in zip(low, high, strict=True)]
        around = np.unique(np.concatenate([*settings, opening]))
        best = self._max_similarity(vectors, around)  # [tokens, around]
        share = weights / max(float(weights.sum()), 1e-9)
        alone = _mean(share, best)
        place = np.searchsorted(around, rows)
        # All rows of a setting are in `around`, so they stand side by side there.
        first, last = np.searchsorted(around, low), np.searchsorted(around, high)
        in_setting = np.stack(
            [best[:, a:b].max(axis=1) for a, b in zip(first, last, strict=True)], axis=1
        )
        ceiling = max(lexical.ceiling, 1e-9)
        words_in_setting = [
            float(lexical.table[:, a:b].max(axis=1).sum()) for a, b in zip(low, high, strict=True)
        ]
        return np.stack(
            [
                alone[place],
                _mean(share, in_setting),
                alone[np.searchsorted(around, opening)],
                lexical.table[:, rows].sum(axis=0) / ceiling,
                np.array(words_in_setting) / ceiling,
                self._snapshot.dense.cosines(query.pooled, rows),
            ],
            axis=1,
        ).astype(np.float64)

    def _rarity(self, ids: npt.NDArray[np.int32]) -> Floats:
        known = ids < len(self._idf)
        rarity: Floats = np.ones(len(ids), np.float32)
        rarity[known] = self._idf[ids[known]]
        return rarity

    def _max_similarity(self, vectors: Floats, passages: Rows) -> Floats:
        """The similarity of each query token to its best match in each passage, float32 [t, p]."""
        table = self._snapshot.tokens
        starts, ends = table.bounds[passages], table.bounds[passages + 1]
        result = np.zeros((len(vectors), len(passages)), np.float32)
        for lot in _lots(ends - starts):
            rows = np.concatenate([np.arange(starts[i], ends[i]) for i in lot])
            # reduceat takes the start of each passage's run of columns; none may be empty
            runs = np.concatenate([[0], np.cumsum((ends - starts)[lot])[:-1]])
            similarity = vectors @ table.codes[rows].astype(np.float32).T
            similarity *= table.scales[rows]
            result[:, lot] = np.maximum.reduceat(similarity, runs, axis=1)
        return result


def _mean(share: Floats, similarity: Floats) -> Floats:
    """The mean over the query's tokens by their shares, float32 [p] of [t] and [t, p].

    Not `share @ similarity`: with five tokens and AVX-512, OpenBLAS (0.3.31) reads lanes that
    nobody has filled. It leaves them out of the result, but what lies there can look like an
    invalid number, and NumPy then warns of one.
    """
    mean: Floats = np.einsum("t,tp->p", share, similarity)
    return mean


def _heaviest(weights: Floats, ids: Ints) -> Rows:
    """The tokens to match: those with weight, at most `MAX_QUERY_TOKENS`, in order. Of a longer
    query the heaviest, but every word once before any word twice."""
    again = np.ones(len(ids), dtype=bool)
    again[np.unique(ids, return_index=True)[1]] = False
    kept = np.sort(np.lexsort((-weights, again))[:MAX_QUERY_TOKENS])
    heaviest: Rows = kept[weights[kept] > 0]
    return heaviest


def _lots(sizes: Rows) -> Iterator[Rows]:
    """The passages that have tokens, in lots of about `_LOT_TOKENS`: what a lot needs fits in the
    processor's cache, which makes this twice as fast as all at once."""
    filled = np.flatnonzero(sizes)
    lots = (np.cumsum(sizes[filled]) - 1) // _LOT_TOKENS
    for lot in np.unique(lots):
        yield filled[lots == lot]


def _is_content(text: str, start: int, end: int) -> bool:
    piece = text[start:end].lower()
    return piece.isalnum() and piece not in STOP_WORDS


def _piece_idf(snapshot: Snapshot) -> Floats:
    """Rarity of word pieces among the passages: 1 for one that none has, about 0 for one that all
    have, float32 [highest id + 1]."""
    table = snapshot.tokens
    if not len(table.ids):
        return np.zeros(0, np.float32)
    passage = np.repeat(np.arange(len(table)), np.diff(table.bounds))
    pairs = np.unique(np.stack([np.asarray(table.ids, np.int64), passage]), axis=1)
    frequency = np.bincount(pairs[0])
    n = len(table)
    idf = np.log((n + 1) / (frequency + 0.5)) / np.log((n + 1) / 0.5)
    rarity: Floats = np.clip(idf, 0, 1).astype(np.float32)
    return rarity


def _settings(snapshot: Snapshot) -> tuple[Rows, Rows]:
    """The first row and the row after the last of each passage's setting."""
    documents = [chunk.document_id for chunk in snapshot.chunks]
    sizes = np.diff(snapshot.tokens.bounds)
    low, high = np.arange(len(documents)), np.arange(len(documents)) + 1
    for row, document in enumerate(documents):
        total, grew = int(sizes[row]), True
        while grew:
            grew = False
            for beyond in (int(high[row]), int(low[row]) - 1):  # what follows comes first
                if not 0 <= beyond < len(documents) or documents[beyond] != document:
                    continue
                if total + sizes[beyond] > SETTING_TOKENS:
                    continue
                total, grew = total + int(sizes[beyond]), True
                low[row], high[row] = min(low[row], beyond), max(high[row], beyond + 1)
    return low.astype(np.int64), high.astype(np.int64)


def _openings(snapshot: Snapshot) -> Rows:
    """The row of the passage that opens each passage's section (or document, where it has none)."""
    places = [(chunk.document_id, chunk.heading) for chunk in snapshot.chunks]
    opening = np.arange(len(places), dtype=np.int64)
    for row in range(1, len(places)):
        if places[row] == places[row - 1]:
            opening[row] = opening[row - 1]
    return opening
