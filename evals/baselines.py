"""What search has to beat: the usual stack, and each of its own parts alone.

Invariant: every system sees the same documents and queries, and ranks documents by their best
passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.schema import Document
from evals.corpora import (
    CorpusFileError,
    Query,
    chunk_documents,
    glossary_queries,
    is_answer_sentences,
    is_beir,
    is_development,
    read_answer_sentences,
    read_beir,
    read_folder,
    snapshot,
)
from evals.retrieval import DEPTH, Evaluation, Found, System, evaluate, searcher_system
from index import fusion
from index.dense import DenseIndex
from index.embedder import Embedder
from index.ranking import FEATURES, Ranker
from index.search import Searcher
from index.snapshot import IndexedChunk, Snapshot

_SIZE = 1_000  # characters
_OVERLAP = 100
_SEPARATORS = ("\n\n", "\n", " ", "")


def split_recursively(text: str, separators: Sequence[str] = _SEPARATORS) -> Iterator[str]:
    """Cut a text the usual way: at the coarsest separator that gives pieces of `_SIZE` characters
    at most, neighbours joined up to that size with some overlap."""
    first, *finer = separators
    pieces = text.split(first) if first else list(text)
    held: list[str] = []
    for piece in pieces:
        if len(piece) > _SIZE:
            if held:
                yield first.join(held)
            held = []
            yield from split_recursively(piece, finer)
            continue
        if held and len(first.join([*held, piece])) > _SIZE:
            yield first.join(held)
            while held and len(first.join([*held, piece])) > _SIZE - len(piece):
                if len(first.join(held)) <= _OVERLAP:
                    break
                held.pop(0)
            if held and len(first.join([*held, piece])) > _SIZE:
                held = []
        held.append(piece)
    if held:
        yield first.join(held)


def usual_stack(documents: Sequence[Document], embedder: Embedder) -> System:
    """Pieces of 1,000 characters, pooled vectors, FAISS."""
    pieces = [(d.path, piece) for d in documents for piece in split_recursively(d.text)]
    texts = [piece for _, piece in pieces if piece.strip()]
    paths = [path for path, piece in pieces if piece.strip()]
    index = DenseIndex.build(np.array([e.pooled for e in embedder.embed(texts)], np.float32))

    def search(text: str) -> Found:
        rows, cosines = index.top(embedder.embed_one(text).pooled, len(index))
        return _found([paths[row] for row in rows], cosines.astype(np.float64))

    return search


def late_alone(passages: Snapshot, embedder: Embedder) -> System:
    """Late interaction with each passage by itself, over all passages."""
    ranker = Ranker(passages)
    rows = np.arange(len(passages))
    column = FEATURES.index("late")

    def search(text: str) -> Found:
        lexical = passages.lexical.read(text)
        scores = ranker.features(text, embedder.embed_one(text), lexical, rows)[:, column]
        return _ordered(passages, scores)

    return search


def convex_mix(passages: Snapshot, embedder: Embedder) -> System:
    """BM25 and cosine in equal shares, over all passages."""
    rows = np.arange(len(passages))

    def search(text: str) -> Found:
        lexical = passages.lexical.read(text).scores.astype(np.float64)
        dense = passages.dense.cosines(embedder.embed_one(text).pooled, rows).astype(np.float64)
        return _ordered(passages, fusion.convex(lexical, dense, 0.5))

    return search


def systems(
    chunks: Sequence[IndexedChunk], documents: Sequence[Document], embedder: Embedder
) -> dict[str, System]:
    """All systems over the same corpus, the product's last."""
    passages = snapshot(chunks, embedder)
    searcher = Searcher(passages, embedder)
    usual = {"usual stack": usual_stack(documents, embedder)} if documents else {}
    return usual | {
        "dense alone": searcher_system(searcher, "dense"),
        "BM25 alone": searcher_system(searcher, "lexical"),
        "convex mix": convex_mix(passages, embedder),
        "late interaction alone": late_alone(passages, embedder),
        "hybrid": searcher_system(searcher, "hybrid"),
    }


def compare(folder: Path, embedder: Embedder) -> dict[str, Evaluation]:
    """All systems on a BEIR-style folder, on a file of questions with candidate sentences, or our
    own queries on the glossary's folder.

    On the latter the names of the systems say which half of the queries they were asked.
    """
    if is_beir(folder) or is_answer_sentences(folder):
        chunks, queries = (read_beir if is_beir(folder) else read_answer_sentences)(folder)
        built = systems(chunks, (), embedder)
        return {name: evaluate(system, queries) for name, system in built.items()}
    documents = read_folder(folder)
    asked = glossary_queries(folder)
    if not {d.path for d in documents} & {path for q in asked for path in q.relevant}:
        raise CorpusFileError(
            f"{folder} holds nothing that search can be measured on: neither corpus.jsonl and "
            "qrels.tsv, nor questions with candidate sentences, nor the articles of our queries"
        )
    built = systems(chunk_documents(documents), documents, embedder)
    halves: dict[str, list[Query]] = {
        "dev": [q for q in asked if is_development(q)],
        "test": [q for q in asked if not is_development(q)],
    }
    return {
        f"{name}, {half}": evaluate(system, queries)
        for name, system in built.items()
        for half, queries in halves.items()
    }


def _ordered(passages: Snapshot, scores: fusion.Doubles) -> Found:
    order = np.lexsort((np.arange(len(scores)), -scores))
    return _found([passages.chunks[row].path for row in order], scores[order])


def _found(paths: Sequence[str], scores: fusion.Doubles) -> Found:
    best = tuple(dict.fromkeys(paths))[:DEPTH]
    return Found(best, float(scores[0]) if len(scores) else 0.0)
