"""Which questions are chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Bank, make_bank, make_question

from agent.plan import Options, PlanError, choose

LIBRARY = "library-sorting"


def topics(chosen: object) -> list[str]:
    return [q.topic for q in chosen]  # type: ignore[attr-defined]


def test_topics_are_spread_and_difficulty_rises() -> None:
    chosen = choose(make_bank(30), Options(count=6, seed=1))
    assert sorted(topics(chosen)) == ["Hashing"] * 2 + ["Sorting"] * 2 + ["Trees"] * 2
    levels = [q.difficulty for q in chosen]
    assert levels == sorted(levels)
    assert len(set(levels)) > 1


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(0, 12))
def test_any_seed_gives_the_same_questions_twice_and_none_twice_over(
    seed: int, count: int, asked: int
) -> None:
    bank, options = make_bank(9), Options(count=count, seed=seed)
    recent = {q.id for q in bank.questions()[:asked]}
    chosen = choose(bank, options, recent)
    assert chosen == choose(bank, options, recent)
    assert len({q.id for q in chosen}) == len(chosen) == min(count, 9)
    fresh = [q for q in chosen if q.id not in recent]
    assert len(fresh) == min(count, max(0, 9 - asked))


@pytest.mark.parametrize("wanted", ["hashing", "HASH", "hashing tables", "hashinng"])
def test_a_topic_is_found_by_name_by_part_and_by_a_near_spelling(wanted: str) -> None:
    assert set(topics(choose(make_bank(), Options(topics=(wanted,))))) == {"Hashing"}


def test_a_topic_is_found_in_the_words_of_a_question() -> None:
    (question,) = choose(make_bank(), Options(topics=("thing4",)))
    assert "thing4" in question.question


def test_an_unknown_topic_names_the_nearest() -> None:
    with pytest.raises(PlanError, match=r"'Treasury'.*nearest are: Trees"):
        choose(make_bank(), Options(topics=("Treasury",)))


def test_roles_are_matched_and_unknown_ones_named() -> None:
    bank = Bank([make_question(0, roles=("ai-engineer",)), make_question(1, roles=("chef",))])
    assert [q.roles for q in choose(bank, Options(roles=("AI Engineer",)))] == [("ai-engineer",)]
    with pytest.raises(PlanError, match="ai-engineer, chef"):
        choose(bank, Options(roles=("pilot",)))


def test_the_users_own_questions_come_first_and_the_library_fills_up() -> None:
    own = [make_question(n) for n in range(2)]
    library = [make_question(n, document_id=LIBRARY) for n in range(2, 8)]
    chosen = choose(Bank([*library, *own]), Options(count=4, seed=1))
    assert {q.id for q in own} < {q.id for q in chosen}
    assert len(chosen) == 4


def test_what_can_be_graded_comes_before_what_cannot() -> None:
    bank = Bank([*(make_question(n, points=()) for n in range(5)), make_question(9)])
    assert choose(bank, Options(count=1, seed=3))[0].id.endswith("-9")


def test_two_questions_that_say_nearly_the_same_are_not_both_asked() -> None:
    same = "How does a hash table resolve two keys that collide{}"
    bank = Bank([make_question(n, question=same.format(end)) for n, end in enumerate("?.!")])
    assert len(choose(bank, Options(count=3, seed=1))) == 1


def test_documents_and_named_questions() -> None:
    bank = Bank([make_question(0, document_id="a" * 16), make_question(1, document_id="b" * 16)])
    (only,) = choose(bank, Options(document_ids=("b" * 16,)))
    assert only.document_id == "b" * 16
    ids = ("b" * 16 + "-1", "a" * 16 + "-0")
    assert tuple(q.id for q in choose(bank, Options(question_ids=ids))) == ids
    with pytest.raises(PlanError, match="no question 'x'"):
        choose(bank, Options(question_ids=("x",)))
    with pytest.raises(PlanError, match="no questions come from c"):
        choose(bank, Options(document_ids=("c",)))


@pytest.mark.parametrize("count", [0, -1, 201])
def test_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(PlanError, match=str(count)):
        choose(make_bank(), Options(count=count))


def test_an_empty_bank_says_what_to_do() -> None:
    with pytest.raises(PlanError, match="greenroom ingest"):
        choose(Bank([]), Options())
