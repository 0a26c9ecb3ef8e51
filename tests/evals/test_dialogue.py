"""Simulated candidates: a grader that listens ranks them, one that does not is caught."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest

from agent.grades import Grade, GradeRequest, GraderInfo, PointGrade, Scored, Verdict
from agent.score import label_of, score_of
from corpus.schema import FollowUp, KeyPoint, Misconception, Question, Reference, Span
from evals.candidates import CANDIDATES, EMPTY_HANDED
from evals.dialogue import LONGEST, QUESTIONS, run_dialogue

INFO = GraderInfo("test", "1", "none", False)
FACTS = ("Heat rises first.", "Steam follows soon.", "Pressure grows then.", "Valves open last.")


def question(number: int) -> Question:
    span = Span("d", "/d", 0, 4, "Heat")
    points = tuple(KeyPoint(f"k{i}", fact, 1.0, span) for i, fact in enumerate(FACTS))
    return Question(
        id=f"q{number}", document_id="d", topic=f"t{number}", kind="concept", origin="authored",
        question=f"How does machine {'abcdefgh'[number] * 3} number {number} work?",
        difficulty=1 + number % 5, roles=(), reference=Reference.of((span,)), key_points=points,
        misconceptions=(Misconception("It runs on cold.", "It does not.", "k0"),),
        follow_ups=tuple(FollowUp(f"What of part {i}?", f"k{i}") for i in range(4)),
        model_answer=" ".join(FACTS),
    )  # fmt: skip


class Bank:
    def questions(self) -> tuple[Question, ...]:
        return tuple(question(n) for n in range(8))

    def question(self, question_id: str) -> Question | None:
        return question(int(question_id[1:]))


@dataclasses.dataclass(frozen=True)
class Listening:
    """Covers the points whose words stand in the answer; or, turned round, those that do not."""

    deaf: bool = False
    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        points = tuple(self._point(p, request.answer) for p in request.key_points)
        score = score_of(points)
        return Scored(score, 0.9, label_of(points, score), points, (), "", INFO)

    def _point(self, point: KeyPoint, answer: str) -> PointGrade:
        said = (point.text in answer) != self.deaf
        verdict: Verdict = "covered" if said else "missing"
        return PointGrade(
            point.id, point.text, 1.0, verdict, float(said), 0.9, "grader", None, point.span
        )


def figures(grader: Any) -> dict[str, Any]:
    result = run_dialogue(Bank(), grader, seeds=2)
    return {f.name.removeprefix("dialogue/"): f for f in result.figures}


def test_a_grader_that_listens_ranks_the_candidates() -> None:
    found = figures(Listening())
    assert all(figure.kept for figure in found.values()), found
    assert found["rank correlation of debrief and ability"].value > 0.9
    assert found["interviews that end"].value == 1.0
    assert found["follow-ups on what was missing"].value == 1.0
    assert found["worst mean of who asserts nothing"].value == 0.0


def test_a_grader_that_hears_the_opposite_is_caught() -> None:
    found = figures(Listening(deaf=True))
    assert not found["rank correlation of debrief and ability"].kept
    assert not found["worst mean of who asserts nothing"].kept


def test_two_runs_are_the_same() -> None:
    one, two = (run_dialogue(Bank(), Listening(), seeds=2) for _ in range(2))
    assert one == two
    assert len(one.rows) == 2 * len(CANDIDATES)
    assert all(row["turns"] <= LONGEST * QUESTIONS for row in one.rows)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_a_candidate_says_what_its_ability_allows(candidate: Any) -> None:
    said = candidate.say(question(1), 0, random.Random(1))
    told = sum(fact in said for fact in FACTS)
    if candidate.name in EMPTY_HANDED | {"misled"}:
        assert told == 0
    elif candidate.name == "slow to start":
        later = candidate.say(question(1), 1, random.Random(1))
        assert told + sum(fact in later for fact in FACTS) == 3
        assert not any(fact in said and fact in later for fact in FACTS)
    else:
        assert told == round(candidate.ability * len(FACTS))
