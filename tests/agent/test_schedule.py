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
    [(0.0, "again"), (0.34, "again"), (0.35, "hard"), (0.6, "good"), (0.94, "good"), (1, "easy")],
)
def test_a_mark_becomes_a_rating(score: float, rating: str) -> None:
    assert rating_for(score) == rating


def test_a_word_becomes_a_rating_or_is_named() -> None:
    assert rating_of(" Hard ") == "hard"
    with pytest.raises(RatingError, match=r"'great'.*again, hard, good, easy"):
        rating_of("great")


def test_the_better_it_went_the_later_it_comes() -> None:
    ends = [schedule(reviewed("good", r), START)["q"].due for r in RATINGS]
    assert ends == sorted(ends)
    assert len(set(ends)) == 4
    assert ends[0] >= START + timedelta(days=4)  # not after ten minutes


@given(st.lists(st.sampled_from(RATINGS), min_size=1, max_size=12), st.integers(0, 400))
def test_a_schedule_follows_from_its_reviews_alone(ratings: list[Rating], later: int) -> None:
    reviews = reviewed(*ratings)
    now = START + timedelta(days=later)
    place = schedule(reviews, now)["q"]
    assert schedule(reversed(reviews), now)["q"] == place
    assert place.reviews == len(ratings)
    assert place.due > place.last == reviews[-1].when
    assert 0 < place.recall <= 1
    assert place.is_due(place.due)
    assert not place.is_due(place.last)


def test_a_rating_changed_changes_what_followed() -> None:
    first = schedule(reviewed("good", "good", "good"), START)["q"]
    other = schedule(reviewed("again", "good", "good"), START)["q"]
    assert other.due < first.due


def test_recall_fades_to_the_retention_when_it_is_due() -> None:
    due = schedule(reviewed("good"), START)["q"].due
    assert schedule(reviewed("good"), START)["q"].recall == 1
    assert schedule(reviewed("good"), due)["q"].recall == pytest.approx(0.9, abs=0.03)


def test_times_of_any_zone_are_taken() -> None:
    away = timezone(timedelta(hours=9))
    there = [Review("q", r.when.astimezone(away), r.rating) for r in reviewed("good", "hard")]
    assert schedule(there, START)["q"].due == schedule(reviewed("good", "hard"), START)["q"].due


def test_a_topic_counts_its_questions_that_are_due() -> None:
    reviews = [Review(i, START, r) for i, r in (("a", "again"), ("b", "easy"))]
    found = schedule(reviews, START)
    now = found["a"].due
    topic = topic_due(found, ["a", "b", "never asked"], now)
    assert (topic.due, topic.asked, topic.next) == (1, 2, found["b"].due)
    assert topic_due(found, [], now).next is None
