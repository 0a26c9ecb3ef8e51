"""The history database: every session, the questions it planned, every turn with its reply.

Invariant: writing the same thing again changes nothing, and the first reply to a turn stays; a
question is kept as it was asked, whatever happens to its document, until it is forgotten.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from agent.grades import Grade
from agent.history_rows import MIGRATIONS, delete_document, dump, session_of, turn_of_row
from agent.plan import Options
from agent.records import SessionRecord, TurnRecord
from agent.state import Reply, grade_to_json, question_of, question_to_json
from corpus.schema import Question
from index.database import Database, open_database


class History:
    """The sessions of one data folder. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file at `path`. Raises `index.database.DatabaseError`."""
        self._database = open_database(path, MIGRATIONS)

    @property
    def database(self) -> Database:
        """The open file, for those who read it another way or keep other tables in it."""
        return self._database

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def begin(self, session_id: str, person: str, options: Options, started: str) -> None:
        """Record that a session begins; a session already there stays as it is."""
        written = dump(dataclasses.asdict(options))
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
        return None if row is None else session_of(row)

    def sessions(self, person: str | None = None) -> list[SessionRecord]:
        """All sessions (of one person), the newest first."""
        rows = self._database.rows(
            "SELECT * FROM sessions WHERE ? IS NULL OR person = ? "
            "ORDER BY started DESC, rowid DESC",
            (person, person),
        )
        return [session_of(row) for row in rows]

    def save_plan(
        self, session_id: str, questions: Sequence[Question], reasons: Sequence[str] = ()
    ) -> None:
        """Keep the questions of a session as they are now, each with why it was chosen; a plan
        already kept stays."""
        why = reasons or [""] * len(questions)
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO planned (session_id, position, question_id, question,"
                " reason) VALUES (?, ?, ?, ?, ?)",
                [
                    (session_id, position, q.id, dump(question_to_json(q)), reason)
                    for position, (q, reason) in enumerate(zip(questions, why, strict=True))
                ],
            )

    def replace_question(self, session_id: str, position: int, question: Question) -> None:
        """Keep a planned question with what was found for it since."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE planned SET question = ? WHERE session_id = ? AND position = ?",
                (dump(question_to_json(question)), session_id, position),
            )

    def swap_question(
        self, session_id: str, position: int, question: Question, reason: str
    ) -> None:
        """Plan another question for a place; one already put to the candidate stays."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE planned SET question_id = ?3, question = ?4, reason = ?5 "
                "WHERE session_id = ?1 AND position = ?2 AND NOT EXISTS (SELECT 1 FROM turns t "
                "WHERE t.session_id = ?1 AND t.position = ?2 AND t.kind = 'question')",
                (session_id, position, question.id, dump(question_to_json(question)), reason),
            )

    def reason(self, session_id: str, position: int) -> str:
        """Why a question was planned; empty where that was not written down."""
        row = self._database.row(
            "SELECT reason FROM planned WHERE session_id = ? AND position = ?",
            (session_id, position),
        )
        return row["reason"] if row else ""

    def plan(self, session_id: str) -> dict[int, Question]:
        """The planned questions by position from 0; forgotten ones are gone."""
        rows = self._database.rows(
            "SELECT position, question FROM planned WHERE session_id = ? ORDER BY position",
            (session_id,),
        )
        return {row["position"]: question_of(json.loads(row["question"])) for row in rows}

    def question(self, session_id: str, position: int) -> Question:
        """One planned question. Raises KeyError where it was forgotten."""
        row = self._database.row(
            "SELECT question FROM planned WHERE session_id = ? AND position = ?",
            (session_id, position),
        )
        if row is None:
            raise KeyError(f"session {session_id} has no question at {position}")
        return question_of(json.loads(row["question"]))

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
            said = (turn.kind, turn.prompt, turn.note, dump(list(turn.unsure)), turn.asked)
            connection.execute(
                "INSERT OR IGNORE INTO turns (session_id, number, position, attempt, kind, prompt,"
                " note, unsure, asked, reason, hinted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*place, *said, turn.reason, turn.hinted),
            )

    def save_reply(self, session_id: str, number: int, reply: Reply, when: str) -> bool:
        """Record what the candidate did with a turn. False where a reply was there: it stays."""
        with self._database.transaction() as connection:
            done = connection.execute(
                "UPDATE turns SET reply = ?, answered = ? "
                "WHERE session_id = ? AND number = ? AND reply IS NULL",
                (dump(dict(reply)), when, session_id, number),
            )
            return done.rowcount == 1

    def save_intent(self, session_id: str, number: int, intent: str) -> None:
        """Record what a reply was taken for."""
        self._set(session_id, number, "intent", intent)

    def save_grade(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the grade of a turn's answer."""
        self._set(session_id, number, "grade", dump(grade_to_json(grade)))

    def save_standing(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the question's grade as it stands after a turn."""
        self._set(session_id, number, "standing", dump(grade_to_json(grade)))

    def turn(self, session_id: str, number: int) -> TurnRecord | None:
        """One turn, or None."""
        row = self._database.row(
            "SELECT * FROM turns WHERE session_id = ? AND number = ?", (session_id, number)
        )
        return None if row is None else turn_of_row(row)

    def last_turn(self, session_id: str) -> TurnRecord | None:
        """The turn opened last, or None."""
        row = self._database.row(
            "SELECT * FROM turns WHERE session_id = ? ORDER BY number DESC LIMIT 1", (session_id,)
        )
        return None if row is None else turn_of_row(row)

    def turns(self, session_id: str) -> list[TurnRecord]:
        """All turns of a session in order."""
        rows = self._database.rows(
            "SELECT * FROM turns WHERE session_id = ? ORDER BY number", (session_id,)
        )
        return [turn_of_row(row) for row in rows]

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
        with self._database.transaction() as connection:
            sessions = delete_document(connection, document_id, when)
        self._database.scrub()
        return sessions

    def _set(self, session_id: str, number: int, column: str, value: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE turns SET {column} = ? WHERE session_id = ? AND number = ?",
                (value, session_id, number),
            )
