"""The history database: every session, the questions it planned, every turn with its reply.

Invariant: writing the same thing again changes nothing, and the first reply to a turn stays; a
question is kept as it was asked, whatever happens to its document, until it is forgotten.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from agent.grades import Grade
from agent.plan import Options
from agent.records import SessionRecord, TurnRecord
from agent.state import Reply, grade_of, grade_to_json, question_of, question_to_json
from corpus.schema import Question
from index.database import open_database

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


class History:
    """The sessions of one data folder. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file at `path`. Raises `index.database.DatabaseError`."""
        self._database = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def begin(self, session_id: str, person: str, options: Options, started: str) -> None:
        """Record that a session begins; a session already there stays as it is."""
        written = _dump(dataclasses.asdict(options))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, NULL)",
                (session_id, person, written, started),
            )

    def finish(self, session_id: str, when: str) -> None:
        """Record that a session ended; the first time stays."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET finished = ? WHERE id = ? AND finished IS NULL",
                (when, session_id),
            )

    def session(self, session_id: str) -> SessionRecord | None:
        """One session, or None."""
        row = self._database.row("SELECT * FROM sessions WHERE id = ?", (session_id,))
        return None if row is None else _session(row)

    def sessions(self, person: str | None = None) -> list[SessionRecord]:
        """All sessions (of one person), the newest first."""
        rows = self._database.rows(
            "SELECT * FROM sessions WHERE ? IS NULL OR person = ? "
            "ORDER BY started DESC, rowid DESC",
            (person, person),
        )
        return [_session(row) for row in rows]

    def save_plan(self, session_id: str, questions: Sequence[Question]) -> None:
        """Keep the questions of a session as they are now; a plan already kept stays."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO planned VALUES (?, ?, ?, ?)",
                [
                    (session_id, position, q.id, _dump(question_to_json(q)))
                    for position, q in enumerate(questions)
                ],
            )

    def replace_question(self, session_id: str, position: int, question: Question) -> None:
        """Keep a planned question with what was found for it since."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE planned SET question = ? WHERE session_id = ? AND position = ?",
                (_dump(question_to_json(question)), session_id, position),
            )

    def plan(self, session_id: str) -> dict[int, Question]:
        """The planned questions by position from 0; forgotten ones are gone."""
        rows = self._database.rows(
            "SELECT position, question FROM planned WHERE session_id = ? ORDER BY position",
            (session_id,),
        )
        return {row["position"]: question_of(json.loads(row["question"])) for row in rows}

    def recent(self, person: str, sessions: int = 5) -> set[str]:
        """Ids of the questions put to a person in their last so many sessions."""
        rows = self._database.rows(
            "SELECT DISTINCT question_id FROM planned p JOIN turns t USING (session_id, position) "
            "WHERE session_id IN (SELECT id FROM sessions WHERE person = ? "
            "ORDER BY started DESC, rowid DESC LIMIT ?)",
            (person, sessions),
        )
        return {row["question_id"] for row in rows}

    def open_turn(self, turn: TurnRecord) -> None:
        """Record a turn before it is shown; one already recorded stays, its reply too."""
        with self._database.transaction() as connection:
            place = (turn.session_id, turn.number, turn.position, turn.attempt)
            said = (turn.kind, turn.prompt, turn.note, _dump(list(turn.unsure)), turn.asked)
            connection.execute(
                "INSERT OR IGNORE INTO turns (session_id, number, position, attempt, kind, prompt,"
                " note, unsure, asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*place, *said),
            )

    def save_reply(self, session_id: str, number: int, reply: Reply, when: str) -> bool:
        """Record what the candidate did with a turn. False where a reply was there: it stays."""
        with self._database.transaction() as connection:
            done = connection.execute(
                "UPDATE turns SET reply = ?, answered = ? "
                "WHERE session_id = ? AND number = ? AND reply IS NULL",
                (_dump(dict(reply)), when, session_id, number),
            )
            return done.rowcount == 1

    def save_intent(self, session_id: str, number: int, intent: str) -> None:
        """Record what a reply was taken for."""
        self._set(session_id, number, "intent", intent)

    def save_grade(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the grade of a turn's answer."""
        self._set(session_id, number, "grade", _dump(grade_to_json(grade)))

    def save_standing(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the question's grade as it stands after a turn."""
        self._set(session_id, number, "standing", _dump(grade_to_json(grade)))

    def turn(self, session_id: str, number: int) -> TurnRecord | None:
        """One turn, or None."""
        row = self._database.row(
            "SELECT * FROM turns WHERE session_id = ? AND number = ?", (session_id, number)
        )
        return None if row is None else _turn(row)

    def last_turn(self, session_id: str) -> TurnRecord | None:
        """The turn opened last, or None."""
        row = self._database.row(
            "SELECT * FROM turns WHERE session_id = ? ORDER BY number DESC LIMIT 1", (session_id,)
        )
        return None if row is None else _turn(row)

    def turns(self, session_id: str) -> list[TurnRecord]:
        """All turns of a session in order."""
        rows = self._database.rows(
            "SELECT * FROM turns WHERE session_id = ? ORDER BY number", (session_id,)
        )
        return [_turn(row) for row in rows]

    def forget(self, session_id: str) -> bool:
        """Really delete a session. False where there is none."""
        with self._database.transaction() as connection:
            done = connection.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
        self._database.scrub()
        return done.rowcount == 1

    def forget_all(self) -> None:
        """Really delete every session."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions")
        self._database.scrub()

    def forget_document(self, document_id: str, when: str) -> list[str]:
        """Really delete the questions from a document, and all that was said and quoted of them.

        Returns the sessions concerned. They end `when` they had not; one with no question left is
        deleted whole.
        """
        concerned = "SELECT session_id, position FROM planned WHERE instr(question, ?) > 0 UNION "
        concerned += (
            "SELECT session_id, position FROM turns WHERE instr(coalesce(grade, ''), ?) > 0 "
            "OR instr(coalesce(standing, ''), ?) > 0"
        )
        with self._database.transaction() as connection:
            places = connection.execute(concerned, (document_id,) * 3).fetchall()
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
        self._database.scrub()
        return sessions

    def _set(self, session_id: str, number: int, column: str, value: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE turns SET {column} = ? WHERE session_id = ? AND number = ?",
                (value, session_id, number),
            )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def _options() -> TypeAdapter[Options]:
    return TypeAdapter(Options)


def _reply(written: str) -> Reply:
    read = json.loads(written)
    return Reply(kind=read["kind"], text=read["text"], verdicts=read["verdicts"])


def _session(row: sqlite3.Row) -> SessionRecord:
    options = _options().validate_json(row["options"])
    return SessionRecord(row["id"], row["person"], options, row["started"], row["finished"])


def _turn(row: sqlite3.Row) -> TurnRecord:
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
