"""The tables of the history, and their rows as records.

Invariant: a migration that has been released is never edited, only followed by another.
"""

from __future__ import annotations

import json
import sqlite3
from functools import cache

from pydantic import TypeAdapter

from agent.grades import Grade
from agent.plan import Options
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
)


def dump(value: object) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False)


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

    def grade(column: str) -> Grade | None:
        return None if row[column] is None else grade_of(json.loads(row[column]))

    plain = {n: row[n] for n in ("session_id", "number", "position", "attempt", "kind", "prompt")}
    return TurnRecord(
        **plain,
        note=row["note"],
        unsure=tuple(json.loads(row["unsure"])),
        asked=row["asked"],
        reply=None if row["reply"] is None else _reply(row["reply"]),
        answered=row["answered"],
        intent=row["intent"],
        grade=grade("grade"),
        standing=grade("standing"),
    )
