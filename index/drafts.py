"""Questions that a language model wrote: those waiting for a person's word, and those turned down.

A kept one is a question of the bank like any other. Invariant: what a draft cites stands in its
document as the document is now; where that has changed so that it no longer does, the draft goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from corpus.questions.identity import question_id
from corpus.schema import Digest, Question, Reference, Span
from index.database import Database
from index.store_rows import adapter, append_question, as_json

State = Literal["waiting", "rejected"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that waits for review, the passage it was written from, by which model and when
    (ISO 8601, UTC)."""

    question: Question
    passage: Span
    model: str
    written: str

    @property
    def id(self) -> str:
        """The id that the question has in the bank once it is kept."""
        return self.question.id


@dataclass(frozen=True, slots=True)
class Carried:
    """What a new version of a document takes over from the old one."""

    kept: tuple[Question, ...]
    drafts: tuple[tuple[State, Draft], ...]


class Drafts:
    """The drafts of a document store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, drafts: Iterable[Draft]) -> int:
        """Keep drafts for review; how many were new. A question that is in the bank, waits already,
        was turned down, or whose document is gone, is left out."""
        added = 0
        with self._database.transaction() as connection:
            for draft in drafts:
                cursor = connection.execute(
                    "INSERT OR IGNORE INTO drafts (id, document_id, state, written, body) "
                    "SELECT ?1, ?2, 'waiting', ?3, ?4 "
                    "WHERE EXISTS (SELECT 1 FROM documents WHERE id = ?2) "
                    "AND NOT EXISTS (SELECT 1 FROM questions WHERE id = ?1)",
                    (draft.id, draft.question.document_id, draft.written, as_json(Draft, draft)),
                )
                added += cursor.rowcount
        return added

    def all(self, state: State) -> tuple[Draft, ...]:
        """The drafts in this state, the oldest first."""
        rows = self._database.rows(
            "SELECT body FROM drafts WHERE state = ? ORDER BY written, rowid", (state,)
        )
        return tuple(adapter(Draft).validate_json(row[0]) for row in rows)

    def get(self, draft_id: str) -> Draft | None:
        """A draft that waits; None where none with this id does."""
        row = self._database.row(
            "SELECT body FROM drafts WHERE id = ? AND state = 'waiting'", (draft_id,)
        )
        return adapter(Draft).validate_json(row[0]) if row else None

    def keep(self, draft: Draft) -> bool:
        """Put a draft's question into the bank; false where the draft no longer waits."""
        with self._database.transaction() as connection:
            if not _take(connection, draft.id):
                return False
            append_question(connection, draft.question)
            return True

    def reject(self, draft_id: str) -> bool:
        """Turn a draft down, so that it is not written again; false where it no longer waits."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE drafts SET state = 'rejected' WHERE id = ? AND state = 'waiting'",
                (draft_id,),
            )
            return bool(cursor.rowcount)

    def replace(self, old_id: str, draft: Draft) -> bool:
        """Put an edited draft in the place of a waiting one; false where that no longer waits, or
        the new wording is one that is there already."""
        with self._database.transaction() as connection:
            there = connection.execute(
                "SELECT 1 FROM questions WHERE id = ?1 "
                "UNION SELECT 1 FROM drafts WHERE id = ?1 AND id <> ?2",
                (draft.id, old_id),
            ).fetchone()
            if there or not _take(connection, old_id):
                return False
            _insert(connection, "waiting", draft)
            return True

    def forget_all(self) -> int:
        """Really delete all drafts, and the questions that were kept of them; how many."""
        with self._database.transaction() as connection:
            drafts = connection.execute("DELETE FROM drafts").rowcount
            kept = connection.execute("DELETE FROM questions WHERE origin = 'generated'").rowcount
        self._database.scrub()
        return drafts + kept


def carried(connection: sqlite3.Connection, document_ids: Iterable[str], new: Digest) -> Carried:
    """What the model wrote from the old versions with these ids and still stands in the new one."""
    kept: list[Question] = []
    drafts: list[tuple[State, Draft]] = []
    for old in document_ids:
        for row in connection.execute(
            "SELECT body FROM questions WHERE document_id = ? AND origin = 'generated' "
            "ORDER BY ordinal",
            (old,),
        ):
            question = _moved(adapter(Question).validate_json(row[0]), new)
            kept += [question] if question else []
        for row in connection.execute(
            "SELECT state, body FROM drafts WHERE document_id = ? ORDER BY rowid", (old,)
        ):
            draft = _moved_draft(adapter(Draft).validate_json(row[1]), new)
            drafts += [(row[0], draft)] if draft else []
    return Carried(tuple(kept), tuple(drafts))


def restore(connection: sqlite3.Connection, found: Carried) -> None:
    """Write what was carried over to the new version, after its own questions."""
    for question in found.kept:
        append_question(connection, question)
    for state, draft in found.drafts:
        _insert(connection, state, draft)


def _take(connection: sqlite3.Connection, draft_id: str) -> bool:
    cursor = connection.execute(
        "DELETE FROM drafts WHERE id = ? AND state = 'waiting'", (draft_id,)
    )
    return bool(cursor.rowcount)


def _insert(connection: sqlite3.Connection, state: State, draft: Draft) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO drafts (id, document_id, state, written, body) "
        "VALUES (?, ?, ?, ?, ?)",
        (draft.id, draft.question.document_id, state, draft.written, as_json(Draft, draft)),
    )


def _moved_draft(draft: Draft, new: Digest) -> Draft | None:
    question, passage = _moved(draft.question, new), _found(draft.passage, new)
    if question is None:
        return None
    if passage is None:  # the text round the quotes was edited; they themselves stand
        assert question.reference is not None
        passage = question.reference.spans[0]
    return replace(draft, question=question, passage=passage)


def _moved(question: Question, new: Digest) -> Question | None:
    """The question with its spans in the new text; None where one of them is not there."""
    reference = question.reference
    if reference is None or not reference.spans:
        return None
    spans = [_found(span, new) for span in reference.spans]
    points = [(p, _found(p.span, new) if p.span else None) for p in question.key_points]
    whole = [span for span in spans if span is not None]
    if len(whole) < len(spans) or any(span is None for _, span in points):
        return None
    return replace(
        question,
        id=question_id(new.document.id, question.question),
        document_id=new.document.id,
        reference=Reference.of(tuple(whole)),
        key_points=tuple(replace(p, span=span) for p, span in points),
    )


def _found(span: Span, new: Digest) -> Span | None:
    """The place of a quote in the new text that is nearest to its old one, outside of what is kept
    out of citations."""
    text, best = new.document.text, -1
    start = text.find(span.quote)
    while start >= 0:
        end = start + len(span.quote)
        free = not any(r.start < end and start < r.end for r in new.removed)
        if free and (best < 0 or abs(start - span.start) < abs(best - span.start)):
            best = start
        start = text.find(span.quote, start + 1)
    return new.document.span(best, best + len(span.quote)) if best >= 0 else None
