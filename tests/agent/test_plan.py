"""Which questions are chosen."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import TOPICS, Bank, make_bank, make_interview, make_question

from agent.attempts import Attempt
from agent.interview import Interview
from agent.learner import Learner, learner_of
from agent.plan import Options, PlanError, choices, choose, how_many
from corpus.schema import Question

LIBRARY = "library-sorting"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


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


@pytest.mark.parametrize(
    "wanted", ["hashing", "HASH", "hashing-tables", "hashing tables", "hashinng"]
)
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


def learner(*done: tuple[Question, float | None], days: float = 3) -> Learner:
    """Somebody who answered these questions, with these marks, so many days ago."""
    when = NOW - timedelta(days=days)
    return learner_of([attempt(q, score, when) for q, score in done], NOW)


def attempt(question: Question, score: float | None, when: datetime) -> Attempt:
    plain = (question.id, question.question, question.topic, question.difficulty)
    return Attempt("s", 0, *plain, when, 200.0, score, score is None, 0.0, 2, None, ())


def ids(questions: tuple[Question, ...]) -> set[str]:
    return {q.id for q in questions}


def test_what_is_due_comes_again_though_it_was_asked_lately_and_what_is_not_stays_away() -> None:
    bank = Bank([make_question(n, TOPICS[n % 3]) for n in range(12)])
    failed, known = bank.questions()[0], bank.questions()[3]
    person = learner((failed, 0.1), (known, 1.0))
    assert person.is_due(failed.id)
    recent = {failed.id, known.id}
    for seed in range(5):
        chosen = ids(choose(bank, Options(count=6, seed=seed), recent, person))
        assert failed.id in chosen
        assert known.id not in chosen
    just_now = learner((failed, 0.1), days=0.1)
    assert failed.id not in ids(choose(bank, Options(count=6, seed=1), (), just_now))


def test_a_due_question_of_the_library_comes_before_ones_own_new_ones() -> None:
    own = [make_question(n) for n in range(4)]
    due = make_question(9, document_id=LIBRARY)
    chosen = choose(Bank([*own, due]), Options(count=2, seed=1), (), learner((due, 0.0)))
    assert due.id in ids(chosen)


def test_a_weak_topic_is_asked_more_than_a_strong_one() -> None:
    bank = make_bank(60)
    done = [(q, 0.95 if q.topic == "Trees" else 0.05) for q in bank.questions()[:12]]
    asked = {q.id for q, _ in done}
    chosen = choose(bank, Options(count=9, seed=1), asked, learner(*done, days=0.6))
    counts = Counter(topics(chosen))
    assert counts["Trees"] < counts["Sorting"]
    assert counts["Trees"] >= 1


def test_the_difficulty_follows_the_level() -> None:
    bank = Bank([make_question(n) for n in range(60)])
    done = bank.questions()[:10]
    means = []
    for score in (0.0, 0.5, 1.0):
        person = learner(*((q, score) for q in done), days=0.6)
        chosen = choose(bank, Options(count=5, seed=1), ids(done), person)
        means.append(sum(q.difficulty for q in chosen) / 5)
    assert means[0] < means[1] < means[2]


def test_a_role_weighs_the_topics() -> None:
    questions = [make_question(n, "Sorting", roles=("pilot",)) for n in range(20)]
    questions += [
        make_question(n, "Trees", roles=("pilot",) if n % 5 == 0 else ("chef",))
        for n in range(20, 60)
    ]
    chosen = choose(Bank(questions), Options(roles=("pilot",), count=6, seed=1))
    assert Counter(topics(chosen)) == {"Sorting": 4, "Trees": 2}


def test_an_interview_for_a_role_ends_with_a_behavioural_question() -> None:
    questions = [make_question(n, TOPICS[n % 3], roles=("pilot",)) for n in range(12)]
    stories = [make_question(n, "Myself", kind="behavioural") for n in range(20, 24)]
    bank = Bank([*questions, *stories])
    chosen = choose(bank, Options(roles=("pilot",), count=4, seed=1))
    assert [q.kind for q in chosen] == ["concept"] * 3 + ["behavioural"]
    narrow = choose(bank, Options(roles=("pilot",), topics=("Trees",), count=4, seed=1))
    assert {q.kind for q in narrow} == {"concept"}


def test_every_question_has_a_reason_that_can_be_read() -> None:
    bank = make_bank(30)
    done = [(q, 0.1) for q in bank.questions()[:6]]
    failed = done[0][0]
    for choice in choices(bank, Options(count=30, seed=1), (), learner(*done)):
        assert choice.reason.endswith(".")
        if choice.question.id == failed.id:
            assert "due again: last asked 3 days ago, marked 10%" in choice.reason
            assert "weak topic" in choice.reason
    (new,) = choices(bank, Options(count=1, seed=1))
    assert "Nothing is known of you yet" in new.reason
    (named,) = choices(bank, Options(question_ids=(failed.id,)), (), learner(*done))
    assert "named" in named.reason


def test_the_same_history_gives_the_same_questions_for_the_same_reasons() -> None:
    bank, options = make_bank(30), Options(count=8, seed=5)
    person = learner(*((q, 0.4) for q in bank.questions()[:9]))
    assert choices(bank, options, (), person) == choices(bank, options, (), person)


def test_the_time_there_is_limits_the_questions() -> None:
    assert how_many(Options(count=200, minutes=20)) == 5
    assert how_many(Options(count=3, minutes=20)) == 3
    assert how_many(Options(count=200, minutes=1)) == 1
    quick = learner(*((q, 0.5) for q in make_bank().questions()))
    assert quick.pace == 200.0
    assert how_many(Options(count=200, minutes=20), quick) == 6


def session_levels(interview: Interview, answer: str) -> list[int]:
    turn = interview.start(Options(count=6, seed=3, follow_ups=False))
    while not turn.finished:
        turn = interview.answer(turn.session_id, answer, turn.number)
    plan = interview.history.plan(turn.session_id)
    return [q.difficulty for _, q in sorted(plan.items())]


def test_a_session_grows_easier_for_who_fails_and_harder_for_who_does_well(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    bank = Bank([make_question(n) for n in range(60)])
    levels = {}
    for answer in ("idk", "alpha beta gamma delta"):
        interview = make_interview(tmp_path_factory.mktemp("home"), bank)
        levels[answer] = session_levels(interview, answer)
        (session,) = interview.sessions()
        reasons = [t.reason for t in interview.turns(session.id) if t.kind == "question"]
        assert all(reasons)
        if answer == "idk":
            assert any("easier, nearer to your level" in r for r in reasons)
        interview.close()
    failed, well = levels.values()
    assert failed[0] == well[0]
    assert sum(failed[2:]) < sum(well[2:])
    assert all(a >= b - 1 for a, b in itertools.pairwise(well))


def test_named_questions_are_never_swapped(interview: Interview) -> None:
    named = tuple(f"{'d' * 16}-{n}" for n in range(9))
    turn = interview.start(Options(question_ids=named, follow_ups=False))
    asked = []
    while not turn.finished:
        assert turn.question is not None
        asked.append(turn.question.id)
        turn = interview.answer(turn.session_id, "idk", turn.number)
    assert tuple(asked) == named


def test_why_says_the_reason(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    assert turn.reason
    assert turn.reason in interview.answer(turn.session_id, "!why").note


def test_a_due_question_that_was_skipped_just_now_is_not_put_again() -> None:
    question = make_question(0)
    failed = attempt(question, 0.1, NOW - timedelta(days=5))
    skipped = attempt(question, None, NOW - timedelta(hours=1))
    assert learner_of([failed], NOW).is_due(question.id)
    assert not learner_of([failed, skipped], NOW).is_due(question.id)
