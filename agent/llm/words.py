"""The language model's words after a mark: a stream of sentences, each checked before it is shown.

Code owns what a sentence is about and puts the candidate's own words before it; the model words
what a passage says. Invariant: a sentence that the cited passage does not support is not shown, and
no sentence can say otherwise than the mark, which stands before the first is asked for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from agent.flags import inspect
from agent.grades import GradeRequest, PointGrade, Scored
from agent.judge import Judge
from agent.llm.faults import ContextOverflowError, InvalidOutputError, ModelUnavailableError
from agent.llm.patience import Limits
from agent.llm.prompts import corrected, dossier
from agent.llm.support import unsupported
from agent.llm.word_prompts import MOST_CHARS, MOST_PASSAGES, explain
from agent.points import points_of
from agent.remarks import About, Remark, feedback_remark
from agent.turns import Marked

_log = logging.getLogger(__name__)
Messages = Sequence[tuple[str, str]]

MOST_STATEMENTS = 6
MOST_TOKENS = 700
EMPTY = "there is no statement in it"
# The candidate reads the mark meanwhile; a sentence may take seconds on a CPU.
PACE = Limits(first=20.0, between=8.0, total=20.0, retries=1, reply=60.0)


class Writer(Protocol):
    """What words need of a language model. Raises the faults of `agent.llm.faults`."""

    @property
    def name(self) -> str: ...

    def json_stream(
        self, messages: Messages, schema: type[BaseModel], most_tokens: int, limits: Limits
    ) -> Iterator[str]: ...


class Statement(BaseModel):
    """One sentence as the model gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: Literal["good", "missed", "better"]
    passage: int = Field(ge=1, le=MOST_PASSAGES)
    text: str = Field(min_length=12, max_length=MOST_CHARS)


class Explanation(BaseModel):
    """The model's whole reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statements: list[Statement] = Field(min_length=1, max_length=MOST_STATEMENTS)


@dataclass(slots=True)
class _Reply:
    """A reply while it comes: the text so far, and what was found wrong in it."""

    text: str = ""
    read: int = 0
    wrong: list[str] = field(default_factory=list)


class Explainer:
    """Explains marks with a `Writer` and a `Judge` that checks each sentence. Thread-safe."""

    def __init__(self, writer: Writer, judge: Judge, pace: Limits = PACE) -> None:
        self._writer = writer
        self._judge = judge
        self._pace = pace

    def remarks(self, marked: Marked) -> Iterator[Remark]:
        """Sentences on the mark of a question that is over; the feedback made by code where the
        model gives none that holds."""
        grade = marked.standing
        if not marked.closed or not isinstance(grade, Scored):
            return
        shown = 0
        try:
            for remark in self._checked(marked, grade):
                shown += 1
                yield remark
        except (ModelUnavailableError, InvalidOutputError, ContextOverflowError) as error:
            _log.info("no words on the mark: %s", error)
        if not shown:
            yield feedback_remark(grade)

    def _checked(self, marked: Marked, grade: Scored) -> Iterator[Remark]:
        """What holds of the first reply or, where nothing does, of a second."""
        # A point that nobody needed was not missed.
        told = (p for p in grade.points if p.source_span and (p.weight or p.verdict != "missing"))
        points = tuple(told)[:MOST_PASSAGES]
        if not points:
            return
        messages: Messages = _prompt(marked, points)
        began, shown = time.monotonic(), 0
        reply = _Reply()
        for remark in self._replied(messages, points, marked, reply, self._pace):
            shown += 1
            yield remark
        left = self._pace.reply - (time.monotonic() - began)
        if not shown and left > 0:
            again = corrected(messages, reply.text, "; ".join(reply.wrong) or EMPTY)
            limits = replace(self._pace, reply=left)
            yield from self._replied(again, points, marked, _Reply(), limits)

    def _replied(
        self,
        messages: Messages,
        points: Sequence[PointGrade],
        marked: Marked,
        reply: _Reply,
        limits: Limits,
    ) -> Iterator[Remark]:
        seen: set[tuple[str, int]] = set()
        for piece in self._writer.json_stream(messages, Explanation, MOST_TOKENS, limits):
            for statement in _complete(reply, piece):
                found = self._held(statement, points, marked)
                if isinstance(found, str):
                    reply.wrong.append(found)
                elif (found.about, statement.passage) not in seen:
                    seen.add((found.about, statement.passage))
                    yield found

    def _held(
        self, statement: Statement, points: Sequence[PointGrade], marked: Marked
    ) -> Remark | str:
        """The statement as a remark, or what is wrong with it."""
        if statement.passage > len(points):
            return f"there is no passage {statement.passage}"
        point = points[statement.passage - 1]
        about = _about(statement, point)
        if about is None:
            return f"passage {statement.passage} is {point.verdict}, not {statement.about}"
        source = point.source_span
        if source is None:
            raise ValueError(f"the point {point.id} has no passage")
        text = " ".join(statement.text.split())
        if wrong := unsupported(text, source.quote, marked.all_said, self._judge):
            return f"passage {statement.passage}: {wrong}"
        return Remark(about, _ended(text), point.answer_span, source)


def _prompt(marked: Marked, points: Sequence[PointGrade]) -> list[tuple[str, str]]:
    """The beginning that marking shared, so that a server has read it, and what is asked now."""
    question = marked.question
    request = GradeRequest.of(question, marked.all_said)
    said = inspect(question.question, marked.all_said).cleaned.text
    return dossier(request, points_of(request), said).then(explain(points))


def _complete(reply: _Reply, piece: str) -> Iterator[Statement]:
    """The statements that are whole with this piece, each once."""
    reply.text += piece
    if "}" not in piece:
        return
    whole = reply.text[: reply.text.rindex("}") + 1]
    try:
        value = from_json(whole, allow_partial=True)
    except ValueError as error:
        raise InvalidOutputError(f"the reply is no JSON ({error})") from error
    found = value.get("statements") if isinstance(value, dict) else None
    rows = found if isinstance(found, list) else []
    for row in rows[reply.read : MOST_STATEMENTS]:
        if not isinstance(row, dict) or not row.keys() >= Statement.model_fields.keys():
            if row is not rows[-1]:
                reply.read += 1
                continue
            return  # a brace within a text that still goes on
        reply.read += 1
        try:
            yield Statement.model_validate(row)
        except ValidationError as error:
            reply.wrong.append(str(error.errors()[0]["msg"]))


def _about(statement: Statement, point: PointGrade) -> About | None:
    """What the sentence is about; None where the mark says otherwise."""
    match statement.about, point.verdict:
        case "better", _:
            return "better"
        case "good", "covered" | "partial":
            return "good"
        case "missed", "missing":
            return "missed"
        case "missed", "partial":
            return "partly"
        case "missed", "contradicted":
            return "wrong"
        case _:
            return None


def _ended(text: str) -> str:
    return text if text[-1] in ".!?" else text + "."
