"""Which topic needs asking most, what fits a level, and the reasons that are given."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rehearsal import make_question

from agent.ability import AIM, LOGITS_PER_DIFFICULTY, MIDDLE, Ability
from agent.learner import Learner
from agent.picking import ago, nearer, pick, reason, topic_needs
from agent.schedule import Due
from corpus.schema import Question

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def aiming_at(difficulty: float, **changes: object) -> Learner:
    """Somebody for whom questions of this difficulty, 1 to 5, are right on the topic "Sorting"."""
    level = (difficulty - MIDDLE) * LOGITS_PER_DIFFICULTY + math.log(AIM / (1 - AIM))
    learner = Learner(NOW, topics={"Sorting": Ability(level, 0.3, 5, 0, NOW)})
    return replace(learner, **changes)  # type: ignore[arg-type]


def level(difficulty: int, n: int | None = None) -> Question:
    return make_question(difficulty - 1 if n is None else n, difficulty=difficulty)


@pytest.mark.parametrize(("due", "need"), [(0, 2.0), (1, 2 + 1 / 3), (3, 3.0), (5, 3.0)])
def test_a_topic_needs_asking_by_what_is_due_on_it(due: int, need: float) -> None:
    pool = [make_question(n) for n in range(6)]
    waiting = {q.id: Due(NOW - timedelta(days=1), "good") for q in pool[:due]}
    assert topic_needs(pool, Learner(NOW, due=waiting), {}) == pytest.approx({"Sorting": need})


def test_a_topic_needs_asking_by_its_weight_for_the_role_and_by_how_weak_it_is() -> None:
    pool = [make_question(0), make_question(1, "Trees")]
    assert topic_needs(pool, None, {"Trees": 0.5}) == {"Sorting": 2.0, "Trees": 1.0}
    person = aiming_at(1.0, avoided=frozenset({"Trees"}))
    weak = person.ability("Sorting").expected(MIDDLE)
    assert weak < 0.5
    needs = topic_needs(pool, person, {})
    assert needs == pytest.approx({"Sorting": 1 + 2 * (1 - weak), "Trees": 0.1})


def test_seeds_draw_among_equals() -> None:
    pool = [make_question(n, difficulty=3) for n in range(9)]

    def first(seed: int) -> str:
        (only,) = pick(pool, 1, random.Random(seed), lambda _: (), None, {})
        return only.id

    assert len({first(seed) for seed in range(30)}) > 3
    assert first(7) == first(7)


@pytest.mark.parametrize(
    ("shared", "own", "both"), [(7, (1, 2), 1), (6, (1, 2), 2), (7, (2, 2), 2)]
)
def test_seven_words_in_ten_make_two_questions_one(
    shared: int, own: tuple[int, int], both: int
) -> None:
    def worded(n: int, more: int) -> Question:
        words = [f"same{i}" for i in range(shared)] + [f"own{n}x{i}" for i in range(more)]
        return make_question(n, question=" ".join(words))

    pool = [worded(n, more) for n, more in enumerate(own)]
    assert len(pick(pool, 2, random.Random(1), lambda _: (), None, {})) == both


def test_a_question_far_from_the_level_gives_way_to_a_much_nearer_one() -> None:
    person, chance = aiming_at(1.6), random.Random(1)
    pool = [level(2), level(5), level(3)]
    assert nearer(level(4), pool, [], person, chance) == level(2)
    assert nearer(level(4), [level(5, 9), level(4, 8)], [], person, chance) is None
    # 1.4 off is near enough, though 0.4 could be had.
    assert nearer(level(3), [level(2)], [], person, chance) is None
    assert nearer(level(4), [replace(level(2), topic="Trees")], [], person, chance) is None


def test_nothing_that_was_asked_or_says_the_same_takes_the_place() -> None:
    person, chance = aiming_at(1.6), random.Random(1)
    easy, hard = level(2), level(4)
    asked = {easy.id: NOW}
    assert nearer(hard, [easy], [], replace(person, asked=asked), chance) is None
    assert nearer(hard, [easy], [], replace(person, asked={hard.id: NOW}), chance) is None
    twin = replace(easy, id="twin")
    assert nearer(hard, [easy], [twin], person, chance) is None
    # The question itself, said more easily, may.
    same = replace(hard, id="easier", difficulty=2)
    assert nearer(hard, [same], [hard], person, chance) == same


def test_a_level_of_which_little_is_known_swaps_nothing() -> None:
    assert nearer(level(5), [level(1)], [], Learner(NOW), random.Random(1)) is None


def test_the_difficulty_is_given_as_a_reason_where_a_level_is_known() -> None:
    person = aiming_at(2.0)
    assert "difficulty, 2 of 5, fits your level (about 2.0)" in reason(level(2), person, {}, "")
    assert "difficulty, 4 of 5, is above your level" in reason(level(4), person, {}, "")
    assert "difficulty, 1 of 5, is below your level" in reason(level(1), aiming_at(3), {}, "")
    assert "difficulty" not in reason(level(2), Learner(NOW), {}, "")


def test_the_role_and_a_topic_that_is_not_theirs_are_given_as_reasons() -> None:
    question, left = make_question(0), "Sorting is not your topic, but few others are left."
    assert reason(question, None, {"Sorting": 1.0}, "pilot").endswith("It is for the role pilot.")
    assert "role" not in reason(question, None, {"Trees": 1.0}, "pilot")
    assert "role" not in reason(question, None, {"Sorting": 1.0}, "")
    assert left in reason(question, Learner(NOW, avoided=frozenset({"Sorting"})), {}, "")
    assert left not in reason(question, Learner(NOW, avoided=frozenset({"Trees"})), {}, "")


def test_when_it_was_asked_and_how_it_went_are_given_as_reasons() -> None:
    question = make_question(0)
    asked = {question.id: NOW - timedelta(days=1)}
    skipped = reason(question, Learner(NOW, asked=asked), {}, "")
    assert skipped == "Too few others are left: last asked yesterday, without a mark."
    due = {question.id: Due(NOW, "hard")}
    again = Learner(NOW, asked=asked, marks={question.id: 0.4}, due=due)
    assert reason(question, again, {}, "") == "It is due again: last asked yesterday, marked 40%."


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "today"), (0, "today"), (1, "yesterday"), (2, "2 days ago"), (40, "40 days ago")],
)
def test_how_long_ago(days: int, said: str) -> None:
    assert ago(NOW - timedelta(days=days), NOW) == said
