"""The language model as an interviewer: follow-ups, hints and model answers, checked by code.

Whatever is not usable at the second try, or not there in time, comes from the deterministic
interviewer. Invariant: a follow-up quotes the candidate word for word and, like a hint, gives no
word of its point away; every sentence of a model answer is supported by the passage it cites.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from agent.flags import inspect
from agent.grades import GradeRequest, PointGrade
from agent.hints import MOST_HINTS, Probe, by_value, hint_target
from agent.interviewer import Candidate, FixedInterviewer, Interviewer, Words
from agent.judge import Judge
from agent.llm import word_prompts
from agent.llm.discretion import indiscreet
from agent.llm.faults import ContextOverflowError, InvalidOutputError, ModelUnavailableError
from agent.llm.patience import Limits
from agent.llm.prompts import Dossier, dossier
from agent.llm.rewording import reworded
from agent.llm.support import unsupported
from agent.llm.writer import Writer
from agent.points import points_of
from corpus.schema import Question, Span

_log = logging.getLogger(__name__)
M = TypeVar("M", bound=BaseModel)

MOST_TOKENS = 160
MOST_ANSWER_TOKENS = 700
# Somebody waits for the next question; who asked for a good answer has something to read meanwhile.
ASKING = Limits(first=8.0, between=4.0, total=8.0, retries=0, reply=12.0)
ANSWERING = Limits(first=20.0, between=8.0, total=20.0, retries=1, reply=45.0)
_LEAST_WORDS, _MOST_WORDS = 2, 12  # of a quote
_LEAST_SHARE = 0.5  # of the passages that a model answer must rest on


class Asked(BaseModel):
    """A follow-up as the model gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: str = Field(min_length=2, max_length=160)
    question: str = Field(min_length=8, max_length=200)


class Hinted(BaseModel):
    """A hint as the model gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hint: str = Field(min_length=8, max_length=200)


class Sentence(BaseModel):
    """A sentence of a model answer, and the number of its passage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    passage: int = Field(ge=1, le=word_prompts.MOST_PASSAGES)
    text: str = Field(min_length=8, max_length=word_prompts.MOST_CHARS)


class Told(BaseModel):
    """A model answer as the model gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sentences: list[Sentence] = Field(min_length=1, max_length=word_prompts.MOST_PASSAGES)


class ModelInterviewer:
    """An `Interviewer` that asks a `Writer` first. `find` gives it, or None where there is none;
    `judge` checks what it writes. Thread-safe."""

    def __init__(
        self,
        find: Callable[[], Writer | None],
        judge: Callable[[], Judge],
        fixed: Interviewer | None = None,
        asking: Limits = ASKING,
        answering: Limits = ANSWERING,
    ) -> None:
        self._find = find
        self._judge = judge
        self._fixed = fixed or FixedInterviewer()
        self._asking = asking
        self._answering = answering

    def hint(
        self, question: Question, points: Sequence[PointGrade], said: str, number: int
    ) -> Words:
        """The first hint is the model's. The second lays the point out with its words cut, which
        code does more surely."""
        aim = hint_target(question, points)
        fixed = self._fixed.hint(question, points, said, number)
        writer = self._find() if aim is not None and number < MOST_HINTS else None
        text = next((p.text for p in points or question.key_points if p.id == aim), None)
        if writer is None or text is None:
            return fixed

        def check(value: Hinted) -> str:
            return indiscreet(_line(value.hint), text, said, question.question, self._judge())

        messages = _beginning(question, said).then(word_prompts.hint(text))
        made = self._made(writer, messages, Hinted, check)
        return Words(_line(made.hint)) if made else fixed

    def probe(
        self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
    ) -> Probe | None:
        """A question on the candidate's own words that aims at the most valuable open point."""
        fixed = self._fixed.probe(question, points, said, asked)
        open_points = by_value(points)
        writer = self._find() if open_points and said.strip() else None
        if writer is None:
            return fixed
        point = open_points[0]
        known = " ".join((said, *asked))

        def check(value: Asked) -> str:
            if wrong := misquoted(value.quote, question.question, said):
                return wrong
            if quoting(value) in asked:
                return "it was asked before"
            text = _line(value.question)
            return indiscreet(text, point.text, known, question.question, self._judge())

        end = word_prompts.probe(point.text, asked[1:])
        made = self._made(writer, _beginning(question, said).then(end), Asked, check)
        return Probe(quoting(made), point.id) if made else fixed

    def good_answer(self, question: Question) -> Words | None:
        """What an author wrote, else the model's sentences that their passages support, else the
        key points."""
        fixed = self._fixed.good_answer(question)
        spans = tuple(dict.fromkeys(p.span for p in question.key_points if p.span))
        spans = spans[: word_prompts.MOST_PASSAGES]
        writer = self._find() if spans and not question.model_answer else None
        if writer is None:
            return fixed
        held: list[tuple[str, Span]] = []

        def check(value: Told) -> str:
            wrong = self._sift(value, spans, held)
            used = {span for _, span in held}
            return "" if len(used) >= _LEAST_SHARE * len(spans) else "; ".join(wrong)

        request = GradeRequest.of(question, "")
        shared = dossier(request, points_of(request), None)
        messages = shared.then(word_prompts.answer([s.quote for s in spans]))
        if self._made(writer, messages, Told, check, self._answering, MOST_ANSWER_TOKENS) is None:
            return fixed
        return Words(" ".join(t for t, _ in held), tuple(dict.fromkeys(s for _, s in held)))

    def worded(self, question: Question, candidate: Candidate) -> str:
        """For the candidate's role and seniority, their CV and their job, where any is known."""
        writer = self._find() if candidate != Candidate() else None
        if writer is None:
            return self._fixed.worded(question, candidate)
        return reworded(writer, question, candidate)

    def _sift(self, value: Told, spans: Sequence[Span], held: list[tuple[str, Span]]) -> list[str]:
        """Fill `held` with the sentences that stand; what is wrong with the others."""
        held.clear()
        wrong = []
        for sentence in value.sentences:
            if sentence.passage > len(spans):
                wrong.append(f"there is no passage {sentence.passage}")
                continue
            span, text = spans[sentence.passage - 1], _line(sentence.text)
            found = unsupported(text, span.quote, "", self._judge(), may_repeat=True)
            if found:
                wrong.append(f"passage {sentence.passage}: {found}")
            else:
                held.append((text if text[-1] in ".!?" else f"{text}.", span))
        return wrong or ["it leaves most of the passages out"]

    def _made(
        self,
        writer: Writer,
        messages: Sequence[tuple[str, str]],
        schema: type[M],
        check: Callable[[M], str],
        limits: Limits | None = None,
        most_tokens: int = MOST_TOKENS,
    ) -> M | None:
        limits = limits or self._asking
        try:
            return writer.structured(messages, schema, most_tokens, limits=limits, check=check)
        except (ModelUnavailableError, InvalidOutputError, ContextOverflowError) as error:
            _log.info("the model gave no usable words: %s", error)
            return None


def misquoted(quote: str, question: str, said: str) -> str:
    """What is wrong with a quote; empty where it is the candidate's own words in a row, and none
    that are addressed to a marker."""
    words = _line(quote)
    count = len(words.split())
    if not _LEAST_WORDS <= count <= _MOST_WORDS:
        return f"the quote has {count} words, not {_LEAST_WORDS} to {_MOST_WORDS}"
    counts = inspect(question, said).cleaned.text
    for heard in (said, counts):
        pieces = [_line(piece) for piece in re.split(r"\n\s*\n", heard)]
        if not any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", piece) for piece in pieces):
            return f"the candidate did not say “{words}”"
    return ""


def quoting(value: Asked) -> str:
    """The follow-up as it is put."""
    return f"You said “{_line(value.quote)}”. {_line(value.question)}"


def _beginning(question: Question, said: str) -> Dossier:
    request = GradeRequest.of(question, said)
    cleaned = inspect(question.question, said).cleaned.text
    return dossier(request, points_of(request), cleaned)


def _line(text: str) -> str:
    return " ".join(text.split())
