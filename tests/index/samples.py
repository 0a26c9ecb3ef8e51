"""Stand-ins for documents, the encoder and the parser, for the tests of the stores."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus.schema import (
    Chunk,
    CurriculumTopic,
    Digest,
    Document,
    FollowUp,
    KeyPoint,
    Misconception,
    Question,
    Reference,
    Removed,
    Source,
    UnreadableError,
)
from index.embedder import Embedding, TokenMatrix
from index.store import Store
from index.store_rows import StoredDocument
from index.tokens import PackedEmbedding, pack

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def make_digest(
    text: str,
    document_id: str = "doc",
    path: str = "/notes/doc.md",
    source: Source = "user",
    sha256: str | None = None,
) -> Digest:
    """A digest of a text: a chunk and a question a line; lines that begin with "AD" are removed."""
    document = Document(
        id=document_id,
        path=path,
        title=Path(path).stem,
        media_type="text/markdown",
        source=source,
        sha256=sha256 or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        text=text,
    )
    lines = list(re.finditer(r"[^\n]+", text))
    good = [m for m in lines if not m.group().startswith("AD")]
    return Digest(
        document=document,
        chunks=tuple(
            Chunk(document_id, i, m.start(), m.end(), m.group(), "A > B", "prose")
            for i, m in enumerate(good)
        ),
        questions=tuple(_question(document, m.start(), m.end()) for m in good),
        removed=tuple(
            Removed(m.start(), m.end(), "advert", m.group())
            for m in lines
            if m.group().startswith("AD")
        ),
        curriculum=(CurriculumTopic("Topic", ("one", "two"), document.span(0, 1)),) if text else (),
    )


def _question(document: Document, start: int, end: int) -> Question:
    span = document.span(start, end)
    return Question(
        id=f"{document.id}-{start}",
        document_id=document.id,
        topic=f"Topic {start % 2}",
        question=f"What about {span.quote[:10]}?",
        kind="concept",
        origin="explicit",
        difficulty=2,
        roles=("ai-engineer",),
        reference=Reference.of((span,)),
        key_points=(KeyPoint("k1", span.quote, 2.0, span),),
        misconceptions=(Misconception("no", "because", "k1"),),
        follow_ups=(FollowUp("And?", "k1"),),
        coaching=("breathe",),
    )


class FakeEmbedder:
    """Words to vectors by their hash; counts the texts it was given."""

    def __init__(self, name: str = "fake/1", dimension: int = 8) -> None:
        self.name = name
        self.dimension = dimension
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.texts += texts
        return [self.embed_one(text) for text in texts]

    def embed_one(self, text: str) -> Embedding:
        words = list(re.finditer(r"\w+", text))
        ids = np.array([zlib.crc32(w.group().encode()) % 30000 for w in words], np.int32)
        vectors = np.array(
            [np.random.default_rng(i).normal(size=self.dimension) for i in ids], np.float32
        ).reshape(-1, self.dimension)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        offsets = np.array([w.span() for w in words], np.int32).reshape(-1, 2)
        pooled = vectors.sum(axis=0) + 1e-3
        pooled /= np.linalg.norm(pooled)
        return Embedding(pooled.astype(np.float32), TokenMatrix(ids, offsets, vectors))


def packed(digest: Digest, embedder: FakeEmbedder | None = None) -> list[PackedEmbedding]:
    """The embeddings of a digest's chunks."""
    embedder = embedder or FakeEmbedder()
    return [pack(embedder.embed_one(chunk.text)) for chunk in digest.chunks]


def put(store: Store, digest: Digest, model: str = "fake/1") -> None:
    """Store a digest with made-up embeddings."""
    store.put(digest, packed(digest), model, WHEN)


def known(store: Store, document_id: str) -> StoredDocument:
    """A document that must be in the store."""
    found = store.stored(document_id)
    assert found is not None
    return found


class FakeParser:
    """Reads UTF-8 files in this process; a text that begins with "BAD" cannot be read."""

    def __init__(self) -> None:
        self.parsed: list[str] = []

    def digest(self, path: Path, document_id: str, source: Source) -> Digest:
        self.parsed.append(path.name)
        data = path.read_bytes()
        text = data.decode("utf-8", "surrogateescape")
        if text.startswith("BAD"):
            raise UnreadableError("is bad")
        return make_digest(text, document_id, str(path), source, hashlib.sha256(data).hexdigest())
