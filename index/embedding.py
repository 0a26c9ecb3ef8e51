"""Passages to stored embeddings, many documents at once, and again when the model changes.

Invariant: memory stays bounded: passages are embedded in lots, and packed before the next lot.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.schema import Digest
from index.embedder import Embedder
from index.snapshot import IndexedChunk, embed_chunks
from index.store import Store
from index.tokens import PackedEmbedding, pack

LOT = 256  # passages embedded at once: small documents share batches


def embed_digests(embedder: Embedder, digests: Sequence[Digest]) -> list[list[PackedEmbedding]]:
    """The embeddings of several documents' passages, embedded together."""
    chunks = [IndexedChunk.of(0, d.document, chunk) for d in digests for chunk in d.chunks]
    packed = iter(_embed(embedder, chunks))
    return [[next(packed) for _ in digest.chunks] for digest in digests]


def _embed(embedder: Embedder, chunks: Sequence[IndexedChunk]) -> list[PackedEmbedding]:
    return [
        pack(embedding)
        for first in range(0, len(chunks), LOT)
        for embedding in embed_chunks(embedder, chunks[first : first + LOT])
    ]


def reembed(store: Store, embedder: Embedder) -> int:
    """Embed again what another model embedded, so that all can be searched; how many documents.

    Raises `DatabaseError`.
    """
    count = 0
    for document in store.documents():
        if document.model == embedder.name:
            continue
        chunks = store.chunks(document=document.id)
        packed = _embed(embedder, chunks)
        keys = [chunk.rowid for chunk in chunks]
        count += store.put_embeddings(
            document.id, list(zip(keys, packed, strict=True)), embedder.name
        )
    return count
