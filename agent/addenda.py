"""What is added to a session after a mark was given: answers tried again, disagreements, ratings.

Invariant: an addition stands beside what it is added to and never replaces it; it goes with it when
that is forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from agent.archive import Archive, Row
from agent.grades import Grade
from agent.history_rows import dump, grade_in
from agent.schedule import Rating
from agent.state import grade_to_json
from agent.tables import AVOIDED_TOPICS, DISAGREEMENTS, RATINGS, RETRIES, SESSIONS

_SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Retry:
    """Another answer to a question, outside the interview's own marks.

    `number` is the turn that held the question's last mark, `attempt` counts from 1. `grade` is of
    this answer alone, its spans count in it; None where it waits to be graded.
    """

    session_id: str
    number: int
    attempt: int
    answer: str
    written: str
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Why a person finds a mark wrong: the mark as it stood, and that of a second grading."""

    session_id: str
    number: int
    attempt: int
    reason: str
    written: str
    before: Grade
    regrade: Grade | None


def writable(text: str) -> str:
    """The text as it can be written to a file: lone surrogates become a sign."""
    return _SURROGATES.sub("\ufffd", text)


class Addenda:
    """The additions in a history's database."""

    def __init__(self, database: Archive) -> None:
        self._database = database

    def add_retry(self, session_id: str, number: int, answer: str, when: str) -> Retry:
        """Keep another answer, before it is graded."""
        with self._database.transaction() as connection:
            attempt = _next(connection, RETRIES, session_id, number)
            place = {"session_id": session_id, "number": number, "attempt": attempt}
            connection.execute(insert(RETRIES).values(**place, answer=answer, written=when))
        return Retry(session_id, number, attempt, answer, when, None)

    def add_disagreement(
        self, session_id: str, number: int, reason: str, when: str, before: Grade
    ) -> Disagreement:
        """Keep a disagreement with the mark that it is about, before it is graded again."""
        with self._database.transaction() as connection:
            attempt = _next(connection, DISAGREEMENTS, session_id, number)
            place = {"session_id": session_id, "number": number, "attempt": attempt}
            said = {"reason": reason, "written": when, "before": dump(grade_to_json(before))}
            connection.execute(insert(DISAGREEMENTS).values(**place, **said))
        return Disagreement(session_id, number, attempt, reason, when, before, None)

    def save_retry_grade(self, retry: Retry, grade: Grade) -> None:
        """Record the grade of another answer."""
        with self._database.transaction() as connection:
            connection.execute(
                update(RETRIES)
                .where(*_added(RETRIES, retry))
                .values(grade=dump(grade_to_json(grade)))
            )

    def save_regrade(self, about: Disagreement, grade: Grade) -> None:
        """Record the second grading of a mark that was disagreed with."""
        with self._database.transaction() as connection:
            connection.execute(
                update(DISAGREEMENTS)
                .where(*_added(DISAGREEMENTS, about))
                .values(regrade=dump(grade_to_json(grade)))
            )

    def retries(self, session_id: str) -> list[Retry]:
        """All other answers of a session, in order."""
        return [_retry(row) for row in self._database.rows(_in_order(RETRIES, session_id))]

    def disagreements(self, session_id: str) -> list[Disagreement]:
        """All disagreements of a session, in order."""
        rows = self._database.rows(_in_order(DISAGREEMENTS, session_id))
        return [_disagreement(row) for row in rows]

    def rate(self, session_id: str, position: int, rating: Rating, when: str) -> None:
        """Keep the person's own word on how well they recalled a question; the last word counts."""
        with self._database.transaction() as connection:
            connection.execute(
                self._database.replacing(RATINGS),
                {
                    "session_id": session_id,
                    "position": position,
                    "rating": rating,
                    "written": when,
                },
            )

    def avoid(self, person: str, topic: str, when: str) -> None:
        """Keep that a person does not want to be asked about a topic; the first time stays."""
        with self._database.transaction() as connection:
            connection.execute(
                self._database.adding(AVOIDED_TOPICS),
                {"person": person, "topic": topic, "written": when},
            )

    def unavoid(self, person: str, topic: str) -> bool:
        """Take that back. False where it was not said."""
        with self._database.transaction() as connection:
            done = connection.execute(
                delete(AVOIDED_TOPICS).where(
                    AVOIDED_TOPICS.c.person == person, AVOIDED_TOPICS.c.topic == topic
                )
            )
            return done.rowcount == 1

    def avoided(self, person: str) -> dict[str, str]:
        """The topics that a person does not want, each with when that was said, by name."""
        rows = self._database.rows(
            select(AVOIDED_TOPICS)
            .where(AVOIDED_TOPICS.c.person == person)
            .order_by(AVOIDED_TOPICS.c.topic)
        )
        return {row["topic"]: row["written"] for row in rows}


def _retry(row: Row) -> Retry:
    plain = (row["session_id"], row["number"], row["attempt"], row["answer"], row["written"])
    return Retry(*plain, grade_in(row["grade"]))


def _disagreement(row: Row) -> Disagreement:
    before = grade_in(row["before"])
    if before is None:
        raise ValueError(f"a disagreement of session {row['session_id']} names no mark")
    plain = (row["session_id"], row["number"], row["attempt"], row["reason"], row["written"])
    return Disagreement(*plain, before, grade_in(row["regrade"]))


def _next(connection: Connection, table: Table, session_id: str, number: int) -> int:
    # Two processes that add at once take turns at the session's row; SQLite lets only one write.
    connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session_id).with_for_update())
    found = connection.execute(
        select(func.coalesce(func.max(table.c.attempt), 0) + 1).where(
            table.c.session_id == session_id, table.c.number == number
        )
    )
    return int(found.scalar_one())


def _in_order(table: Table, session_id: str) -> Select[Any]:
    mine = select(table).where(table.c.session_id == session_id)
    return mine.order_by(table.c.number, table.c.attempt)


def _added(table: Table, what: Retry | Disagreement) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.session_id == what.session_id,
        table.c.number == what.number,
        table.c.attempt == what.attempt,
    )
