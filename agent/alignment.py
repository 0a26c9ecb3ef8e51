"""Where an answer speaks to a key point, and how well: late interaction over its clauses.

Each word piece of the key point finds its best match in the answer (`index.late.align`), weighted
by its rarity; pieces that the question already gave away count a tenth. Invariant: a passage is a
run of clauses of one answer, and all figures lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from agent.segments import Segment
from index.embedder import Embedding, Floats, TokenMatrix
from index.late import align, background_idf

QUESTION_WEIGHT = 0.1  # of a word piece that stands in the question
MATCHED_FROM = 0.6  # similarity at which a word piece counts as said
_LEAST_WEIGHT = 0.3  # a point made of the question's words alone keeps its plain weights
_GAIN = 0.03  # a neighbouring clause joins the passage if the match grows by this much
_MOST_CLAUSES = 4
NAMES = ("whole", "best", "exact", "precision", "meaning", "matched")


@dataclass(frozen=True, slots=True)
class Side:
    """A text ready to be aligned: its tokens and their weights [n]."""

    embedding: Embedding
    weights: Floats

    @property
    def tokens(self) -> TokenMatrix:
        return self.embedding.tokens


@dataclass(frozen=True, slots=True)
class AnswerSide:
    """An answer: its tokens, their weights, its clauses and the first token of each clause."""

    side: Side
    segments: tuple[Segment, ...]
    first: tuple[int, ...]  # one more than there are segments; the last is the end

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Each sentence as clauses ``low:high`` (high excluded)."""
        numbers = [part.sentence for part in self.segments]
        lows = [i for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n]
        return list(pairwise([*lows, len(numbers)]))

    def tokens(self, low: int, high: int) -> TokenMatrix:
        """The tokens of clauses ``low:high``."""
        return self.side.tokens.part(self.first[low], self.first[high])


@dataclass(frozen=True, slots=True)
class Match:
    """`features` by NAMES; segments `low:high` (high excluded) are the best passage;
    `clauses` is how well each clause alone matches."""

    features: tuple[float, ...]
    low: int
    high: int
    clauses: tuple[float, ...]


def prepare(embedding: Embedding, question_ids: frozenset[int]) -> Side:
    """Weigh the tokens by rarity, less those that the question holds."""
    ids = embedding.tokens.ids
    rarity = background_idf(ids)
    asked = np.fromiter((int(i) in question_ids for i in ids), dtype=bool, count=len(ids))
    weights = np.where(asked, rarity * np.float32(QUESTION_WEIGHT), rarity)
    return Side(embedding, weights if float(weights.sum()) > _LEAST_WEIGHT else rarity)


def prepare_answer(side: Side, segments: tuple[Segment, ...]) -> AnswerSide:
    """Give each clause its tokens; those between two clauses go to the earlier one."""
    starts = side.tokens.offsets[:, 0] if len(side.tokens) else np.zeros(0, dtype=np.int32)
    first = [int(np.searchsorted(starts, s.start)) for s in segments]
    return AnswerSide(side, segments, (*first, len(side.tokens)))


def match(point: Side, answer: AnswerSide) -> Match | None:
    """The best passage of the answer for a point; None where either has no words."""
    if not len(point.tokens) or not len(answer.side.tokens) or not answer.segments:
        return None
    total = max(float(point.weights.sum()), 1e-6)
    table = point.tokens.vectors @ answer.side.tokens.vectors.T
    best = _clause_maxima(table, answer.first)
    weights = point.weights / total
    low, high = _passage(best, weights)
    start, end = answer.first[low], answer.first[high]
    near = table[:, start:end].max(axis=1)
    whole = align(point.tokens, answer.side.tokens, point.weights)
    exact = np.isin(point.tokens.ids, answer.side.tokens.ids)
    features = (
        whole.score,
        float(near @ weights),
        float(exact @ weights),
        _precision(table[:, start:end], answer.side.weights[start:end]),
        _meaning(point, answer.side.tokens.vectors[start:end]),
        float((whole.similarity >= MATCHED_FROM) @ weights),
    )
    return Match(
        tuple(min(1.0, max(0.0, f)) for f in features), low, high, tuple((weights @ best).tolist())
    )


def _clause_maxima(table: Floats, first: tuple[int, ...]) -> Floats:
    """Best similarity of each point token within each clause, float32 [n, clauses]."""
    columns = [
        table[:, a:b].max(axis=1) if b > a else np.zeros(len(table), dtype=np.float32)
        for a, b in pairwise(first)
    ]
    return np.stack(columns, axis=1)


def _passage(best: Floats, weights: Floats) -> tuple[int, int]:
    scores = weights @ best
    low = int(scores.argmax())
    high = low + 1
    now = best[:, low]
    value = float(scores[low])
    while high - low < _MOST_CLAUSES:
        choices = [i for i in (low - 1, high) if 0 <= i < best.shape[1]]
        gains = [(float(weights @ np.maximum(now, best[:, i])) - value, -i) for i in choices]
        if not gains or max(gains)[0] < _GAIN:
            break
        gain, negative = max(gains)
        low, high = min(low, -negative), max(high, 1 - negative)
        now = np.maximum(now, best[:, -negative])
        value += gain
    return low, high


def _precision(table: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float(table.max(axis=0) @ weights) / total if total > 0 else 0.0


def _meaning(point: Side, passage: Floats) -> float:
    left = point.tokens.vectors.mean(axis=0)
    right = passage.mean(axis=0)
    length = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / length if length > 0 else 0.0
