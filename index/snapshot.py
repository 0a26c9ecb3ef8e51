"""One immutable generation of the index: its passages and the three ways to find them.

Invariant: passage `i` of `chunks` is row `i` of the dense index, of the lexical index and of the
token table; a folder whose rows do not belong to the given chunks is refused, never half used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.schema import Chunk, ChunkKind, Document, Source
from index.dense import DenseIndex
from index.embedder import Embedder, Embedding
from index.lexical import LexicalIndex
from index.passage import read
from index.tokens import PackedEmbedding, TokenTable, pack


class StaleSnapshotError(Exception):
    """A saved generation does not belong to these passages; it has to be built again."""


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A passage as search sees it; ``text == document.text[start:end]``.

    `rowid` is the passage's key in the database, unique within a snapshot; `topics` are the topics
    of the document and its questions, for filtering.
    """

    rowid: int
    document_id: str
    path: str
    title: str
    source: Source
    topics: tuple[str, ...]
    heading: str
    kind: ChunkKind
    start: int
    end: int
    text: str

    @classmethod
    def of(
        cls, rowid: int, document: Document, chunk: Chunk, topics: tuple[str, ...] = ()
    ) -> IndexedChunk:
        """The passage made of a chunk and the document it stands in."""
        return cls(
            rowid=rowid,
            document_id=document.id,
            path=document.path,
            title=document.title,
            source=document.source,
            topics=topics,
            heading=chunk.heading,
            kind=chunk.kind,
            start=chunk.start,
            end=chunk.end,
            text=chunk.text,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Passages and their indexes, all of the same length and order."""

    chunks: tuple[IndexedChunk, ...]
    dense: DenseIndex
    lexical: LexicalIndex
    tokens: TokenTable

    def __len__(self) -> int:
        return len(self.chunks)

    @classmethod
    def build(
        cls, chunks: Sequence[IndexedChunk], packed: Sequence[PackedEmbedding], dimension: int
    ) -> Snapshot:
        """Index these passages. Raises ValueError where the lengths differ or a rowid is double."""
        if len(chunks) != len(packed):
            raise ValueError(f"{len(chunks)} passages, but {len(packed)} embeddings")
        if len({c.rowid for c in chunks}) != len(chunks):
            raise ValueError("two passages have the same rowid")
        pooled = np.zeros((len(packed), dimension), np.float32)
        for row, embedding in enumerate(packed):
            pooled[row] = embedding.pooled
        return cls(
            tuple(chunks),
            DenseIndex.build(pooled),
            LexicalIndex.build([read(c.title, c.heading, c.text).text for c in chunks]),
            TokenTable.of(packed, dimension),
        )

    def save(self, folder: Path) -> None:
        """Write the generation's files into `folder`, which exists and is empty."""
        np.save(folder / "rowids.npy", _rowids(self.chunks), allow_pickle=False)
        self.dense.save(folder)
        self.lexical.save(folder)
        self.tokens.save(folder)

    @classmethod
    def load(cls, folder: Path, chunks: Sequence[IndexedChunk]) -> Snapshot:
        """Read a generation that was saved for these passages, in this order.

        Raises StaleSnapshotError where the passages are others, or a file is missing or damaged.
        """
        try:
            rowids = np.load(folder / "rowids.npy", allow_pickle=False)
            dense = DenseIndex.load(folder)
            lexical = LexicalIndex.load(folder)
            tokens = TokenTable.load(folder)
        except (OSError, ValueError, KeyError, RuntimeError, EOFError) as error:
            raise StaleSnapshotError(f"the index in {folder} cannot be read: {error}") from error
        if not np.array_equal(rowids, _rowids(chunks)):
            raise StaleSnapshotError(f"the index in {folder} was built for other passages")
        if not len(dense) == len(lexical) == len(tokens) == len(chunks):
            raise StaleSnapshotError(f"the files of the index in {folder} do not belong together")
        return cls(tuple(chunks), dense, lexical, tokens)


def embed_chunks(embedder: Embedder, chunks: Sequence[IndexedChunk]) -> list[Embedding]:
    """Embed passages as search reads them: with their title and headings, without link targets.

    Token offsets point into ``chunk.text``; tokens of the title and headings have offsets −1.
    """
    readings = [read(c.title, c.heading, c.text) for c in chunks]
    embeddings = embedder.embed([r.text for r in readings])
    return [r.restore(e) for r, e in zip(readings, embeddings, strict=True)]


def snapshot_of(
    chunks: Sequence[IndexedChunk], embeddings: Sequence[Embedding], dimension: int | None = None
) -> Snapshot:
    """A snapshot in memory. `dimension` is needed only where there are no passages."""
    if dimension is None:
        dimension = len(embeddings[0].pooled) if embeddings else 1
    return Snapshot.build(chunks, [pack(e) for e in embeddings], dimension)


def _rowids(chunks: Sequence[IndexedChunk]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([c.rowid for c in chunks], dtype=np.int64)
