"""When a question should be asked again: FSRS, as py-fsrs computes it, from the marks it got.

The memory model is FSRS-6 (Ye and others; py-fsrs, MIT) with its published default parameters: a
question is due when the probability of recalling its answer has fallen to `RETENTION`. Its short
learning steps are left out, since an interview question is not put again after ten minutes, and so
is its random fuzz.

Invariant: a schedule follows from the reviews alone. They are what is kept, so that a rating
changed or a session forgotten changes all that came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal, get_args

from corpus.schema import GreenroomError

if TYPE_CHECKING:
    from fsrs import Scheduler

Rating = Literal["again", "hard", "good", "easy"]

RETENTION = 0.9
# From which mark on an answer counts as so well recalled.
HARD_FROM = 0.35
GOOD_FROM = 0.6
EASY_FROM = 0.95


class RatingError(GreenroomError):
    """A word that is no rating."""


@dataclass(frozen=True, slots=True)
class Review:
    """One time that a question was answered, and how well."""

    question_id: str
    when: datetime
    rating: Rating


@dataclass(frozen=True, slots=True)
class Due:
    """When a question is due (UTC), and how well it went the last time."""

    due: datetime
    rating: Rating

    def is_due(self, now: datetime) -> bool:
        """Whether it should be asked again."""
        return self.due <= now


@dataclass(frozen=True, slots=True)
class TopicDue:
    """How many questions of a topic are due, and when the next one will be (UTC; None: never)."""

    due: int
    next: datetime | None


def rating_for(score: float) -> Rating:
    """The rating that a mark in [0, 1] stands for."""
    if score >= EASY_FROM:
        return "easy"
    if score >= GOOD_FROM:
        return "good"
    return "hard" if score >= HARD_FROM else "again"


def rating_of(word: str) -> Rating:
    """The rating that a word names. Raises `RatingError`."""
    for rating in get_args(Rating):
        if word.strip().casefold() == rating:
            return rating  # type: ignore[no-any-return]
    raise RatingError(f"{word!r} is no rating; use one of: {', '.join(get_args(Rating))}")


def schedule(reviews: Iterable[Review]) -> dict[str, Due]:
    """When each question is due, by its id, from all its reviews in any order."""
    in_order = sorted(reviews, key=lambda r: (r.question_id, r.when))
    return {
        question_id: _replayed(list(mine))
        for question_id, mine in groupby(in_order, key=lambda r: r.question_id)
    }


def topic_due(questions: Mapping[str, Due], ids: Iterable[str], now: datetime) -> TopicDue:
    """The same of a topic, from its questions' ids; those never asked do not count."""
    mine = [questions[i] for i in ids if i in questions]
    waiting = [d.due for d in mine if not d.is_due(now)]
    return TopicDue(len(mine) - len(waiting), min(waiting, default=None))


def _replayed(reviews: Sequence[Review]) -> Due:
    from fsrs import Card
    from fsrs import Rating as Grade

    scheduler = _scheduler()
    card = Card(card_id=0, due=reviews[0].when.astimezone(UTC))
    for review in reviews:
        grade = Grade[review.rating.capitalize()]
        card, _ = scheduler.review_card(card, grade, review.when.astimezone(UTC))
    return Due(card.due, reviews[-1].rating)


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
