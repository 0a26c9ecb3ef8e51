"""How each topic stands over all interviews of a person: marks, level, trend, what is due, what
is weak.

Invariant: means weigh every graded question once; what was not graded or was skipped is counted
apart and never enters a mean, and where there is too little to tell, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.ability import Ability
from agent.attempts import Attempt, Lost
from agent.learner import Learner, learner_of
from agent.pool import plain_name
from agent.schedule import topic_due
from corpus.schema import Span

ENOUGH = 5  # graded questions from which a topic's mean says something
TREND_FROM = 4  # graded questions from which a change is spoken of
CHANGED = 0.1  # least change of the mean, first half to second, that is called one
MOST_WEAK = 3  # weakest points shown of a topic
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A key point not fully made when its question was last asked; `lost` is weight times what
    lacked, `source` the passage that carries it."""

    question_id: str
    question: str
    text: str
    score: float
    lost: float
    self_marked: bool
    source: Span | None
    when: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """One graded question: when, and its mark in [0, 1]."""

    when: datetime
    score: float


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """One topic. Shares and marks are from 0 to 1.

    `mean` is None where nothing was graded; `low` and `high` bound the mean that many more such
    questions would come to. `expected` is the mark to expect today on a middling question, with
    its bounds, from `agent.ability`; None before anything was graded. `marks` are in order of time,
    `trend` is the mean of their later half less that of the earlier. `due` counts questions to be
    asked again by now, `next_due` is when the next one will be. `note` says what the figures cannot
    tell.
    """

    topic: str
    sessions: int
    graded: int
    ungraded: int
    skipped: int
    mean: float | None
    self_marked: float
    asked: int
    low: float | None
    high: float | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    marks: tuple[Mark, ...]
    trend: float | None
    due: int
    next_due: datetime | None
    weakest: tuple[WeakPoint, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Streak:
    """Days on which something was answered: in a row up to today or yesterday, at most, in all."""

    current: int
    longest: int
    days: int


@dataclass(frozen=True, slots=True)
class Progress:
    """All topics by name, the days, and how many questions are due in all."""

    topics: tuple[TopicProgress, ...]
    streak: Streak
    due: int
    note: str

    def only(self, topic: str) -> Progress:
        """The same for topics with these words in their name; the days stay those of all."""
        wanted = plain_name(topic)
        kept = tuple(t for t in self.topics if wanted in plain_name(t.topic))
        return Progress(kept, self.streak, _due(kept), self.note)


def progress_of(done: Sequence[Attempt], now: datetime) -> Progress:
    """The progress that attempts, the oldest first, show as of `now`."""
    learner = learner_of(done, now)
    topics = sorted(dict.fromkeys(a.topic for a in done))
    found = tuple(_topic(t, [a for a in done if a.topic == t], learner) for t in topics)
    graded = sum(t.graded for t in found)
    note = "" if graded >= ENOUGH else _too_little(graded)
    return Progress(found, streak_of((a.when.date() for a in done), now.date()), _due(found), note)


def streak_of(days: Iterable[date], today: date) -> Streak:
    """The streak that days of practice make. A day not over yet breaks none."""
    there = sorted(set(days))
    longest = run = 0
    before: date | None = None
    for day in there:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest = max(longest, run)
        before = day
    alive = before is not None and today - before <= timedelta(days=1)
    return Streak(run if alive else 0, longest, len(there))


def mean_interval(scores: Sequence[float]) -> tuple[float, float]:
    """Bounds of 95% for the mean of marks in [0, 1], never outside it and never without width.

    After Clopper and Pearson (1934), with the sum of the marks in place of the count of successes:
    a mark varies at most as much as a yes or no of the same mean, so that the bounds are wide
    rather than narrow.
    """
    from scipy.special import betaincinv

    total, count = sum(scores), len(scores)
    tail = (1 - CONFIDENCE) / 2
    low = betaincinv(total, count - total + 1, tail) if total > 0 else 0.0
    high = betaincinv(total + 1, count - total, 1 - tail) if total < count else 1.0
    return round(float(low), 3), round(float(high), 3)


def _topic(topic: str, done: Sequence[Attempt], learner: Learner) -> TopicProgress:
    scored = [a for a in done if a.score is not None]
    scores = [a.score for a in scored if a.score is not None]
    points = sum(a.points for a in scored)
    own = sum(a.self_marked * a.points for a in scored)
    low, high = mean_interval(scores) if scores else (None, None)
    due = topic_due(learner.due, {a.question_id for a in done}, learner.now)
    ability = learner.ability(topic)
    return TopicProgress(
        topic,
        sessions=len({a.session_id for a in done}),
        graded=len(scores),
        ungraded=sum(a.score is None and not a.skipped for a in done),
        skipped=sum(a.skipped for a in done),
        mean=round(sum(scores) / len(scores), 3) if scores else None,
        self_marked=round(own / points, 3) if points else 0.0,
        asked=len(done),
        low=low,
        high=high,
        **_expectation(ability),
        marks=tuple(Mark(a.when, s) for a, s in zip(scored, scores, strict=True)),
        trend=_trend(scores),
        due=due.due,
        next_due=due.next,
        weakest=_weakest(scored),
        note="" if len(scores) >= ENOUGH else _too_little(len(scores)),
    )


def _expectation(ability: Ability) -> dict[str, float | None]:
    if not ability.answers:
        return {"expected": None, "expected_low": None, "expected_high": None}
    low, high = ability.interval()
    return {
        "expected": round(ability.expected(), 3),
        "expected_low": round(low, 3),
        "expected_high": round(high, 3),
    }


def _trend(scores: Sequence[float]) -> float | None:
    if len(scores) < TREND_FROM:
        return None
    half = len(scores) // 2
    early, late = scores[:half], scores[-half:]
    return round(sum(late) / half - sum(early) / half, 3)


def _weakest(done: Sequence[Attempt]) -> tuple[WeakPoint, ...]:
    last = {a.question_id: a for a in done}  # the latest attempt on each question counts
    points = [_weak(a, p) for a in last.values() for p in a.lost]
    return tuple(sorted(points, key=lambda p: (-p.lost, p.question_id, p.text))[:MOST_WEAK])


def _weak(attempt: Attempt, point: Lost) -> WeakPoint:
    return WeakPoint(
        attempt.question_id,
        attempt.question,
        point.text,
        point.score,
        round(point.weight * (1 - point.score), 3),
        point.by == "candidate",
        point.source,
        attempt.when,
    )


def _due(topics: Sequence[TopicProgress]) -> int:
    return sum(t.due for t in topics)


def _too_little(graded: int) -> str:
    if not graded:
        return "Nothing graded yet, so nothing can be said."
    noun = "question" if graded == 1 else "questions"
    return f"Only {graded} {noun} graded, too few to tell; from {ENOUGH} on it says something."
