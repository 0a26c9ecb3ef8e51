"""The document store: what was ingested, in one SQLite file that is the truth.

Invariant: a document stands in the store whole (text, passages with their embeddings, questions,
what was removed), as one `put` wrote it, or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.schema import CurriculumTopic, Digest, Disagreement, Document, Question, Removed, Source
from index.database import Parameters, open_database
from index.drafts import Drafts, carried, restore
from index.snapshot import IndexedChunk
from index.store_rows import (
    NO_MODEL,
    SELECT_DOCUMENTS,
    StoredDocument,
    adapter,
    insert_chunks,
    insert_document,
    insert_embeddings,
    insert_questions,
    move_document,
)
from index.store_schema import MIGRATIONS
from index.tokens import PackedEmbedding


class Store:
    """Documents, passages and questions. Safe for several threads and several processes.

    Every method raises `index.database.DatabaseError` where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = open_database(path, MIGRATIONS)
        self.drafts = Drafts(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def check(self) -> None:
        """Read the whole file. Raises `DatabaseError` where it is damaged."""
        self._database.check()

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What is read inside is of one moment, whatever other processes write meanwhile."""
        with self._database.transaction(write=False):
            yield

    # Writing

    def put(
        self,
        digest: Digest,
        embeddings: Sequence[PackedEmbedding],
        model: str,
        when: datetime,
        replaces: str | None = None,
    ) -> None:
        """Keep a document in place of its old version, in one transaction.

        `embeddings` belong to `digest.chunks`, in order, and were made by `model`. `replaces` is
        the id of a document to delete with it (the same file at its former path). Raises
        ValueError where the lengths differ.
        """
        if len(embeddings) != len(digest.chunks):
            raise ValueError(
                f"{digest.document.path}: {len(digest.chunks)} passages, "
                f"but {len(embeddings)} embeddings"
            )
        self._put(digest, embeddings, model, when, replaces)

    def put_unembedded(self, digest: Digest, when: datetime) -> None:
        """As `put`, for a document that search finds only after `put_embeddings`."""
        self._put(digest, (), NO_MODEL, when, None)

    def _put(
        self,
        digest: Digest,
        embeddings: Sequence[PackedEmbedding],
        model: str,
        when: datetime,
        replaces: str | None,
    ) -> None:
        former = [digest.document.id, *([replaces] if replaces else [])]
        with self._database.transaction() as connection:
            written = carried(connection, former, digest)
            for old in former:
                connection.execute("DELETE FROM documents WHERE id = ?", (old,))
            insert_document(connection, digest, model, when)
            keys = insert_chunks(connection, digest)
            insert_embeddings(connection, zip(keys, embeddings, strict=False))
            insert_questions(connection, digest)
            restore(connection, written)

    def put_embeddings(
        self, document_id: str, rows: Sequence[tuple[int, PackedEmbedding]], model: str
    ) -> bool:
        """Give a document's passages, named by their rowids, the embeddings made by `model`.

        False, and nothing is written, where the document has changed since its rowids were read.
        """
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT rowid FROM chunks WHERE document_id = ?", (document_id,)
            )
            if {int(r[0]) for r in found} != {rowid for rowid, _ in rows}:
                return False
            insert_embeddings(connection, rows)
            connection.execute("UPDATE documents SET model = ? WHERE id = ?", (model, document_id))
            return True

    def move(self, document_id: str, path: str) -> None:
        """Give a document the path at which its file now lies; its id stays."""
        with self._database.transaction() as connection:
            move_document(connection, document_id, path)

    def delete(self, document_id: str) -> bool:
        """Delete a document with all that came from it, from the disk too; false if unknown.

        The caches still hold its words: see `index.generations.purge`.
        """
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount
        if gone:
            self._database.scrub()
        return bool(gone)

    # Documents

    def documents(self, source: Source | None = None) -> tuple[StoredDocument, ...]:
        """All documents, by path."""
        return self._documents("source = coalesce(?, source)", (source,))

    def stored(self, document_id: str) -> StoredDocument | None:
        """What is known of one document, without its text."""
        return next(iter(self._documents("id = ?", (document_id,))), None)

    def by_path(self, path: str) -> StoredDocument | None:
        """The document at this path (absolute, or ``library:<topic>``)."""
        return next(iter(self._documents("path = ?", (path,))), None)

    def by_sha(self, sha256: str) -> tuple[StoredDocument, ...]:
        """The documents made of these bytes."""
        return self._documents("sha256 = ?", (sha256,))

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""
        row = self._database.row(
            "SELECT id, path, title, media_type, source, sha256, text FROM documents WHERE id = ?",
            (document_id,),
        )
        return Document(**row) if row else None

    def removed(self, document_id: str) -> tuple[Removed, ...]:
        """What was kept out of a document's questions and citations, in order."""
        row = self._database.row("SELECT removed FROM documents WHERE id = ?", (document_id,))
        return adapter(tuple[Removed, ...]).validate_json(row[0]) if row else ()

    def curriculum(self, document: str | None = None) -> tuple[CurriculumTopic, ...]:
        """The topics that the study plans name, plan by plan."""
        rows = self._database.rows(
            "SELECT curriculum FROM documents WHERE id = coalesce(?, id) ORDER BY path", (document,)
        )
        read = adapter(tuple[CurriculumTopic, ...])
        return tuple(topic for row in rows for topic in read.validate_json(row[0]))

    def _documents(self, where: str, parameters: Parameters) -> tuple[StoredDocument, ...]:
        rows = self._database.rows(
            f"{SELECT_DOCUMENTS} WHERE {where} ORDER BY path",
            parameters,
        )
        return tuple(
            StoredDocument(**{**row, "ingested_at": datetime.fromisoformat(row["ingested_at"])})
            for row in rows
        )

    def disagreements(self) -> tuple[Disagreement, ...]:
        """What the library says notes often have wrong, in the documents' order."""
        rows = self._database.rows(
            "SELECT disagreements FROM documents WHERE source = 'library' ORDER BY path"
        )
        read = adapter(tuple[Disagreement, ...])
        return tuple(found for row in rows for found in read.validate_json(row[0]))

    # Questions

    def questions(
        self,
        topic: str | None = None,
        document: str | None = None,
        source: Source | None = None,
    ) -> tuple[Question, ...]:
        """The question bank, or a part of it, in the documents' order. `topic` ignores case."""
        rows = self._database.rows(
            "SELECT body FROM questions JOIN documents ON documents.id = document_id "
            "WHERE document_id = coalesce(?1, document_id) "
            "AND questions.source = coalesce(?2, questions.source) ORDER BY path, ordinal",
            (document, source),
        )
        read = adapter(Question)
        found = (read.validate_json(row[0]) for row in rows)
        # SQLite folds the case of ASCII letters only.
        wanted = None if topic is None else topic.casefold()
        return tuple(q for q in found if wanted is None or q.topic.casefold() == wanted)

    def question(self, question_id: str) -> Question | None:
        row = self._database.row("SELECT body FROM questions WHERE id = ?", (question_id,))
        return adapter(Question).validate_json(row[0]) if row else None

    # What the index is built from

    def stamp(self, model: str) -> str:
        """A hash that changes whenever the passages embedded by `model`, or their keys, do."""
        rows = self._database.rows(
            "SELECT documents.id, content, min(chunks.rowid), max(chunks.rowid) FROM documents "
            "JOIN chunks ON document_id = documents.id WHERE model = ? GROUP BY documents.id",
            (model,),
        )
        return hashlib.sha256(json.dumps([model, [tuple(r) for r in rows]]).encode()).hexdigest()

    def chunks(
        self, model: str | None = None, document: str | None = None
    ) -> tuple[IndexedChunk, ...]:
        """The passages, by rowid; with `model` only those that it embedded."""
        topics: dict[str, list[str]] = {}
        for row in self._database.rows("SELECT DISTINCT document_id, topic FROM questions"):
            topics.setdefault(row[0], []).append(row[1])
        rows = self._database.rows(
            "SELECT chunks.rowid, document_id, path, title, source, heading, kind, start, end, "
            "chunks.text AS text FROM chunks JOIN documents ON documents.id = document_id "
            "WHERE model = coalesce(?1, model) AND document_id = coalesce(?2, document_id) "
            "ORDER BY chunks.rowid",
            (model, document),
        )
        return tuple(
            IndexedChunk(**row, topics=tuple(sorted(topics.get(row["document_id"], ()))))
            for row in rows
        )

    def embeddings(self, model: str) -> tuple[PackedEmbedding, ...]:
        """The embeddings that `model` made, in the order of `chunks(model)`.

        Raises `index.tokens.TokenFormatError` where one cannot be read.
        """
        rows = self._database.rows(
            "SELECT packed FROM embeddings JOIN chunks ON chunks.rowid = chunk "
            "JOIN documents ON documents.id = document_id WHERE model = ? ORDER BY chunk",
            (model,),
        )
        return tuple(PackedEmbedding.from_bytes(row[0]) for row in rows)
