"""Search: FAISS and BM25 find candidate passages, late interaction and its company rank them.

Invariant: the same query on the same snapshot gives the same results; ties go to the passage that
stands first; every hit's quote is its document's text from `start` to `end`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from corpus.schema import Source, Span
from index import fusion
from index.dense import Mask, Rows
from index.embedder import Embedder, Embedding
from index.fusion import Doubles
from index.lexical import LexicalQuery
from index.ranking import Ranker
from index.snapshot import IndexedChunk, Snapshot
from index.weakness import is_weak

Mode = Literal["hybrid", "dense", "lexical"]
By = Literal["passage", "document"]
Ranking = tuple[Rows, Doubles]  # rows, best first, and their scores in [0, 1]

CANDIDATES = 50  # from each of FAISS and BM25
READ_CHARACTERS = 16_000  # of a longer query, that many are read, in windows from all over it
_WINDOW = 1_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score`: how likely it is to answer, in [0, 1], comparable between
    queries (in the raw modes: its cosine, or its share of the best possible BM25 score)."""

    document_id: str
    path: str
    heading: str
    start: int
    end: int
    quote: str
    score: float

    @property
    def span(self) -> Span:
        """The passage, to be cited."""
        return Span(self.document_id, self.path, self.start, self.end, self.quote)


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, best first. `weak` says that none of it is likely to answer."""

    weak: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; None means any. Topics are compared without case."""

    source: Source | None = None
    document_ids: frozenset[str] | None = None
    topic: str | None = None

    def admits(self, chunk: IndexedChunk) -> bool:
        """Whether a passage may be found."""
        if self.source is not None and chunk.source != self.source:
            return False
        if self.document_ids is not None and chunk.document_id not in self.document_ids:
            return False
        wanted = self.topic.casefold() if self.topic is not None else None
        return wanted is None or wanted in (topic.casefold() for topic in chunk.topics)

    @property
    def any(self) -> bool:
        """Whether nothing is filtered out."""
        return self.source is None and self.document_ids is None and self.topic is None


ANY = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A query as the indexes read it; `allowed` bool [n] are the passages that may be found."""

    text: str
    embedding: Embedding
    lexical: LexicalQuery
    allowed: Mask | None


class Searcher:
    """Searches the passages of a snapshot, or of whatever snapshot is current. Thread-safe."""

    def __init__(self, snapshot: Snapshot | Callable[[], Snapshot], embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._known: tuple[Snapshot, Ranker] | None = None

    def search(
        self,
        text: str,
        k: int = 10,
        mode: Mode = "hybrid",
        by: By = "passage",
        filters: Filters = ANY,
    ) -> Results:
        """The `k` best passages, or the best passage of each of the `k` best documents.

        Raises ValueError for a `k` below 1. An empty query, or one against no passages, finds
        nothing and is weak.
        """
        if k < 1:
            raise ValueError(f"k is {k}; ask for at least one passage")
        snapshot, ranker = self._ranker()
        allowed = None if filters.any else _mask(snapshot, filters)
        available = len(snapshot) if allowed is None else int(allowed.sum())
        if not text.strip() or not available:
            return Results(True, ())
        text = _readable(text)
        query = Query(text, self._embedder.embed_one(text), snapshot.lexical.read(text), allowed)
        depth = max(CANDIDATES, k)
        while True:
            rows, scores = _RANKINGS[mode](snapshot, ranker, query, depth)
            places = _best(snapshot, rows, k) if by == "document" else list(range(len(rows)))[:k]
            # A document of many passages can fill the front; others are further down.
            if by == "passage" or len(places) == k or depth >= available:
                break
            depth *= 4
        chances = scores[places]
        if mode != "hybrid":
            chances = fusion.probability(_evidence(ranker, query, rows[places]))
        hits = tuple(_hit(snapshot.chunks[rows[i]], scores[i]) for i in places)
        return Results(is_weak(chances), hits)

    def _ranker(self) -> tuple[Snapshot, Ranker]:
        given = self._snapshot
        snapshot = given if isinstance(given, Snapshot) else given()
        known = self._known
        if known is None or known[0] is not snapshot:
            known = (snapshot, Ranker(snapshot))
            self._known = known
        return known


def candidates(snapshot: Snapshot, query: Query, depth: int) -> Rows:
    """The rows that are worth ranking, ascending: the `depth` best of FAISS and of BM25."""
    dense, _ = snapshot.dense.top(query.embedding.pooled, depth, query.allowed)
    lexical, _ = query.lexical.top(depth, query.allowed)
    return np.union1d(dense, lexical)


def _hybrid(snapshot: Snapshot, ranker: Ranker, query: Query, depth: int) -> Ranking:
    rows = candidates(snapshot, query, depth)
    evidence = _evidence(ranker, query, rows)
    order = np.lexsort((rows, -evidence))
    return rows[order], fusion.probability(evidence[order])


def _evidence(ranker: Ranker, query: Query, rows: Rows) -> Doubles:
    return fusion.evidence(ranker.features(query.text, query.embedding, query.lexical, rows))


def _dense(snapshot: Snapshot, _: Ranker, query: Query, depth: int) -> Ranking:
    rows, cosines = snapshot.dense.top(query.embedding.pooled, depth, query.allowed)
    return rows, np.clip(cosines.astype(np.float64), 0, 1)


def _lexical(_: Snapshot, __: Ranker, query: Query, depth: int) -> Ranking:
    rows, scores = query.lexical.top(depth, query.allowed)
    return rows, np.clip(scores.astype(np.float64) / max(query.lexical.ceiling, 1e-9), 0, 1)


_RANKINGS: dict[Mode, Callable[[Snapshot, Ranker, Query, int], Ranking]] = {
    "hybrid": _hybrid,
    "dense": _dense,
    "lexical": _lexical,
}


def _mask(snapshot: Snapshot, filters: Filters) -> Mask:
    return np.array([filters.admits(chunk) for chunk in snapshot.chunks], dtype=bool)


def _readable(text: str) -> str:
    """A query cut to `READ_CHARACTERS`: windows spread evenly over it, joined by line breaks."""
    if len(text) <= READ_CHARACTERS:
        return text
    count = READ_CHARACTERS // _WINDOW
    starts = np.linspace(0, len(text) - _WINDOW, count).astype(int)
    return "\n".join(text[start : start + _WINDOW] for start in starts)


def _best(snapshot: Snapshot, rows: Rows, k: int) -> list[int]:
    """The places of the first passage of each document, `k` documents at most."""
    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        first.setdefault(snapshot.chunks[row].document_id, place)
        if len(first) == k:
            break
    return list(first.values())


def _hit(chunk: IndexedChunk, score: float) -> Hit:
    return Hit(
        document_id=chunk.document_id,
        path=chunk.path,
        heading=chunk.heading,
        start=chunk.start,
        end=chunk.end,
        quote=chunk.text,
        score=float(score),
    )
