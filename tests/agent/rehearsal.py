"""A small bank, a grader that can be computed by hand, and a clock, for tests of interviews.

Invariant: everything here is deterministic and needs neither a model nor a file beyond the home.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.choice import counted
from agent.closing import LookUp
from agent.grades import (
    AnswerSpan,
    Flag,
    Grade,
    GradeRequest,
    GraderInfo,
    PointGrade,
    Scored,
    Ungraded,
)
from agent.interview import Interview
from agent.interviewer import Interviewer
from agent.marking import Retriever
from agent.score import label_of, row_confidence, score_of
from agent.turns import Turn
from corpus.schema import FollowUp, KeyPoint, Question, Reference, Span

INFO = GraderInfo("words", "1", "none", False)
TOPICS = ("Sorting", "Hashing", "Trees")


class WordGrader:
    """Covers a point where all its words are said, in part where one is; "never WORD" contradicts.

    A point with a word said in capitals is one of which it is unsure.
    """

    def __init__(self) -> None:
        self.calls: list[GradeRequest] = []
        self._lock = threading.Lock()

    @property
    def info(self) -> GraderInfo:
        return INFO

    def grade(self, request: GradeRequest) -> Grade:
        with self._lock:
            self.calls.append(request)
        if len(request.answer) > 100_000:
            return Ungraded("too_long", (), "too long", INFO)
        key_points = request.key_points
        if not key_points and request.reference:
            key_points = (KeyPoint("r1", request.reference.text),)
        if not key_points and request.answer.strip():
            return Ungraded("no_reference", (), "nothing to grade against", INFO)
        points = counted(request.question, [_point(p, request.answer) for p in key_points])
        flags: tuple[Flag, ...] = () if request.answer.strip() else ("empty",)
        score = score_of(points)
        return Scored(
            score, row_confidence(points), label_of(points, score), points, flags, "", INFO
        )


def _point(point: KeyPoint, answer: str) -> PointGrade:
    words = point.text.split()
    lower = answer.lower()
    said = [w for w in words if w in lower]
    denied = any(f"never {w}" in lower for w in words)
    span = None
    if said:
        start = lower.index(said[0])
        span = AnswerSpan(start, start + len(said[0]), answer[start : start + len(said[0])])
    sure = not any(w.upper() in answer for w in words)
    if denied:
        verdict, score = "contradicted", 0.0
    elif len(said) == len(words):
        verdict, score = "covered", 1.0
    elif said:
        verdict, score = "partial", 0.5
    else:
        verdict, score = "missing", 0.0
    return PointGrade(
        point.id,
        point.text,
        point.weight,
        verdict,  # type: ignore[arg-type]
        score,
        0.9 if sure else 0.4,
        "grader",
        span,
        point.span,
    )


class Bank:
    """A bank held in memory."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = tuple(questions)

    def questions(self) -> Sequence[Question]:
        return self._questions

    def question(self, question_id: str) -> Question | None:
        return next((q for q in self._questions if q.id == question_id), None)


class Clock:
    """A second passes with every look."""

    def __init__(self) -> None:
        self.ticks = 0

    def __call__(self) -> datetime:
        self.ticks += 1
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.ticks)


def make_question(
    n: int,
    topic: str = "Sorting",
    document_id: str = "d" * 16,
    points: Sequence[str] = ("alpha beta", "gamma delta"),
    **changes: object,
) -> Question:
    """A question whose answer is its points' words."""
    text = "\n".join(points)
    span = Span(document_id, "/notes.md", 0, len(text), text)
    values: dict[str, object] = {
        "id": f"{document_id}-{n}",
        "document_id": document_id,
        "topic": topic,
        "question": f"Tell me of item{n} thing{n} matter{n} please?",
        "kind": "concept",
        "origin": "explicit",
        "difficulty": 1 + n % 5,
        "roles": (),
        "reference": Reference.of((span,)) if points else None,
        "key_points": tuple(
            KeyPoint(
                f"k{i}",
                p,
                1.0,
                Span(document_id, "/notes.md", text.index(p), text.index(p) + len(p), p),
            )
            for i, p in enumerate(points, start=1)
        ),
        "follow_ups": (FollowUp(f"And what of the second part of {n}?", "k2"),),
        "coaching": (f"Mention your own work on {n}.",),
    }
    return Question(**{**values, **changes})  # type: ignore[arg-type]


def make_bank(count: int = 9) -> Bank:
    """Questions over three topics."""
    return Bank([make_question(n, TOPICS[n % 3]) for n in range(count)])


def make_interview(
    home: Path,
    bank: Bank | None = None,
    grader: WordGrader | None = None,
    retriever: Retriever | None = None,
    interviewer: Interviewer | None = None,
    look_up: LookUp | None = None,
) -> Interview:
    """An interview over a home, with nothing left to chance."""
    return Interview(
        home,
        bank or make_bank(),
        grader or WordGrader(),
        retriever,
        Clock(),
        random.Random(7),
        interviewer=interviewer,
        look_up=look_up,
    )


def score(turn: Turn) -> float:
    """The mark that the turn shows."""
    assert isinstance(turn.grade, Scored)
    return turn.grade.score
