"""What a person did with each question they were asked: marks, times, points lost.

Invariant: one attempt for a question of a session, made from the history alone; a question that
waits for its mark, or was never replied to, is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, func, select

from agent.ability import Answered
from agent.archive import Row
from agent.grades import MarkedBy, Verdict
from agent.history_rows import told
from agent.schedule import Rating, Review, rating_for, rating_of
from agent.tables import PLANNED, RATINGS, SESSIONS, TURNS
from corpus.schema import Span

if TYPE_CHECKING:
    from agent.history import History


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


def attempts(
    history: History, person: str | None = None, *, withheld: bool = False
) -> tuple[Attempt, ...]:
    """All attempts (of one person), the oldest first. Those of a real interview that still runs are
    left out unless `withheld`: nothing that a person is shown may tell their marks."""
    rows = history.database.rows(_done(person))
    if not withheld:
        hidden = {session.id for session in history.sessions(person) if session.withheld}
        rows = [row for row in rows if row["session_id"] not in hidden]
    return tuple(_attempt(row) for row in rows)


def reviews(done: Iterable[Attempt]) -> list[Review]:
    """The attempts that count for the schedule."""
    return [review for a in done if (review := a.review) is not None]


def moment(written: str) -> datetime:
    """A time of the history, in UTC where it names no zone. Raises ValueError."""
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _done(person: str | None) -> Select[Any]:
    """Every question that was marked or skipped, with when and its last mark."""
    asked = (
        select(
            TURNS.c.session_id,
            TURNS.c.position,
            func.min(TURNS.c.asked).label("asked"),
            # Not of a confirmation: it may come long after, before the debrief.
            func.max(case((TURNS.c.kind != "confirm", TURNS.c.answered))).label("answered"),
            func.max(case((TURNS.c.intent == "skip", 1), else_=0)).label("skipped"),
            func.max(case((TURNS.c.standing.is_not(None), TURNS.c.number))).label("marked"),
        )
        .where(TURNS.c.kind != "report")
        .group_by(TURNS.c.session_id, TURNS.c.position)
    )
    if person is not None:
        mine = select(SESSIONS.c.id).where(SESSIONS.c.person == person)
        asked = asked.where(TURNS.c.session_id.in_(mine))
    a = asked.subquery()
    place = (PLANNED.c.session_id == a.c.session_id) & (PLANNED.c.position == a.c.position)
    last = (TURNS.c.session_id == a.c.session_id) & (TURNS.c.number == a.c.marked)
    rated = (RATINGS.c.session_id == a.c.session_id) & (RATINGS.c.position == a.c.position)
    return (
        select(
            *(PLANNED.c[name] for name in ("session_id", "position", "question_id", "question")),
            *(a.c.asked, a.c.answered, TURNS.c.standing, RATINGS.c.rating),
        )
        .select_from(a)
        .join(PLANNED, place)
        .join(SESSIONS, SESSIONS.c.id == a.c.session_id)
        .outerjoin(TURNS, last)
        .outerjoin(RATINGS, rated)
        .where(a.c.marked.is_not(None) | (a.c.skipped == 1))
        .order_by(a.c.answered, SESSIONS.c.started, SESSIONS.c.rowid, PLANNED.c.position)
    )


def _attempt(row: Row) -> Attempt:
    with told(row["session_id"]):
        return _read(row)


def _read(row: Row) -> Attempt:
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
        tuple(_lost(p) for p in points if p["weight"] > 0 and p["verdict"] != "covered"),
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
