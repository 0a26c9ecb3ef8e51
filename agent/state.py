"""What the interview graph remembers between two steps, and how nouns are written into it as JSON.

Invariant: a state holds JSON values only (str, int, bool, None, lists and dicts of them); whatever
is read back from it as a noun is validated.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, TypedDict

from pydantic import TypeAdapter

from agent.grades import Grade, Verdict
from corpus.schema import Question

Json = dict[str, Any]  # of JSON values
TurnKind = Literal["question", "follow_up", "confirm", "closing", "report"]


class Reply(TypedDict):
    """What a candidate did with a turn: `text` for an answer, `verdicts` for a confirmation."""

    kind: Literal["answer", "confirm", "stop"]
    text: str
    verdicts: dict[str, Verdict]


class State(TypedDict, total=False):
    """One session's place. Texts of answers are in the history, under the turn's number."""

    session_id: str
    total: int  # questions planned
    position: int  # of the question in the plan, from 0
    number: int  # of the pending turn, from 1
    kind: TurnKind
    attempt: int  # 0 for the first answer to a question, then 1, 2 for its follow-ups
    prompt: str
    prompts: list[str]  # put for this question so far
    hints: int  # given for this question
    answers: list[int]  # the turns that hold this question's answers
    reply: Reply
    intent: str
    grade: Json | None  # of the last answer alone; its spans count in that answer
    standing: Json | None  # of the question; its spans count in all its answers joined
    before: Json | None  # the standing before the last answer
    gained: bool  # whether the last answer added something to the standing
    unsure: list[str]  # key points of the pending confirmation
    note: str  # to be said with the next question
    cited: list[Json]  # the passages that the note quotes
    finished: bool


@cache
def _grades() -> TypeAdapter[Grade]:
    return TypeAdapter(Grade)


@cache
def _questions() -> TypeAdapter[Question]:
    return TypeAdapter(Question)


def grade_to_json(grade: Grade) -> Json:
    """A grade as JSON values."""
    written: Json = _grades().dump_python(grade, mode="json")
    return written


def grade_of(written: Json | None) -> Grade | None:
    """The grade written so. Raises `pydantic.ValidationError` where it is none."""
    return None if written is None else _grades().validate_python(written)


def question_to_json(question: Question) -> Json:
    """A question as JSON values."""
    written: Json = _questions().dump_python(question, mode="json")
    return written


def question_of(written: Json) -> Question:
    """The question written so. Raises `pydantic.ValidationError` where it is none."""
    return _questions().validate_python(written)
