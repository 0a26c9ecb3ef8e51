"""Attacks and invariances: what they make of an answer, and that a bad grader is caught."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.grades import Grade, GradeRequest, GraderInfo, PointGrade, Scored
from agent.score import label_of
from evals.attacks import ADDED, EMPTY, NEUTRAL, Attacked
from evals.robustness import as_json, as_text, run_robustness

CASE = Attacked(
    "Why does a kettle whistle?",
    "Steam leaves through a narrow hole, and its flow makes the air vibrate.",
    "Because steam is pressed through a small opening. That makes the air tremble.",
)
INFO = GraderInfo("test", "1", "none", False)


@dataclasses.dataclass(frozen=True)
class WordCount:
    """Marks by the share of the point's words that the answer has, or by length: both are bad."""

    by_length: bool

    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        said = request.answer.lower().replace(".", " ").replace(",", " ").split()
        wanted = (request.reference.text if request.reference else "").lower().split()
        share = len(set(wanted) & set(said)) / max(1, len(set(wanted)))
        score = min(1.0, len(said) / 40) if self.by_length else share
        point = PointGrade("k1", "", 1.0, "partial", score, 0.5, "grader", None, None)
        return Scored(score, 0.5, label_of((point,), score), (point,), (), "", INFO)


class Fair:
    """Knows the right answers by heart, however they are dressed; a list of terms is none."""

    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        said = request.answer.replace("\N{ZERO WIDTH SPACE}", "").lower().split()
        secret = sorted("secret" + request.question.split()[-1].rstrip("?"))
        told = any(
            sorted(word.rstrip(".")) == secret and not before.endswith(",")
            for before, word in zip(["", *said], said, strict=False)
        )
        score = 0.9 if told else 0.0
        point = PointGrade("k1", "", 1.0, "partial", score, 0.5, "grader", None, None)
        return Scored(score, 0.5, label_of((point,), score), (point,), (), "", INFO)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    rows = []
    for i in range(12):
        shared = {
            "qid": f"q{i}",
            "question": f"What opens {i}?",
            "reference": f"the secret{i} word",
        }
        rows.append(
            {"id": f"r{i}", "answer": f"it is secret{i} of course.", "score": 1.0, **shared}
        )
        rows.append(
            {"id": f"w{i}", "answer": "it is the handle turned twice", "score": 0.0, **shared}
        )
    path = tmp_path / "graded.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("group", [EMPTY, ADDED, NEUTRAL])
def test_a_transformation_is_repeatable(group: Any) -> None:
    for transform in group.values():
        assert transform(CASE, random.Random(3)) == transform(CASE, random.Random(3))


@pytest.mark.parametrize("name", sorted(EMPTY.keys() - {"keyword_salad", "question_copied"}))
def test_an_empty_answer_has_nothing_of_the_reference(name: str) -> None:
    made = EMPTY[name](CASE, random.Random(1)).lower()
    assert not {"steam", "narrow", "vibrate", "flow"} & set(made.split())


@given(st.text(max_size=300), st.integers(0, 99))
def test_any_answer_can_be_transformed(answer: str, seed: int) -> None:
    case = dataclasses.replace(CASE, answer=answer)
    for group in (EMPTY, ADDED, NEUTRAL):
        for transform in group.values():
            assert isinstance(transform(case, random.Random(seed)), str)


def test_what_is_added_keeps_the_answer_and_neutral_changes_keep_its_words() -> None:
    for name in ADDED.keys() - {"modifiers", "zero_width"}:
        assert CASE.answer in ADDED[name](CASE, random.Random(0))
    plain = sorted(CASE.answer.lower().replace(".", "").split())
    for name in ("reordered", "bullets", "lower_case", "upper_case"):
        made = NEUTRAL[name](CASE, random.Random(0)).lower()
        assert sorted(made.replace(".", "").replace("- ", "").split()) == plain
    assert len(NEUTRAL["doubled"](CASE, random.Random(0)).split()) >= 2 * len(CASE.answer.split())


def test_a_fair_grader_keeps_all_limits(graded: Path) -> None:
    found = run_robustness(graded, Fair())
    assert {limit.figure: limit.value for limit in found.limits if not limit.kept} == {}
    assert len(found.limits) == 8
    assert "ok   empty, mean mark" in as_text(found)


def test_a_grader_that_counts_words_is_caught(graded: Path) -> None:
    by_words = {
        limit.figure for limit in run_robustness(graded, WordCount(False)).limits if not limit.kept
    }
    assert {"empty, worst mark", "wrong answers, mean rise"} <= by_words
    by_length = {
        limit.figure for limit in run_robustness(graded, WordCount(True)).limits if not limit.kept
    }
    assert {"another question's answer, mean mark", "wrong answers, mean rise"} & by_length


def test_two_runs_give_the_same_bytes(graded: Path) -> None:
    one, two = (run_robustness(graded, WordCount(False), most=5) for _ in range(2))
    assert json.dumps(as_json(one)) == json.dumps(as_json(two))
    assert one.cases == two.cases
    per_name = {s.name: s.cases for s in one.shifts}
    assert per_name["colon"] == 5
    assert per_name["reordered"] == 10
