"""How a digest becomes rows of the store, and rows become the nouns again.

Invariant: what `adapter` reads back equals what `as_json` wrote.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from corpus.schema import CurriculumTopic, Digest, Disagreement, Question, Removed, Source
from index.tokens import PackedEmbedding

_log = logging.getLogger(__name__)

DIGEST_VERSION = 3  # to be raised when the same file gives other passages or questions than before
NO_MODEL = ""  # the model of a document that has not been embedded yet

SELECT_DOCUMENTS = """
SELECT id, path, title, media_type, source, sha256, ingested_at, model, digest_version,
    (SELECT count(*) FROM chunks WHERE document_id = documents.id) AS chunks,
    (SELECT count(*) FROM questions WHERE document_id = documents.id) AS questions
FROM documents
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the store knows of a document, without its text. `chunks` and `questions` are counts;
    `model` is the name of the embedder whose vectors are kept."""

    id: str
    path: str
    title: str
    media_type: str
    source: Source
    sha256: str
    ingested_at: datetime
    model: str
    digest_version: int
    chunks: int
    questions: int


def insert_document(
    connection: sqlite3.Connection, digest: Digest, model: str, when: datetime
) -> None:
    """Add the document itself, ingested at `when` and embedded by `model`."""
    document = digest.document
    values: dict[str, str | int] = {
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "media_type": document.media_type,
        "source": document.source,
        "sha256": document.sha256,
        "ingested_at": when.astimezone(UTC).isoformat(),
        "model": model,
        "content": _content(digest),
        "digest_version": DIGEST_VERSION,
        "removed": as_json(tuple[Removed, ...], digest.removed),
        "curriculum": as_json(tuple[CurriculumTopic, ...], digest.curriculum),
        "disagreements": as_json(tuple[Disagreement, ...], digest.disagreements),
        "text": document.text,
    }
    connection.execute(
        f"INSERT INTO documents ({', '.join(values)}) VALUES (:{', :'.join(values)})", values
    )


def move_document(connection: sqlite3.Connection, document_id: str, path: str) -> None:
    """Write another path wherever that of a document stands."""
    found = connection.execute("SELECT path FROM documents WHERE id = ?", (document_id,)).fetchone()
    if found is None:
        return
    # Quotes within a text are escaped, so this stands in no text that a span quotes.
    old, new = (f'"path":{as_json(str, place)}' for place in (found[0], path))
    connection.execute("UPDATE documents SET path = ? WHERE id = ?", (path, document_id))
    for table, column, key in (
        ("documents", "curriculum", "id"),
        ("questions", "body", "document_id"),
        ("drafts", "body", "document_id"),
    ):
        connection.execute(
            f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE {key} = ?",
            (old, new, document_id),
        )


def insert_chunks(connection: sqlite3.Connection, digest: Digest) -> list[int]:
    """Add its passages; their keys, in order."""
    keys = []
    for chunk in digest.chunks:
        cursor = connection.execute(
            "INSERT INTO chunks (document_id, ordinal, start, end, heading, kind, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING rowid",
            (
                digest.document.id,
                chunk.ordinal,
                chunk.start,
                chunk.end,
                chunk.heading,
                chunk.kind,
                chunk.text,
            ),
        )
        keys.append(int(cursor.fetchone()[0]))
    return keys


def insert_embeddings(
    connection: sqlite3.Connection, rows: Iterable[tuple[int, PackedEmbedding]]
) -> None:
    """Give passages, named by their keys, these embeddings in place of any they had."""
    connection.executemany(
        "INSERT OR REPLACE INTO embeddings VALUES (?, ?)",
        ((key, packed.to_bytes()) for key, packed in rows),
    )


def insert_questions(connection: sqlite3.Connection, digest: Digest) -> None:
    """Add its questions; of two with the same id the first."""
    seen: set[str] = set()
    for ordinal, question in enumerate(digest.questions):
        if question.id in seen:
            _log.warning(
                "%s: the question %r is there twice; the first is kept",
                digest.document.path,
                question.question,
            )
            continue
        seen.add(question.id)
        connection.execute(
            "INSERT INTO questions (id, document_id, ordinal, topic, origin, source, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                question.id,
                digest.document.id,
                ordinal,
                question.topic,
                question.origin,
                digest.document.source,
                as_json(Question, question),
            ),
        )


def append_question(connection: sqlite3.Connection, question: Question) -> None:
    """Add a question after all others of its document; one with its id that is there stays."""
    connection.execute(
        "INSERT OR IGNORE INTO questions "
        "(id, document_id, ordinal, topic, origin, source, body) "
        "SELECT ?1, id, (SELECT coalesce(max(ordinal), -1) + 1 FROM questions "
        "WHERE document_id = ?2), ?3, ?4, source, ?5 FROM documents WHERE id = ?2",
        (
            question.id,
            question.document_id,
            question.topic,
            question.origin,
            as_json(Question, question),
        ),
    )


def _content(digest: Digest) -> str:
    """A hash of what the index is made from."""
    parts = [digest.document.title, *((c.heading, c.start, c.end, c.text) for c in digest.chunks)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The reader and writer of a type's JSON."""
    return TypeAdapter(kind)


def as_json(kind: Any, value: object) -> str:
    """A value as the JSON that is kept."""
    return adapter(kind).dump_json(value).decode()
