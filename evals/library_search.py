"""Does each question of the bundled library find the prose of its key points?

One case: "What is a warp?" must find the passages that its key points quote, among the ten first.
Invariant: a passage is right when a quote of the question's key points stands in it, and the three
ways of search are asked the same questions over the same passages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.schema import Question
from evals.corpora import Query
from evals.result import Result
from evals.retrieval import DEPTH, Found, System, evaluate
from evals.retrieval_result import as_result
from index.search import Filters, Mode, Searcher

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from index.snapshot import IndexedChunk

MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
_LIBRARY = Filters(source="library")


def run_library(
    workspace: Workspace, most: int | None = None, modes: Sequence[Mode] = MODES
) -> Result:
    """Ask the library's questions, or `most` of them drawn by a hash of their ids."""
    searcher = workspace.searcher()
    passages = [c for c in workspace.store.chunks() if c.source == "library"]
    queries = list(_queries(workspace.questions(source="library"), passages))
    if most is not None:
        queries = sorted(queries, key=lambda q: hashlib.sha256(q.id.encode()).digest())[:most]
    measured = {str(mode): evaluate(_system(searcher, mode), queries) for mode in modes}
    return as_result("library", "each question must find the prose of its key points", measured)


def _queries(questions: Sequence[Question], passages: Sequence[IndexedChunk]) -> Iterator[Query]:
    for question in questions:
        spans = [point.span for point in question.key_points if point.span is not None]
        relevant = frozenset(
            _key(passage.document_id, passage.start)
            for passage in passages
            for span in spans
            if passage.document_id == span.document_id
            and passage.start < span.end
            and span.start < passage.end
        )
        if relevant:
            yield Query(question.id, question.question, relevant, question.topic)


def _system(searcher: Searcher, mode: Mode) -> System:
    def search(text: str) -> Found:
        hits = searcher.search(text, DEPTH, mode, filters=_LIBRARY).hits
        keys = tuple(_key(hit.document_id, hit.start) for hit in hits)
        return Found(keys, hits[0].score if hits else 0.0)

    return search


def _key(document_id: str, start: int) -> str:
    return f"{document_id}@{start}"
