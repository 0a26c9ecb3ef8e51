"""How a grader marks what a question bank says is right and wrong: model answers, misconceptions.

Invariant: a report only; no question and no grade is changed by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.grades import Grader, GradeRequest, Scored
from corpus.schema import Question


@dataclass(frozen=True, slots=True)
class Mark:
    """The score of one text that the bank itself calls right or wrong."""

    question: Question
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class BankMarks:
    """The marks of all model answers, which should be high, and misconceptions, which should be
    low. A misconception is given as the whole answer, and the grader is not told of it."""

    model_answers: tuple[Mark, ...]
    misconceptions: tuple[Mark, ...]


def bank_marks(questions: Sequence[Question], grader: Grader) -> BankMarks:
    """Mark every model answer and every misconception of the questions."""
    right = [(q, q.model_answer) for q in questions if q.model_answer]
    wrong = [(q, m.text) for q in questions for m in q.misconceptions]
    return BankMarks(
        tuple(Mark(q, text, _score(grader, q, text)) for q, text in right),
        tuple(Mark(q, text, _score(grader, q, text)) for q, text in wrong),
    )


def _score(grader: Grader, question: Question, answer: str) -> float:
    request = GradeRequest(question.question, answer, question.reference, question.key_points)
    grade = grader.grade(request)
    return grade.score if isinstance(grade, Scored) else 0.0
