"""Rows of the history as records, and what is written in them as JSON.

Invariant: a row reads back as the record that it was written from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import delete, exists, select, union, update

from agent.archive import Row
from agent.grades import Grade
from agent.pool import Options
from agent.records import SessionRecord, TurnRecord
from agent.state import Reply, grade_of, question_of
from agent.tables import DISAGREEMENTS, PLANNED, RETRIES, SESSIONS, TURNS
from corpus.schema import Question, Span
from index.database import DatabaseError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, Table


class UnreadableSessionError(DatabaseError):
    """What is kept of a session is damaged; the message names the session."""


@contextmanager
def told(session_id: str) -> Iterator[None]:
    """Raise what makes a row of a session unreadable as `UnreadableSessionError`."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:  # of JSON and pydantic too
        raise UnreadableSessionError(
            f"what is kept of the interview {session_id} is damaged; delete it with `greenroom "
            f"forget {session_id}`, or bring a backup back with `greenroom restore BACKUP`"
        ) from error


def dump(value: object) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False)


def grade_in(written: str | None) -> Grade | None:
    """The grade that a column holds. Raises `pydantic.ValidationError`."""
    return None if written is None else grade_of(json.loads(written))


@cache
def _options() -> TypeAdapter[Options]:
    return TypeAdapter(Options)


@cache
def _spans() -> TypeAdapter[tuple[Span, ...]]:
    return TypeAdapter(tuple[Span, ...])


def spans_to_json(spans: tuple[Span, ...]) -> str:
    """Spans as JSON text."""
    return _spans().dump_json(spans).decode()


def _reply(written: str) -> Reply:
    read = json.loads(written)
    return Reply(kind=read["kind"], text=read["text"], verdicts=read["verdicts"])


def session_of(row: Row) -> SessionRecord:
    """A row of `sessions` as a record. Raises `UnreadableSessionError`."""
    with told(row["id"]):
        options = _options().validate_json(row["options"])
    return SessionRecord(row["id"], row["person"], options, row["started"], row["finished"])


def turn_of_row(row: Row) -> TurnRecord:
    """A row of `turns` as a record. Raises `UnreadableSessionError`."""
    plain = {n: row[n] for n in ("session_id", "number", "position", "attempt", "kind", "prompt")}
    with told(row["session_id"]):
        return TurnRecord(
            **plain,
            note=row["note"],
            unsure=tuple(json.loads(row["unsure"])),
            asked=row["asked"],
            reply=None if row["reply"] is None else _reply(row["reply"]),
            answered=row["answered"],
            intent=row["intent"],
            grade=grade_in(row["grade"]),
            standing=grade_in(row["standing"]),
            reason=row["reason"],
            hinted=row["hinted"],
            cited=_spans().validate_json(row["cited"]),
        )


def question_in(session_id: str, written: str) -> Question:
    """A planned question of a session. Raises `UnreadableSessionError`."""
    with told(session_id):
        return question_of(json.loads(written))


def delete_document(connection: Connection, document_id: str, when: str) -> list[str]:
    """Delete all that came of a document, as `History.forget_document` says; the sessions."""
    places = [(row[0], row[1]) for row in connection.execute(_places(document_id))]
    for session_id, position in places:
        for table in (TURNS, PLANNED):
            connection.execute(
                delete(table).where(table.c.session_id == session_id, table.c.position == position)
            )
    sessions = sorted({session_id for session_id, _ in places})
    for session_id in sessions:
        mine = SESSIONS.c.id == session_id
        connection.execute(
            update(SESSIONS).where(mine, SESSIONS.c.finished.is_(None)).values(finished=when)
        )
        left = exists().where(PLANNED.c.session_id == SESSIONS.c.id)
        connection.execute(delete(SESSIONS).where(mine, ~left))
    return sessions


def _places(document_id: str) -> CompoundSelect[str, int]:
    """The session and position of every question that a document is named with."""

    def names(column: ColumnElement[str]) -> ColumnElement[bool]:
        return column.contains(document_id, autoescape=True)

    def added(table: Table, grade: ColumnElement[str]) -> Select[str, int]:
        same = (table.c.session_id == TURNS.c.session_id) & (table.c.number == TURNS.c.number)
        joined = table.join(TURNS, same)
        return _place(TURNS).select_from(joined).where(names(grade))

    return union(
        _place(PLANNED).where(names(PLANNED.c.question)),
        _place(TURNS).where(names(TURNS.c.grade) | names(TURNS.c.standing) | names(TURNS.c.cited)),
        added(RETRIES, RETRIES.c.grade),
        added(DISAGREEMENTS, DISAGREEMENTS.c.regrade),
    )


def _place(table: Table) -> Select[str, int]:
    return select(table.c.session_id, table.c.position)
