"""The tables of the document store, as forward migrations.

Invariant: a step that was released is never edited; a change is a new step at the end.
"""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # The long columns stand last: SQLite reads a row from its start, and stops in time.
        """
        CREATE TABLE documents (
            id TEXT PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            media_type TEXT NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('user', 'library')),
            sha256 TEXT NOT NULL,
            ingested_at TEXT NOT NULL,
            model TEXT NOT NULL,
            content TEXT NOT NULL,
            digest_version INTEGER NOT NULL,
            removed TEXT NOT NULL,
            curriculum TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX documents_by_hash ON documents (sha256)",
        # AUTOINCREMENT: a key is never given twice, so an index built on deleted rows is known
        # to be stale by its keys.
        """
        CREATE TABLE chunks (
            rowid INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL,
            heading TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (document_id, ordinal)
        ) STRICT
        """,
        """
        CREATE TABLE embeddings (
            chunk INTEGER PRIMARY KEY REFERENCES chunks (rowid) ON DELETE CASCADE,
            packed BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE questions (
            id TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            topic TEXT NOT NULL,
            origin TEXT NOT NULL,
            source TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX questions_by_document ON questions (document_id, ordinal)",
        "CREATE INDEX questions_by_topic ON questions (topic)",
    ),
    # Only topics of the library have any; one that gains some is read anew, as its bytes differ.
    ("ALTER TABLE documents ADD COLUMN disagreements TEXT NOT NULL DEFAULT '[]'",),
    # What a language model wrote and nobody has kept: waiting, or turned down.
    (
        """
        CREATE TABLE drafts (
            id TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'rejected')),
            written TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX drafts_by_document ON drafts (document_id)",
    ),
)
