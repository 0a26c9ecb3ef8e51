"""The tables of the history, and their rows as records.

Invariant: a migration that has been released is never edited, only followed by another.
"""

from __future__ import annotations

import json
import sqlite3
from functools import cache

from pydantic import TypeAdapter

from agent.grades import Grade
from agent.pool import Options
from agent.records import SessionRecord, TurnRecord
from agent.state import Reply, grade_of

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, person TEXT NOT NULL, options TEXT NOT NULL,
            started TEXT NOT NULL, finished TEXT) STRICT""",
        """CREATE TABLE planned (
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            position INTEGER NOT NULL, question_id TEXT NOT NULL, question TEXT NOT NULL,
            PRIMARY KEY (session_id, position)) STRICT""",
        """CREATE TABLE turns (
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            number INTEGER NOT NULL, position INTEGER NOT NULL, attempt INTEGER NOT NULL,
            kind TEXT NOT NULL, prompt TEXT NOT NULL, note TEXT NOT NULL, unsure TEXT NOT NULL,
            asked TEXT NOT NULL, reply TEXT, answered TEXT, intent TEXT, grade TEXT, standing TEXT,
            PRIMARY KEY (session_id, number)) STRICT""",
        "CREATE INDEX sessions_by_person ON sessions (person, started)",
    ),
    (
        "ALTER TABLE planned ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turns ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turns ADD COLUMN hinted TEXT",
        """CREATE TABLE ratings (
            session_id TEXT NOT NULL, position INTEGER NOT NULL, rating TEXT NOT NULL,
            written TEXT NOT NULL, PRIMARY KEY (session_id, position),
            FOREIGN KEY (session_id, position) REFERENCES planned ON DELETE CASCADE) STRICT""",
        """CREATE TABLE retries (
            session_id TEXT NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
            answer TEXT NOT NULL, written TEXT NOT NULL, grade TEXT,
            PRIMARY KEY (session_id, number, attempt),
            FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE) STRICT""",
        """CREATE TABLE disagreements (
            session_id TEXT NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
            reason TEXT NOT NULL, written TEXT NOT NULL, before TEXT NOT NULL, regrade TEXT,
            PRIMARY KEY (session_id, number, attempt),
            FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE) STRICT""",
    ),
)


def dump(value: object) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False)


def grade_in(written: str | None) -> Grade | None:
    """The grade that a column holds. Raises `pydantic.ValidationError`."""
    return None if written is None else grade_of(json.loads(written))


@cache
def _options() -> TypeAdapter[Options]:
    return TypeAdapter(Options)


def _reply(written: str) -> Reply:
    read = json.loads(written)
    return Reply(kind=read["kind"], text=read["text"], verdicts=read["verdicts"])


def session_of(row: sqlite3.Row) -> SessionRecord:
    """A row of `sessions` as a record. Raises `pydantic.ValidationError`."""
    options = _options().validate_json(row["options"])
    return SessionRecord(row["id"], row["person"], options, row["started"], row["finished"])


def turn_of_row(row: sqlite3.Row) -> TurnRecord:
    """A row of `turns` as a record. Raises `pydantic.ValidationError`."""
    plain = {n: row[n] for n in ("session_id", "number", "position", "attempt", "kind", "prompt")}
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
    )


def delete_document(connection: sqlite3.Connection, document_id: str, when: str) -> list[str]:
    """Delete all that came of a document, as `History.forget_document` says; the sessions."""
    places = connection.execute(
        "SELECT session_id, position FROM planned WHERE instr(question, ?1) > 0 UNION "
        "SELECT session_id, position FROM turns WHERE instr(coalesce(grade, ''), ?1) > 0 "
        "OR instr(coalesce(standing, ''), ?1) > 0 UNION "
        "SELECT session_id, position FROM retries JOIN turns USING (session_id, number) "
        "WHERE instr(coalesce(retries.grade, ''), ?1) > 0 UNION "
        "SELECT session_id, position FROM disagreements JOIN turns USING (session_id, number) "
        "WHERE instr(coalesce(regrade, ''), ?1) > 0",
        (document_id,),
    ).fetchall()
    for place in places:
        for table in ("turns", "planned"):
            connection.execute(
                f"DELETE FROM {table} WHERE session_id = ? AND position = ?", tuple(place)
            )
    sessions = sorted({place["session_id"] for place in places})
    for session_id in sessions:
        connection.execute(
            "UPDATE sessions SET finished = coalesce(finished, ?) WHERE id = ?",
            (when, session_id),
        )
        connection.execute(
            "DELETE FROM sessions WHERE id = ? "
            "AND NOT EXISTS (SELECT 1 FROM planned WHERE session_id = sessions.id)",
            (session_id,),
        )
    return sessions
