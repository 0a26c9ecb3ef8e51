"""What a person did with each question they were asked: marks, times, points lost.

Invariant: one attempt for a question of a session, made from the history alone; a question that
waits for its mark, or was never replied to, is none.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agent.ability import Answered
from agent.grades import MarkedBy, Verdict
from agent.schedule import Rating, Review, rating_for, rating_of
from corpus.schema import Span

if TYPE_CHECKING:
    from agent.history import History

_SQL = """
SELECT s.id AS session_id, p.position, p.question_id, p.question, a.asked, a.answered,
       t.standing, r.rating
FROM sessions s
JOIN planned p ON p.session_id = s.id
JOIN (SELECT session_id, position, min(asked) AS asked, max(answered) AS answered,
             max(intent = 'skip') AS skipped,
             max(CASE WHEN standing IS NOT NULL THEN number END) AS marked
      FROM turns WHERE kind != 'report'
        AND (?1 IS NULL OR session_id IN (SELECT id FROM sessions WHERE person = ?1))
      GROUP BY session_id, position) a
  ON a.session_id = p.session_id AND a.position = p.position
LEFT JOIN turns t ON t.session_id = p.session_id AND t.number = a.marked
LEFT JOIN ratings r ON r.session_id = p.session_id AND r.position = p.position
WHERE (?1 IS NULL OR s.person = ?1) AND (a.marked IS NOT NULL OR a.skipped)
ORDER BY a.answered, s.started, s.rowid, p.position
"""


@dataclass(frozen=True, slots=True)
class Lost:
    """A key point that an answer did not fully make. `score` is in [0, 1]."""

    point_id: str
    text: str
    weight: float
    score: float
    verdict: Verdict
    by: MarkedBy
    source: Span | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One question of one session as it ended.

    `score` is None where there is no mark: `skipped` tells which. `self_marked` is the share, 0 to
    1, of the points that the candidate marked, `points` their number. `seconds` is the time from
    the question to the last reply, `rating` the person's own word on it, where they gave one.
    """

    session_id: str
    position: int
    question_id: str
    question: str
    topic: str
    difficulty: int
    when: datetime
    seconds: float
    score: float | None
    skipped: bool
    self_marked: float
    points: int
    rating: Rating | None
    lost: tuple[Lost, ...]

    @property
    def answered(self) -> Answered:
        """The attempt as evidence of an ability."""
        return Answered(self.when, self.difficulty, self.score, self.self_marked)

    @property
    def review(self) -> Review | None:
        """The attempt as a review; None where there is neither a mark nor a word of the person."""
        rating = self.rating or (None if self.score is None else rating_for(self.score))
        return None if rating is None else Review(self.question_id, self.when, rating)


def attempts(history: History, person: str | None = None) -> tuple[Attempt, ...]:
    """All attempts (of one person), the oldest first."""
    return tuple(_attempt(row) for row in history.database.rows(_SQL, (person,)))


def reviews(done: Iterable[Attempt]) -> list[Review]:
    """The attempts that count for the schedule."""
    return [review for a in done if (review := a.review) is not None]


def moment(written: str) -> datetime:
    """A time of the history, in UTC where it names no zone. Raises ValueError."""
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _attempt(row: sqlite3.Row) -> Attempt:
    question: dict[str, Any] = json.loads(row["question"])
    standing: dict[str, Any] = json.loads(row["standing"]) if row["standing"] else {}
    points: list[dict[str, Any]] = standing.get("points", [])
    own = sum(p["by"] == "candidate" for p in points)
    when = moment(row["answered"])
    return Attempt(
        row["session_id"],
        row["position"],
        row["question_id"],
        question["question"],
        question["topic"],
        question["difficulty"],
        when,
        (when - moment(row["asked"])).total_seconds(),
        standing.get("score"),
        not standing,
        own / len(points) if points else 0.0,
        len(points),
        rating_of(row["rating"]) if row["rating"] else None,
        tuple(_lost(p) for p in points if p["verdict"] != "covered"),
    )


def _lost(point: dict[str, Any]) -> Lost:
    source = point["source_span"]
    return Lost(
        point["id"],
        point["text"],
        point["weight"],
        point["score"],
        point["verdict"],
        point["by"],
        Span(**source) if source and source["document_id"] != "key_points" else None,
    )
