"""The level that answers show, and how sure one may be of it."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from agent.ability import AIM, Ability, Answered, ability_of, at, beginner, updated

START = datetime(2026, 1, 1, tzinfo=UTC)
ANSWERS = st.lists(
    st.tuples(st.integers(1, 5), st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), max_size=30
)


def answers(*given_: tuple[int, float | None]) -> list[Answered]:
    return [Answered(START + timedelta(hours=i), d, s) for i, (d, s) in enumerate(given_)]


def test_a_beginner_is_expected_to_get_half_of_a_middling_question() -> None:
    assert beginner().expected() == 0.5
    low, high = beginner().interval()
    assert low < 0.15
    assert high > 0.85


def test_the_figures_that_the_model_is_set_by() -> None:
    # A beginner's expected mark lies between 0.12 and 0.88; from one difficulty to the next its
    # odds fall by a factor of exp(0.8); 0.65 is aimed at.
    assert beginner().interval() == pytest.approx((0.1235, 0.8765), abs=1e-4)
    assert beginner().expected(1) == pytest.approx(expit(1.6))
    assert beginner().expected(4) == pytest.approx(expit(-0.8))
    assert beginner().aim() == pytest.approx(2.226, abs=1e-3)
    # One answer: the variance 1 / (1 + 0.25), half of that information where the mark is one's own.
    graded = updated(beginner(), Answered(START, 3, 1.0))
    own = updated(beginner(), Answered(START, 3, 1.0, self_marked=1.0))
    assert (graded.level, graded.sd**2) == pytest.approx((0.4, 0.8))
    assert (own.level, own.sd**2) == pytest.approx((2 / 9, 8 / 9))
    # Forty days of silence add 0.1 to the variance.
    assert at(graded, START + timedelta(days=40)).sd ** 2 == pytest.approx(0.9)


@given(ANSWERS, st.integers(1, 5))
def test_at_every_difficulty_the_bounds_hold_what_is_expected(
    given_: list[tuple[int, float, float]], difficulty: int
) -> None:
    ability = ability_of([Answered(START, *g) for g in given_], START)
    low, high = ability.interval(difficulty)
    assert 0 <= low < ability.expected(difficulty) < high <= 1


def test_a_clock_that_was_put_back_takes_no_doubt_away() -> None:
    known = ability_of(answers((3, 0.9)), START)
    assert at(known, START - timedelta(days=300)) == known


def test_what_has_no_mark_changes_nothing() -> None:
    assert updated(beginner(), Answered(START, 3, None)) == beginner()
    with_gaps = ability_of(answers((3, 0.8), (5, None), (2, 0.1)), START)
    assert with_gaps.answers == 2


@given(ANSWERS)
def test_each_answer_moves_the_level_towards_its_mark_and_leaves_less_doubt(
    given_: list[tuple[int, float, float]],
) -> None:
    ability = beginner()
    for difficulty, score, own in given_:
        after = updated(ability, Answered(START, difficulty, score, own))
        assert (after.level - ability.level) * (score - ability.expected(difficulty)) >= 0
        assert 0 < after.sd < ability.sd
        ability = after
    low, high = ability.interval()
    assert 0 <= low <= ability.expected() <= high <= 1


@given(ANSWERS, st.randoms())
def test_the_order_in_which_answers_are_given_does_not_matter(
    given_: list[tuple[int, float, float]], rng: random.Random
) -> None:
    timed = [Answered(START + timedelta(days=i), *g) for i, g in enumerate(given_)]
    shuffled = list(timed)
    rng.shuffle(shuffled)
    end = START + timedelta(days=40)
    assert ability_of(timed, end) == ability_of(shuffled, end)


def test_a_hard_question_answered_well_says_more_than_an_easy_one() -> None:
    hard, easy = (updated(beginner(), Answered(START, d, 1.0)).level for d in (5, 1))
    assert hard > easy > 0


def test_a_mark_of_ones_own_counts_for_less_and_is_told_apart() -> None:
    graded = updated(beginner(), Answered(START, 3, 1.0))
    own = updated(beginner(), Answered(START, 3, 1.0, self_marked=1.0))
    assert 0 < own.level < graded.level
    assert own.sd > graded.sd
    assert (own.self_marked, graded.self_marked) == (1, 0)


def test_doubt_grows_with_silence_but_never_beyond_that_of_a_beginner() -> None:
    known = ability_of(answers(*[(3, 0.9)] * 20), START + timedelta(hours=20))
    month, age = (at(known, START + timedelta(days=n)) for n in (30, 30_000))
    assert known.sd < month.sd < age.sd == beginner().sd
    assert known.level == age.level


def test_the_level_of_a_simulated_person_is_found_within_its_bounds() -> None:
    rng = random.Random(3)
    inside = 0
    for _ in range(200):
        level = rng.gauss(0, 1)
        asked = [rng.randint(1, 5) for _ in range(40)]
        marks = [float(rng.random() < expit(level - 0.8 * (d - 3))) for d in asked]
        found = ability_of(answers(*zip(asked, marks, strict=True)), START + timedelta(days=2))
        inside += abs(found.level - level) < 1.96 * found.sd
    assert 180 <= inside <= 200


def test_the_next_question_is_aimed_at_what_is_neither_easy_nor_hopeless() -> None:
    somebody = Ability(1.0, 0.3, 9, 0, START)
    aimed = somebody.aim()
    assert expit(somebody.level - 0.8 * (aimed - 3)) == pytest.approx(AIM)
    assert Ability(9.0, 0.3, 9, 0, START).aim() == 5.0
    assert Ability(-9.0, 0.3, 9, 0, START).aim() == 1.0
    assert not math.isnan(Ability(1e6, 0.3, 9, 0, START).expected())
