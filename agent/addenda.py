"""What is added to a session after a mark was given: answers tried again, disagreements, ratings.

Invariant: an addition stands beside what it is added to and never replaces it; it goes with it when
that is forgotten.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from agent.grades import Grade
from agent.history_rows import dump, grade_in
from agent.schedule import Rating
from agent.state import grade_to_json
from index.database import Database

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

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_retry(self, session_id: str, number: int, answer: str, when: str) -> Retry:
        """Keep another answer, before it is graded."""
        with self._database.transaction() as connection:
            attempt = _next(connection, "retries", session_id, number)
            connection.execute(
                "INSERT INTO retries VALUES (?, ?, ?, ?, ?, NULL)",
                (session_id, number, attempt, answer, when),
            )
        return Retry(session_id, number, attempt, answer, when, None)

    def add_disagreement(
        self, session_id: str, number: int, reason: str, when: str, before: Grade
    ) -> Disagreement:
        """Keep a disagreement with the mark that it is about, before it is graded again."""
        with self._database.transaction() as connection:
            attempt = _next(connection, "disagreements", session_id, number)
            connection.execute(
                "INSERT INTO disagreements VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (session_id, number, attempt, reason, when, dump(grade_to_json(before))),
            )
        return Disagreement(session_id, number, attempt, reason, when, before, None)

    def save_retry_grade(self, retry: Retry, grade: Grade) -> None:
        """Record the grade of another answer."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE retries SET grade = ? WHERE session_id = ? AND number = ? AND attempt = ?",
                (dump(grade_to_json(grade)), retry.session_id, retry.number, retry.attempt),
            )

    def save_regrade(self, about: Disagreement, grade: Grade) -> None:
        """Record the second grading of a mark that was disagreed with."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE disagreements SET regrade = ? "
                "WHERE session_id = ? AND number = ? AND attempt = ?",
                (dump(grade_to_json(grade)), about.session_id, about.number, about.attempt),
            )

    def retries(self, session_id: str) -> list[Retry]:
        """All other answers of a session, in order."""
        rows = self._database.rows(
            "SELECT * FROM retries WHERE session_id = ? ORDER BY number, attempt", (session_id,)
        )
        return [_retry(row) for row in rows]

    def disagreements(self, session_id: str) -> list[Disagreement]:
        """All disagreements of a session, in order."""
        rows = self._database.rows(
            "SELECT * FROM disagreements WHERE session_id = ? ORDER BY number, attempt",
            (session_id,),
        )
        return [_disagreement(row) for row in rows]

    def rate(self, session_id: str, position: int, rating: Rating, when: str) -> None:
        """Keep the person's own word on how well they recalled a question; the last word counts."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?)",
                (session_id, position, rating, when),
            )


def _retry(row: sqlite3.Row) -> Retry:
    plain = (row["session_id"], row["number"], row["attempt"], row["answer"], row["written"])
    return Retry(*plain, grade_in(row["grade"]))


def _disagreement(row: sqlite3.Row) -> Disagreement:
    before = grade_in(row["before"])
    if before is None:
        raise ValueError(f"a disagreement of session {row['session_id']} names no mark")
    plain = (row["session_id"], row["number"], row["attempt"], row["reason"], row["written"])
    return Disagreement(*plain, before, grade_in(row["regrade"]))


def _next(connection: sqlite3.Connection, table: str, session_id: str, number: int) -> int:
    found = connection.execute(
        f"SELECT coalesce(max(attempt), 0) + 1 FROM {table} WHERE session_id = ? AND number = ?",
        (session_id, number),
    ).fetchone()
    return int(found[0])
