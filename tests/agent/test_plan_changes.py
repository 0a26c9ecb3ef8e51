"""How a plan changes on the way, and which interviews have a question on how one worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rehearsal import TOPICS, Bank, make_question

from agent.attempts import Attempt
from agent.learner import Learner, learner_of
from agent.plan import STORY, Choice, Options, adapted, choices
from corpus.schema import Question

LIBRARY = "library-sorting"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HARD = make_question(4)  # of difficulty 5
EASY = make_question(0)  # of difficulty 1


def weak(*asked: Question, days: float = 0.01) -> Learner:
    """Somebody who has just failed at questions of middling difficulty and at these."""
    when = NOW - timedelta(days=days)
    done = [make_question(n, difficulty=3) for n in range(100, 103)]
    return learner_of([_failed(q, when) for q in (*done, *asked)], NOW)


def _failed(question: Question, when: datetime) -> Attempt:
    plain = (question.id, question.question, question.topic, question.difficulty)
    return Attempt("s", 0, *plain, when, 200.0, 0.0, False, 0.0, 2, None, ())


def instead_of(
    question: Question,
    pool: Sequence[Question],
    learner: Learner,
    plan: Sequence[Question] = (),
    **options: object,
) -> Choice | None:
    bank = Bank([question, *pool])
    wanted = Options(**{"seed": 1, **options})  # type: ignore[arg-type]
    return adapted(bank, wanted, plan or [question], question, learner)


def test_what_is_too_hard_gives_way_to_something_easier_that_says_so() -> None:
    found = instead_of(HARD, [EASY], weak())
    assert found is not None
    assert found.question == EASY
    assert "in place" not in found.reason
    assert "difficulty 5: easier, nearer to your level on Sorting" in found.reason


@pytest.mark.parametrize(
    "other",
    [
        make_question(0, "Trees"),  # another topic
        make_question(9),  # as hard
        make_question(0, document_id=LIBRARY),  # the library's for one's own
        make_question(0, points=()),  # nothing to grade against
    ],
)
def test_what_fits_no_better_takes_no_place(other: Question) -> None:
    assert instead_of(HARD, [other], weak()) is None


def test_what_is_planned_or_was_asked_takes_no_place() -> None:
    assert instead_of(HARD, [EASY], weak(), plan=[HARD, EASY]) is None
    assert instead_of(HARD, [EASY], weak(EASY)) is None


def test_named_behavioural_and_due_questions_stand() -> None:
    assert instead_of(HARD, [EASY], weak(), question_ids=(HARD.id,)) is None
    story = replace(HARD, kind="behavioural")
    assert instead_of(story, [EASY], weak()) is None
    due = weak(HARD, days=30)
    assert due.is_due(HARD.id)
    assert instead_of(HARD, [EASY], due) is None


def avoiding(learner: Learner) -> Learner:
    return replace(learner, avoided=frozenset({"Sorting"}))


def test_a_topic_that_is_not_theirs_gives_way_to_another() -> None:
    tree, other = make_question(7, "Trees"), make_question(8)
    found = instead_of(EASY, [other, tree], avoiding(Learner(NOW)))
    assert found is not None
    assert found.question == tree
    assert found.reason.startswith("It takes the place of a question on Sorting, which is not your")
    assert instead_of(EASY, [other], avoiding(Learner(NOW))) is None
    # What was asked for by name is theirs all the same.
    assert instead_of(EASY, [tree], avoiding(Learner(NOW)), topics=("Sorting",)) is None
    assert instead_of(EASY, [tree], avoiding(Learner(NOW)), question_ids=(EASY.id,)) is None


def test_nothing_ungradable_planned_or_asked_comes_for_a_topic_that_is_not_theirs() -> None:
    tree = make_question(7, "Trees")
    person = avoiding(Learner(NOW))
    assert instead_of(EASY, [replace(tree, reference=None, key_points=())], person) is None
    assert instead_of(EASY, [tree], person, plan=[EASY, tree]) is None
    assert instead_of(EASY, [tree], replace(person, asked={tree.id: NOW})) is None
    library = make_question(6, "Trees", document_id=LIBRARY)
    found = instead_of(EASY, [library, tree], person)
    assert found is not None
    assert found.question == tree  # one's own first


def planned(count: int, **options: object) -> tuple[Choice, ...]:
    plain = [make_question(n, TOPICS[n % 3]) for n in range(20)]
    stories = [make_question(n, "Myself", kind="behavioural") for n in range(20, 24)]
    wanted = Options(**{"count": count, "seed": 1, **options})  # type: ignore[arg-type]
    return choices(Bank([*plain, *stories]), wanted)


def kinds(count: int, **options: object) -> list[str]:
    chosen = planned(count, **options)
    told = [STORY.strip() in c.reason for c in chosen]
    assert told == [c.question.kind == "behavioural" for c in chosen]
    return [c.question.kind for c in chosen]


def test_a_long_interview_ends_with_one_question_on_how_one_worked() -> None:
    assert kinds(8) == ["concept"] * 7 + ["behavioural"]
    assert kinds(12).count("behavioural") == 1


@pytest.mark.parametrize("options", [{}, {"document_ids": ("d" * 16,)}, {"topics": ("Myself",)}])
def test_a_short_or_narrow_interview_has_none_for_its_own_sake(options: dict[str, object]) -> None:
    count = 8 if options else 7
    assert not any(STORY.strip() in c.reason for c in planned(count, **options))


def test_an_interview_for_a_role_has_one_only_beside_two_others() -> None:
    assert kinds(3, roles=("pilot",)).count("behavioural") == 1
    plain = Bank([make_question(n, "Myself", kind="behavioural") for n in range(4)])
    two = choices(plain, Options(count=2, seed=1, roles=("pilot",)))
    assert not any(STORY in c.reason for c in two)


def test_as_many_questions_as_may_be_asked() -> None:
    bank = Bank([make_question(n) for n in range(2)])
    assert len(choices(bank, Options(count=200, seed=1))) == 2
    assert len(choices(bank, Options(count=1, seed=1))) == 1
