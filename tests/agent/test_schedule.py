"""When questions come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.schedule import Rating, RatingError, Review, rating_for, rating_of, schedule, topic_due

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
RATINGS: list[Rating] = ["again", "hard", "good", "easy"]


def reviewed(*ratings: Rating, days: int = 3) -> list[Review]:
    return [Review("q", START + timedelta(days=days * i), r) for i, r in enumerate(ratings)]


@pytest.mark.parametrize(
    ("score", "rating"),
    [
        *((0.0, "again"), (0.34, "again"), (0.35, "hard"), (0.59, "hard"), (0.6, "good")),
        *((0.94, "good"), (0.95, "easy"), (1, "easy")),
    ],
)
def test_a_mark_becomes_a_rating(score: float, rating: str) -> None:
    assert rating_for(score) == rating


def test_a_word_becomes_a_rating_or_is_named() -> None:
    assert rating_of(" Hard ") == "hard"
    with pytest.raises(RatingError, match=r"'great'.*again, hard, good, easy"):
        rating_of("great")


def test_the_better_it_went_the_later_it_comes() -> None:
    ends = [schedule(reviewed("good", r))["q"].due for r in RATINGS]
    assert ends == sorted(ends)
    assert len(set(ends)) == 4
    assert ends[0] >= START + timedelta(days=4)  # not after ten minutes


@given(st.lists(st.sampled_from(RATINGS), min_size=1, max_size=12))
def test_a_schedule_follows_from_its_reviews_alone(ratings: list[Rating]) -> None:
    reviews = reviewed(*ratings)
    place = schedule(reviews)["q"]
    assert schedule(reversed(reviews))["q"] == place
    assert place.rating == ratings[-1]
    assert place.is_due(place.due)
    assert not place.is_due(reviews[-1].when)


def test_a_rating_changed_changes_what_followed() -> None:
    first = schedule(reviewed("good", "good", "good"))["q"]
    other = schedule(reviewed("again", "good", "good"))["q"]
    assert other.due < first.due


@pytest.mark.parametrize(
    ("ratings", "days"),
    [("again", 1), ("hard", 1), ("good", 2), ("easy", 8), ("good good", 14), ("good again", 1)],
)
def test_the_waits_are_those_of_fsrs_6_at_a_recall_of_nine_in_ten(ratings: str, days: int) -> None:
    # Its default parameters begin with the days after which recall has fallen to 0.9: 0.21, 1.29,
    # 2.31, 8.30 for the four ratings.
    reviews = reviewed(*(rating_of(word) for word in ratings.split()))
    assert schedule(reviews)["q"].due == reviews[-1].when + timedelta(days=days)


def test_times_of_any_zone_are_taken() -> None:
    away = timezone(timedelta(hours=9))
    there = [Review("q", r.when.astimezone(away), r.rating) for r in reviewed("good", "hard")]
    assert schedule(there)["q"].due == schedule(reviewed("good", "hard"))["q"].due


def test_a_topic_counts_its_questions_that_are_due() -> None:
    rated: list[tuple[str, Rating]] = [("a", "again"), ("b", "good"), ("c", "easy")]
    reviews = [Review(i, START, r) for i, r in rated]
    found = schedule(reviews)
    now = found["a"].due
    topic = topic_due(found, ["c", "a", "b", "never asked"], now)
    assert (topic.due, topic.next) == (1, found["b"].due)
    assert topic_due(found, [], now).next is None
