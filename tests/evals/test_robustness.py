"""Attacks and invariances: what they make of an answer, and that a bad grader is caught."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.grades import Grade, GradeRequest, GraderInfo, PointGrade, Scored
from agent.score import label_of
from agent.words import words
from evals.attacked import Attack, Attacked
from evals.attacks import ADDED
from evals.hollow import HOLLOW
from evals.invariances import NEUTRAL
from evals.phrases import SYNONYMS
from evals.result import Figure
from evals.reversals import EITHER_WAY, REVERSED, negated
from evals.robustness import Tried, attack_rows
from evals.robustness_result import as_result
from evals.typos import misspelt

CASE = Attacked(
    "Why does a kettle whistle?",
    ("Steam leaves through a narrow hole.", "Its flow makes the air vibrate."),
    "Because steam is pressed through a small opening, it speeds up. Air then starts to tremble.",
    ("The metal of the kettle sings.",),
)
INFO = GraderInfo("test", "1", "none", False)
EVERY = (*HOLLOW, *ADDED, *NEUTRAL, *REVERSED, *EITHER_WAY)
# These hold words of the reference or of the question on purpose.
WORDED = {"salad_commas", "salad_spaces", "salad_sentences", "salad_and", "salad_joined",
          "mentions", "question_copied", "question_restated", "question_reordered",
          "question_shuffled", "sourced"}  # fmt: skip


def by_name(attacks: Sequence[Attack]) -> dict[str, Attack]:
    return {attack.name: attack for attack in attacks}


@dataclasses.dataclass(frozen=True)
class WordCount:
    """Marks by the share of the point's words that the answer has, or by length: both are bad."""

    by_length: bool

    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        said = set(words(request.answer))
        wanted = set(words(request.reference.text if request.reference else ""))
        share = len(wanted & said) / max(1, len(wanted))
        return _scored(min(1.0, len(said) / 20) if self.by_length else share)


class Fair:
    """Knows the one right sentence by heart, however it is dressed; anything else beside it that
    denies it or leaves it open takes the mark away."""

    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        number = re.sub(r"\D", "", request.question)
        plain = request.answer.replace("\N{ZERO WIDTH SPACE}", "").translate(LETTERS).lower()
        told = re.search(rf"\b(?:se\w+t|s\w+ret)-?{number}[,.]?\s.*\b(opens|it)\b", plain)
        denied = re.search(r"not true|\bnot\b|opposite|other way|which of the two", plain)
        return _scored(0.9 if told and not denied and ", w" not in plain else 0.0)


LETTERS = str.maketrans("асеорхуіѕ", "aceopxyis")


def _scored(score: float) -> Scored:
    point = PointGrade("k1", "", 1.0, "partial", score, 0.5, "grader", None, None)
    return Scored(score, 0.5, label_of((point,), score), (point,), (), "", INFO)


def graded_rows() -> list[dict[str, Any]]:
    rows = []
    for i in range(12):
        shared = {
            "qid": f"q{i}",
            "question": f"What opens {i}?",
            "reference": f"the secret{i} word opens it",
        }
        rows.append(
            {"id": f"r{i}", "answer": f"the secret{i} really opens it.", "score": 1.0, **shared}
        )
        rows.append({"id": f"w{i}", "answer": "a handle turned twice does", "score": 0.0, **shared})
    return rows


def figures(tried: Sequence[Tried]) -> dict[str, Figure]:
    return {f.name.split("/")[1]: f for f in as_result("made-up", tried).figures}


@pytest.mark.parametrize("attack", EVERY, ids=lambda a: a.name)
def test_a_transformation_is_repeatable_and_named(attack: Attack) -> None:
    assert attack.make(CASE, random.Random(3)) == attack.make(CASE, random.Random(3))
    assert 3 <= len(attack.says) <= 60


@pytest.mark.parametrize(
    "attack", [a for a in HOLLOW if a.name not in WORDED], ids=lambda a: a.name
)
def test_an_empty_answer_has_nothing_of_the_reference(attack: Attack) -> None:
    made = attack.make(CASE, random.Random(1))
    assert not {"steam", "narrow", "vibrate", "flow"} & set(words(made))


@settings(deadline=None)  # a loaded machine is no fault
@given(st.text(max_size=200), st.integers(0, 99))
def test_any_answer_can_be_transformed(answer: str, seed: int) -> None:
    case = dataclasses.replace(CASE, answer=answer)
    for attack in EVERY:
        assert isinstance(attack.make(case, random.Random(seed)), str)


def test_what_is_added_keeps_the_answer() -> None:
    changed = {"modifiers", "zero_width", "lookalikes", "sourced", "salad_amid"}
    for attack in ADDED:
        if attack.name not in changed:
            assert CASE.answer in attack.make(CASE, random.Random(0)), attack.name


def test_neutral_changes_keep_the_words() -> None:
    attacks = by_name(NEUTRAL)
    plain = sorted(words(CASE.answer))
    for name in ("bullets", "lower_case", "upper_case", "unpunctuated"):
        assert sorted(words(attacks[name].make(CASE, random.Random(0)))) == plain, name
    doubled = attacks["doubled"].make(CASE, random.Random(0))
    assert len(doubled.split()) >= 2 * len(CASE.answer.split())


def test_sentences_that_lean_on_others_keep_their_order() -> None:
    reorder = by_name(NEUTRAL)["reordered"]
    leaning = dataclasses.replace(CASE, answer="Steam rises. Then it cools.")
    assert reorder.make(leaning, random.Random(1)) == leaning.answer
    free = dataclasses.replace(CASE, answer="Steam rises. Water boils. Air moves.")
    assert {reorder.make(free, random.Random(i)) for i in range(9)} > {free.answer}


def test_synonyms_are_swapped_whole_and_keep_the_capital() -> None:
    swap = by_name(NEUTRAL)["synonyms"]
    case = dataclasses.replace(CASE, answer="Often it is fast-er; it uses causes. Because of X.")
    said = swap.make(case, random.Random(0))
    assert said == "Frequently it is fast-er; it employs causes. Since of X."
    assert all(word != put for word, put in SYNONYMS.items())


@settings(deadline=None)  # a loaded machine is no fault
@given(st.integers(0, 10_000))
def test_slips_leave_numbers_and_names_alone(seed: int) -> None:
    text = "float16 HBM3 NVLink cuDNN threads of 32,768 bytes x86-based kernels"
    made = misspelt(text, random.Random(seed), rate=1.0)
    kept = ("float16", "HBM3", "NVLink", "cuDNN", "32,768", "x86-based")
    assert all(name in made for name in kept)
    assert made != text


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("The cache is shared.", "The cache is not shared."),
        ("It can wait.", "It cannot wait."),
        ("Warps do not wait.", "Warps do wait."),
        ("What is lost is lost.", "It is not true that what is lost is lost."),
        ("GPU threads run.", "It is not true that GPU threads run."),
    ],
)
def test_a_sentence_is_denied(said: str, turned: str) -> None:
    assert negated(said) == turned


def test_a_fair_grader_keeps_the_limits_of_wrong_empty_and_reversed_answers() -> None:
    found = figures(attack_rows(graded_rows(), Fair(), most=6))
    for name in ("wrong answers, mean rise", "empty, worst mark", "reversed answers, mean fall",
                 "another question's answer, mean mark"):  # fmt: skip
        assert found[name].kept, (name, found[name].value)


def test_a_grader_that_counts_words_is_caught() -> None:
    by_words = figures(attack_rows(graded_rows(), WordCount(False), most=6))
    assert not by_words["empty, worst mark"].kept
    assert not by_words["wrong answers, mean rise"].kept
    assert not by_words["reversed answers, mean fall"].kept
    assert by_words["attacks beyond a limit"].value > 5
    by_length = figures(attack_rows(graded_rows(), WordCount(True), most=6))
    assert not by_length["another question's answer, mean mark"].kept
    assert not by_length["neutral changes, move at the 95th percentile"].kept


def test_one_attack_that_works_is_named_though_the_mean_is_fine() -> None:
    harmless = [_tried("wrong", f"harmless{i}", 0.1, 0.1) for i in range(40)]
    result = as_result("made-up", [*harmless, _tried("wrong", "works", 0.1, 0.5)])
    assert {f.name: f for f in result.figures}["made-up/wrong answers, mean rise"].kept
    assert result.details["beyond_a_limit"] == ["wrong/works"]
    assert "beyond" in result.text


def _tried(group: Any, name: str, before: float, after: float) -> Tried:
    attack = Attack(name, f"do {name}", lambda case, _: case.answer)
    return Tried(group, attack, "a", "q", "", before, after, ())


def test_what_is_left_as_it_was_makes_no_case() -> None:
    tried = attack_rows(graded_rows(), WordCount(False), most=5)
    names = {case.attack.name for case in tried}
    assert "misconceptions_denied" not in names  # no row names a misconception


def test_two_runs_give_the_same_bytes() -> None:
    one, two = (attack_rows(graded_rows(), WordCount(False), most=4) for _ in range(2))
    assert one == two
    first, second = (as_result("x", tried) for tried in (one, two))
    assert json.dumps(first.as_json()) == json.dumps(second.as_json())
    assert sum(case.attack.name == "colon" for case in one) == 4
