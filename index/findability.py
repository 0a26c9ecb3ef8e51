"""What search says of a question bank: questions that ask nearly the same, and questions whose own
reference it does not find.

Invariant: nothing is stored; the same bank and index give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.schema import Question
from index.embedder import Embedder
from index.search import ANY, Filters, Hit, Searcher

AMONG = 5  # passages


@dataclass(frozen=True, slots=True)
class Alike:
    """Two questions and the cosine of their embeddings."""

    first: Question
    second: Question
    cosine: float


def most_alike(questions: Sequence[Question], embedder: Embedder, count: int) -> tuple[Alike, ...]:
    """The `count` pairs of questions that are most alike, the most alike first."""
    if len(questions) < 2:
        return ()
    pooled = np.stack([e.pooled for e in embedder.embed([q.question for q in questions])])
    table = np.triu(pooled @ pooled.T, k=1)
    order = np.argsort(-table, axis=None, kind="stable")[:count]
    pairs = zip(*np.unravel_index(order, table.shape), strict=True)
    return tuple(
        Alike(questions[i], questions[j], float(table[i, j])) for i, j in pairs if table[i, j] > 0
    )


def not_found(
    questions: Sequence[Question], searcher: Searcher, filters: Filters = ANY
) -> Iterator[Question]:
    """The questions none of whose reference is among the first `AMONG` passages found for them.

    A question without a reference has nothing to be found.
    """
    for question in questions:
        if question.reference is None:
            continue
        hits = searcher.search(question.question, k=AMONG, filters=filters).hits
        if not any(_holds(hit, question) for hit in hits):
            yield question


def _holds(hit: Hit, question: Question) -> bool:
    return question.reference is not None and any(
        hit.document_id == span.document_id and hit.start < span.end and span.start < hit.end
        for span in question.reference.spans
    )
