"""The rows that training makes: seeded, of training questions alone, and not the attacks' words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from corpus.library import load_library
from corpus.schema import Question
from evals import phrases, training_changes, training_contrasts, training_hollow
from evals.marks import load_marks, split_of
from evals.training_changes import reversed_examples, stranger_examples
from evals.training_contrasts import (
    left_open_examples,
    misconception_examples,
    own_words_examples,
    recited_examples,
)
from evals.training_data import Example
from evals.training_hollow import hollow_examples

Maker = Callable[[int], Iterator[Example]]
MARKS = load_marks()
TRAINING = MARKS.part("train")
BANK = [q for digest in load_library() for q in digest.questions]
OURS = [q for q in BANK if split_of(q.id) == "train"]
COVERED, CONTRADICTED = (1, 0, 0, 0), (0, 0, 0, 1)
MAKERS: dict[str, Maker] = {
    "own words": lambda seed: own_words_examples(OURS, 300, seed),
    "recited": lambda seed: recited_examples(OURS, 300, seed),
    "misconceptions": lambda seed: misconception_examples(TRAINING, OURS, 300, seed),
    "left open": lambda seed: left_open_examples(TRAINING, 200, seed),
    "hollow": lambda seed: hollow_examples(OURS, 300, seed),
    "strangers": lambda seed: stranger_examples(TRAINING, 200, seed),
    "reversed": lambda seed: reversed_examples(TRAINING, 200, seed),
}


@pytest.fixture(scope="module")
def asked_elsewhere() -> set[str]:
    """The questions of the dev and test splits, as they are worded."""
    return {q.question for q in BANK if split_of(q.id) != "train"} | {
        q.question for key, q in MARKS.questions.items() if split_of(key) != "train"
    }


@pytest.mark.parametrize("name", MAKERS)
def test_rows_are_drawn_by_their_seed_from_training_questions(
    name: str, asked_elsewhere: set[str]
) -> None:
    rows = list(MAKERS[name](1))
    assert rows == list(MAKERS[name](1))
    assert rows != list(MAKERS[name](2))
    assert not asked_elsewhere & {row.pair.question for row in rows}


def words_of(module: object) -> set[str]:
    """The runs of four words of a module's phrases, what is filled in left out."""
    texts = [t for v in vars(module).values() if isinstance(v, tuple) for t in v]
    texts += [v for v in vars(module).values() if isinstance(v, str)]
    out = set()
    for text in texts:
        if isinstance(text, str):
            said = re.findall(r"[\w']+", re.sub(r"\{\w\}", "", text).lower())
            out |= {" ".join(said[i : i + 4]) for i in range(len(said) - 3)}
    return out


@pytest.mark.parametrize("module", [training_changes, training_contrasts, training_hollow])
def test_no_phrase_of_an_attack_is_trained_on(module: object) -> None:
    attacks = {k: v for k, v in vars(phrases).items() if k.isupper() and k != "SYNONYMS"}
    ours = {k: v for k, v in vars(module).items() if k.isupper()}
    shared = words_of(type("Attacks", (), attacks)) & words_of(type("Ours", (), ours))
    assert shared == set()


def test_what_turns_a_point_round_is_told_from_its_own_words() -> None:
    rows = list(own_words_examples(OURS, 600, 3))
    covered = [r for r in rows if r.target == COVERED]
    wrong = [r for r in rows if r.target == CONTRADICTED]
    assert len(covered) > len(wrong) > 40
    assert any(r.pair.passage.startswith(r.pair.point) for r in covered)
    denied = [r.pair.passage.replace(f"not true that {r.pair.point}", "") for r in wrong]
    assert not any(r.pair.point in left for r, left in zip(wrong, denied, strict=True))


def test_a_point_recited_is_covered_also_when_it_is_said_over_and_over() -> None:
    rows = list(recited_examples(OURS, 600, 3))
    covered = [r for r in rows if r.target == COVERED]
    wrong = [r for r in rows if r.target == CONTRADICTED]
    assert len(covered) + len(wrong) == len(rows)
    assert len(covered) > len(wrong) > 60
    itself = [r.pair.passage.rstrip(".") == r.pair.point.rstrip(".") for r in covered]
    assert sum(itself) > 20
    again = [r.pair.passage.count(r.pair.point) for r in covered]
    assert max(again) > 4
    assert not any(r.pair.passage.rstrip(".") == r.pair.point.rstrip(".") for r in wrong)


def test_the_words_of_the_telling_give_no_verdict_away() -> None:
    rows = list(misconception_examples(TRAINING, OURS, 600, 3))
    for forms in (training_contrasts.TOLD_AS_WRONG, training_contrasts.TOLD_AS_TRUE):
        parts = [form.split("{m}") for form in forms]
        told = [r for r in rows if any(all(p in r.pair.passage for p in form) for form in parts)]
        against = sum(r.target == CONTRADICTED for r in told)
        assert 0.2 < against / len(told) < 0.8


def test_hollow_words_beside_a_point_leave_it_covered() -> None:
    question: Question = OURS[0]
    rows = list(hollow_examples([question], 200, 5))
    texts = {p.text for p in question.key_points}
    for row in rows:
        beside = row.pair.point in row.pair.passage
        assert beside == (row.target == COVERED)
        assert row.pair.point in texts
