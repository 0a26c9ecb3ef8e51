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
    """Where a question stands: when it is due, and its memory by FSRS.

    `stability` is in days (after so many recall falls to 0.9), `difficulty` from 1 to 10, `recall`
    the probability, as of the time asked for, that its answer would come back.
    """

    question_id: str
    due: datetime
    last: datetime
    reviews: int
    rating: Rating
    stability: float
    difficulty: float
    recall: float

    def is_due(self, now: datetime) -> bool:
        """Whether it should be asked again."""
        return self.due <= now


@dataclass(frozen=True, slots=True)
class TopicDue:
    """How many questions of a topic are due, out of those asked, and when the next one is."""

    due: int
    asked: int
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


def schedule(reviews: Iterable[Review], now: datetime) -> dict[str, Due]:
    """Each question's place, by id, from all its reviews in any order."""
    in_order = sorted(reviews, key=lambda r: (r.question_id, r.when))
    return {
        question_id: _replayed(list(mine), now)
        for question_id, mine in groupby(in_order, key=lambda r: r.question_id)
    }


def topic_due(questions: Mapping[str, Due], ids: Iterable[str], now: datetime) -> TopicDue:
    """A topic's place from that of its questions, named by id; those never asked do not count."""
    mine = [questions[i] for i in ids if i in questions]
    waiting = [d.due for d in mine if not d.is_due(now)]
    return TopicDue(sum(d.is_due(now) for d in mine), len(mine), min(waiting, default=None))


def _replayed(reviews: Sequence[Review], now: datetime) -> Due:
    from fsrs import Card
    from fsrs import Rating as Grade

    scheduler = _scheduler()
    card = Card(card_id=0, due=reviews[0].when.astimezone(UTC))
    for review in reviews:
        grade = Grade[review.rating.capitalize()]
        card, _ = scheduler.review_card(card, grade, review.when.astimezone(UTC))
    last = reviews[-1]
    return Due(
        last.question_id,
        card.due,
        last.when,
        len(reviews),
        last.rating,
        card.stability or 0.0,
        card.difficulty or 0.0,
        scheduler.get_card_retrievability(card, now.astimezone(UTC)),
    )


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
