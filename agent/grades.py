"""What a grade is. A grade is either `Scored`, with its evidence, or `Ungraded`, with a reason.

Invariant: a `Scored` value's score was computed by `agent.score` from its points,
never set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.schema import KeyPoint, Misconception, Question, Reference, Span

Verdict = Literal["covered", "partial", "missing", "contradicted"]
Label = Literal["correct", "partial", "contradictory", "incorrect"]
Flag = Literal[
    "injection", "keyword_list", "question_copied", "off_topic", "empty", "sources_disagree"
]
UngradedReason = Literal[
    "no_reference",
    "weak_retrieval",
    "model_unavailable",
    "invalid_model_output",
    "too_long",
    "invalid_row",
]
LOST: frozenset[UngradedReason] = frozenset({"model_unavailable", "invalid_model_output"})
"""Reasons that lie with a model rather than with what it was to mark."""

MarkedBy = Literal["grader", "candidate"]


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """A verbatim part of the candidate's answer: ``answer[start:end] == quote``."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class PointGrade:
    """The verdict on one key point, with the words it rests on and the passage it is held against.

    `score` lies in [0, 1]; `confidence` is the probability that a human marker gives this verdict.
    `other_span` is the passage of a source that says otherwise than `source_span`, if one does.
    A `weight` of 0 is that of a point that was not needed (`agent.choice`).
    """

    id: str
    text: str
    weight: float
    verdict: Verdict
    score: float
    confidence: float
    by: MarkedBy
    answer_span: AnswerSpan | None
    source_span: Span | None
    other_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another source says in place of one key point, and its passage."""

    point_id: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class GraderInfo:
    """Which grader gave a mark. `measured` is false where no eval report exists for it."""

    name: str
    version: str
    model: str
    measured: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """A mark in [0, 1]. `confidence`: the probability that a human's lies within 0.25 of it."""

    score: float
    confidence: float
    label: Label
    points: tuple[PointGrade, ...]
    flags: tuple[Flag, ...]
    feedback: str
    grader: GraderInfo


@dataclass(frozen=True, slots=True)
class Ungraded:
    """No mark, and why. Never zero, never in an average."""

    reason: UngradedReason
    flags: tuple[Flag, ...]
    feedback: str
    grader: GraderInfo


Grade = Scored | Ungraded


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """All that a grader may see: what was asked, what counts as right, what was answered.

    `key_points` may be empty: the grader then derives them from `reference`. A reference that came
    as a bare string has ``document_id`` and ``path`` "reference" in its span.
    """

    question: str
    answer: str
    reference: Reference | None = None
    key_points: tuple[KeyPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()

    @classmethod
    def of(cls, question: Question, answer: str) -> GradeRequest:
        """An answer to a question of the bank, with all that the bank knows of it."""
        return cls(
            question.question,
            answer,
            question.reference,
            question.key_points,
            question.misconceptions,
        )


class Grader(Protocol):
    """Marks an answer. Deterministic: the same request gives the same grade."""

    @property
    def info(self) -> GraderInfo: ...

    def grade(self, request: GradeRequest) -> Grade: ...
