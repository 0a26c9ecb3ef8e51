"""Passages that share words with a query: BM25 over stemmed words (bm25s), stop words left out.

Invariant: row `i` is passage `i`; a query is read by the same `words` as the passages were.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.dense import Mask, Rows
from index.embedder import Floats

K1 = 1.2
B = 0.75
MAX_WORDS = 64  # of one query
_FOLDER = "lexical"
_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are aren as at be because been before being
    both but by can could couldn d did didn do does doesn doing don done down during each either
    etc even ever every few for from further gets get getting give go goes going got had hadn has
    hasn have haven having he her here hers herself him himself his how i if in into is isn it its
    itself just kind know let like ll look lot m made make makes many may maybe me might mine more
    most much must my myself need no nor not now of off oh ok okay on once one only or other ought
    our ours ourselves out over own please quite rather re really s said same say says see seem
    seems shall she should shouldn so some something somehow sort still such sure t tell than that
    the their theirs them themselves then there these they thing things think this those though
    through to too under until up us use used uses using ve very want was wasn way we well were
    weren what whatever when where whether which while who whom whose why will with without won
    would wouldn yes yet you your yours yourself yourselves explain describe mean means called
    """.split()
)


@functools.cache
def _stemmer() -> Callable[[list[str]], list[str]]:
    import Stemmer

    stem: Callable[[list[str]], list[str]] = Stemmer.Stemmer("english").stemWords
    return stem


def words(text: str) -> list[str]:
    """The stemmed words of a text in order, lower case, without stop words.

    Names joined by "_", "." or "-" count as their parts.
    """
    found = [w for w in _WORD.findall(text.lower()) if w not in STOP_WORDS]
    return _stemmer()(found)


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """A query's words against all passages: `table` float32 [words, n] is each word's part in each
    passage's BM25 score; no passage can exceed `ceiling`, to which unknown words count too."""

    table: Floats
    ceiling: float

    @property
    def scores(self) -> Floats:
        """The BM25 score of every passage, float32 [n]."""
        scores: Floats = self.table.sum(axis=0)
        return scores

    def top(self, k: int, allowed: Mask | None = None) -> tuple[Rows, Floats]:
        """The `k` rows of highest score, best first (ties: lower row first); none scores 0."""
        scores = self.scores
        rows = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
        order = np.lexsort((rows, -scores[rows]))[: max(k, 0)]
        return rows[order].astype(np.int64), scores[rows[order]]


class LexicalIndex:
    """BM25 scores of passages. Immutable once built."""

    def __init__(self, index: Any, count: int) -> None:
        self._index = index  # None where no passage has a word
        self._count = count

    def __len__(self) -> int:
        return self._count

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index texts; they may be none, or empty."""
        import bm25s

        read = [words(text) for text in texts]
        if not any(read):
            return cls(None, len(texts))
        index = bm25s.BM25(k1=K1, b=B, method="lucene", csc_backend="numpy")
        index.index(read, show_progress=False)
        return cls(index, len(texts))

    def read(self, query: str) -> LexicalQuery:
        """Score every passage for every word of a query; a word counts once, however often said.

        Of a query with more than `MAX_WORDS` different words the rarest are read.
        """
        asked = list(dict.fromkeys(words(query)))
        vocabulary: dict[str, int] = self._index.vocab_dict if self._index is not None else {}
        known = [vocabulary.get(word, -1) for word in asked]
        starts = self._index.scores["indptr"] if self._index is not None else np.zeros(1, np.int64)
        counts = np.array([starts[w + 1] - starts[w] if w >= 0 else 0 for w in known], np.float64)
        idf = np.log1p((self._count - counts + 0.5) / (counts + 0.5))
        kept = np.sort(np.argsort(-idf, kind="stable")[:MAX_WORDS])
        table = np.zeros((len(kept), self._count), np.float32)
        for row, word in enumerate(known[i] for i in kept):
            if word >= 0:
                postings = slice(int(starts[word]), int(starts[word + 1]))
                rows = self._index.scores["indices"][postings]
                table[row, rows] = self._index.scores["data"][postings]
        return LexicalQuery(table, float(idf[kept].sum()))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which exists."""
        target = folder / _FOLDER
        target.mkdir()
        np.save(target / "count.npy", np.array(self._count), allow_pickle=False)
        if self._index is not None:
            self._index.save(target, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote. Raises OSError, or ValueError where it is damaged."""
        import bm25s

        source = folder / _FOLDER
        count = int(np.load(source / "count.npy", allow_pickle=False))
        if not (source / "params.index.json").exists():
            return cls(None, count)
        index = bm25s.BM25.load(source, load_corpus=False, show_progress=False)
        if int(index.scores["num_docs"]) != count:
            raise ValueError(f"{source}: {index.scores['num_docs']} passages, not {count}")
        return cls(index, count)
