"""The history database: every session, the questions it planned, every turn with its reply.

Invariant: writing the same thing again changes nothing, and the first reply to a turn stays; a
question is kept as it was asked, whatever happens to its document, until it is forgotten.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Update, delete, exists, select, update

from agent.archive import Archive, open_archive
from agent.grades import Grade
from agent.history_rows import (
    delete_document,
    dump,
    question_in,
    session_of,
    spans_to_json,
    turn_of_row,
)
from agent.plan import Options
from agent.records import SessionRecord, TurnRecord
from agent.state import Reply, grade_to_json, question_to_json
from agent.tables import AVOIDED_TOPICS, PLANNED, SESSIONS, TURNS
from corpus.schema import Question

RECENT = 5  # sessions whose questions come last in the next one
_NEWEST_FIRST = (SESSIONS.c.started.desc(), SESSIONS.c.rowid.desc())
_OF_A_NEW_TURN = (
    *("session_id", "number", "position", "attempt"),
    *("kind", "prompt", "note", "asked", "reason", "hinted"),
)


class History:
    """The sessions of one database. Safe for several threads and processes."""

    def __init__(self, place: Path | str) -> None:
        """Opens the file at a path, or the PostgreSQL database at a URL, and makes what is not
        there. Raises `index.database.DatabaseError`."""
        # Open to those who read it another way or keep other tables in it.
        self.database: Archive = open_archive(place)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def begin(self, session_id: str, person: str, options: Options, started: str) -> None:
        """Record that a session begins; a session already there stays as it is."""
        written = dump(dataclasses.asdict(options))
        with self.database.transaction() as connection:
            connection.execute(
                self.database.adding(SESSIONS),
                {"id": session_id, "person": person, "options": written, "started": started},
            )

    def finish(self, session_id: str, when: str) -> None:
        """Record that a session ended; the first time stays."""
        with self.database.transaction() as connection:
            connection.execute(
                update(SESSIONS)
                .where(SESSIONS.c.id == session_id, SESSIONS.c.finished.is_(None))
                .values(finished=when)
            )

    def session(self, session_id: str) -> SessionRecord | None:
        """One session, or None."""
        row = self.database.row(select(SESSIONS).where(SESSIONS.c.id == session_id))
        return None if row is None else session_of(row)

    def sessions(self, person: str | None = None) -> list[SessionRecord]:
        """All sessions (of one person), the newest first."""
        wanted = select(SESSIONS).order_by(*_NEWEST_FIRST)
        if person is not None:
            wanted = wanted.where(SESSIONS.c.person == person)
        return [session_of(row) for row in self.database.rows(wanted)]

    def ids(self) -> list[str]:
        """The ids of all sessions, also of those that cannot be read."""
        return [row["id"] for row in self.database.rows(select(SESSIONS.c.id))]

    def save_plan(
        self, session_id: str, questions: Sequence[Question], reasons: Sequence[str] = ()
    ) -> None:
        """Keep the questions of a session as they are now, each with why it was chosen; a plan
        already kept stays."""
        why = reasons or [""] * len(questions)
        rows = [
            {
                "session_id": session_id,
                "position": position,
                "question_id": q.id,
                "question": dump(question_to_json(q)),
                "reason": reason,
            }
            for position, (q, reason) in enumerate(zip(questions, why, strict=True))
        ]
        if rows:
            with self.database.transaction() as connection:
                connection.execute(self.database.adding(PLANNED), rows)

    def replace_question(self, session_id: str, position: int, question: Question) -> None:
        """Keep a planned question with what was found for it since."""
        planned = update(PLANNED).where(*_planned_at(session_id, position))
        self._change(planned.values(question=dump(question_to_json(question))))

    def swap_question(
        self, session_id: str, position: int, question: Question, reason: str
    ) -> None:
        """Plan another question for a place; one already put to the candidate stays."""
        put = exists().where(
            TURNS.c.session_id == session_id,
            TURNS.c.position == position,
            TURNS.c.kind == "question",
        )
        written = dump(question_to_json(question))
        self._change(
            update(PLANNED)
            .where(*_planned_at(session_id, position), ~put)
            .values(question_id=question.id, question=written, reason=reason)
        )

    def reason(self, session_id: str, position: int) -> str:
        """Why a question was planned; empty where that was not written down."""
        row = self.database.row(select(PLANNED.c.reason).where(*_planned_at(session_id, position)))
        return row["reason"] if row else ""

    def plan(self, session_id: str) -> dict[int, Question]:
        """The planned questions by position from 0; forgotten ones are gone."""
        rows = self.database.rows(
            select(PLANNED.c.position, PLANNED.c.question)
            .where(PLANNED.c.session_id == session_id)
            .order_by(PLANNED.c.position)
        )
        return {row["position"]: question_in(session_id, row["question"]) for row in rows}

    def question(self, session_id: str, position: int) -> Question:
        """One planned question. Raises KeyError where it was forgotten."""
        row = self.database.row(
            select(PLANNED.c.question).where(*_planned_at(session_id, position))
        )
        if row is None:
            raise KeyError(f"session {session_id} has no question at {position}")
        return question_in(session_id, row["question"])

    def recent(self, person: str) -> set[str]:
        """Ids of the questions put to a person in their last `RECENT` sessions."""
        last = select(SESSIONS.c.id).where(SESSIONS.c.person == person).order_by(*_NEWEST_FIRST)
        rows = self.database.rows(
            select(PLANNED.c.question_id)
            .distinct()
            .where(
                PLANNED.c.session_id.in_(last.limit(RECENT)),
                PLANNED.c.session_id == TURNS.c.session_id,
                PLANNED.c.position == TURNS.c.position,
            )
        )
        return {row["question_id"] for row in rows}

    def open_turn(self, turn: TurnRecord) -> None:
        """Record a turn before it is shown; one already recorded stays, its reply too."""
        row = {name: getattr(turn, name) for name in _OF_A_NEW_TURN}
        with self.database.transaction() as connection:
            lists = {"unsure": dump(list(turn.unsure)), "cited": spans_to_json(turn.cited)}
            connection.execute(self.database.adding(TURNS), {**row, **lists})

    def save_reply(self, session_id: str, number: int, reply: Reply, when: str) -> bool:
        """Record what the candidate did with a turn. False where a reply was there: it stays."""
        with self.database.transaction() as connection:
            done = connection.execute(
                update(TURNS)
                .where(*_turn(session_id, number), TURNS.c.reply.is_(None))
                .values(reply=dump(dict(reply)), answered=when)
            )
            return done.rowcount == 1

    def save_intent(self, session_id: str, number: int, intent: str) -> None:
        """Record what a reply was taken for."""
        self._set(session_id, number, intent=intent)

    def save_grade(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the grade of a turn's answer."""
        self._set(session_id, number, grade=dump(grade_to_json(grade)))

    def save_standing(self, session_id: str, number: int, grade: Grade) -> None:
        """Record the question's grade as it stands after a turn."""
        self._set(session_id, number, standing=dump(grade_to_json(grade)))

    def turn(self, session_id: str, number: int) -> TurnRecord | None:
        """One turn, or None."""
        row = self.database.row(select(TURNS).where(*_turn(session_id, number)))
        return None if row is None else turn_of_row(row)

    def last_turn(self, session_id: str) -> TurnRecord | None:
        """The turn opened last, or None."""
        row = self.database.row(
            select(TURNS).where(TURNS.c.session_id == session_id).order_by(TURNS.c.number.desc())
        )
        return None if row is None else turn_of_row(row)

    def turns(self, session_id: str) -> list[TurnRecord]:
        """All turns of a session in order."""
        rows = self.database.rows(
            select(TURNS).where(TURNS.c.session_id == session_id).order_by(TURNS.c.number)
        )
        return [turn_of_row(row) for row in rows]

    def forget(self, session_id: str) -> bool:
        """Really delete a session. False where there is none."""
        with self.database.transaction() as connection:
            done = connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session_id))
        self.database.scrub()
        return done.rowcount == 1

    def forget_all(self) -> None:
        """Really delete every session, and which topics people called not theirs."""
        with self.database.transaction() as connection:
            connection.execute(delete(SESSIONS))
            connection.execute(delete(AVOIDED_TOPICS))
        self.database.scrub()

    def forget_document(self, document_id: str, when: str) -> list[str]:
        """Really delete the questions from a document, and all that was said and quoted of them.

        Returns the sessions concerned. They end `when` they had not; one with no question left is
        deleted whole.
        """
        with self.database.transaction() as connection:
            sessions = delete_document(connection, document_id, when)
        self.database.scrub()
        return sessions

    def _set(self, session_id: str, number: int, **values: str) -> None:
        self._change(update(TURNS).where(*_turn(session_id, number)).values(**values))

    def _change(self, statement: Update) -> None:
        with self.database.transaction() as connection:
            connection.execute(statement)


def _turn(session_id: str, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TURNS.c.session_id == session_id, TURNS.c.number == number


def _planned_at(session_id: str, position: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PLANNED.c.session_id == session_id, PLANNED.c.position == position
