"""What a question that a model wrote must pass before a person sees it.

Invariant: a key point that is let through has a quote that stands in the passage, letter for letter
but for white space, and that quote says the point.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.judge import Judge
from agent.llm.prompts import neutral
from agent.llm.question_writer import WrittenPoint, WrittenQuestion, addresses_a_model, shown
from agent.question_review import found_quote
from agent.verification import verify
from agent.words import content_words
from corpus.questions.identity import normalised
from corpus.questions.wording import asks, cleaned, is_task
from index.embedder import Embedder

# Of 465 questions that were written to differ, no two are nearer than 0.77.
TOO_ALIKE = 0.85  # cosine of two questions
ABOUT = 0.5  # of a question's content words, the share that its passage or heading must have
GIVEN_AWAY = 0.75  # of a point's content words, the share that its question may not have
LEAST_WORDS = 3  # content words of a quote
SHARED = 0.5  # of the shorter of two quotes, the overlap from which two points are one
_OUTSIDE = re.compile(
    r"\b(?:the|this|these|above|given|following)\s+(?:passage|text|notes?|article|author|document|"
    r"section|excerpt|quote|paragraph)s?\b|\baccording to\b|https?://|www\.",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point's quote stands in the passage: ``passage[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sound:
    """A question that passed, with its points in the order of the passage."""

    question: str
    points: tuple[Place, ...]
    difficulty: int


class Checks:
    """Checks questions against passages and against the questions there are. `known` are these."""

    def __init__(self, embedder: Embedder, judge: Judge, known: Sequence[str]) -> None:
        self._embedder = embedder
        self._judge = judge
        self._known = {normalised(text) for text in known}
        self._vectors = [_unit(e.pooled) for e in embedder.embed(list(known))] if known else []

    def check(self, written: WrittenQuestion, passage: str, heading: str) -> Sound | str:
        """The question with the places of its quotes, or what is wrong with it, in a sentence."""
        question = cleaned(written.question)
        places = [_place(point, passage) for point in written.points]
        wrong = (
            _fault_of_wording(question, f"{heading}\n{passage}")
            or next((place for place in places if isinstance(place, str)), None)
            or _fault_of_points(question, written.points)
        )
        if wrong:
            return wrong
        found = sorted((p for p in places if isinstance(p, Place)), key=lambda p: (p.start, p.end))
        return (
            _fault_of_places(found)
            or self._fault_of_support(found, passage)
            or self._fault_of_repetition(question)
            or Sound(question, tuple(found), written.difficulty)
        )

    def remember(self, question: str) -> None:
        """From now on a question like this one is a repetition."""
        self._known.add(normalised(question))
        self._vectors.append(_unit(self._embedder.embed_one(question).pooled))

    def _fault_of_support(self, places: Sequence[Place], passage: str) -> str | None:
        for place in places:
            quote = passage[place.start : place.end]
            if normalised(place.text) in normalised(quote):
                continue
            if verify(place.text, [quote], self._judge).label != "supported":
                return f"the quote {_short(quote)} does not say the point {_short(place.text)}"
        return None

    def _fault_of_repetition(self, question: str) -> str | None:
        if normalised(question) in self._known:
            return f"the question {_short(question)} is there already"
        if self._vectors:
            mine = _unit(self._embedder.embed_one(question).pooled)
            if float((np.stack(self._vectors) @ mine).max()) >= TOO_ALIKE:
                return f"the question {_short(question)} asks what another one asks"
        return None


def _place(point: WrittenPoint, passage: str) -> Place | str:
    # The model saw the passage made harmless; its letters stand in the same places.
    start, end = found_quote(neutral(point.quote), shown(passage))
    if start < 0:
        return f"the quote {_short(point.quote)} does not stand in the passage"
    if len(set(content_words(passage[start:end]))) < LEAST_WORDS:
        return f"the quote {_short(point.quote)} says too little"
    return Place(" ".join(point.text.split()), start, end)


def _fault_of_wording(question: str, around: str) -> str | None:
    if not (asks(question) or is_task(question)) or "\n" in question:
        return f"{_short(question)} is no question"
    if _OUTSIDE.search(question):
        return f"the question {_short(question)} cannot be asked without the passage"
    if addresses_a_model(question):
        return f"{_short(question)} is no question to a candidate"
    said, there = set(content_words(question)), set(content_words(around))
    if len(said & there) < ABOUT * len(said) or not said & there:
        return f"the question {_short(question)} is not about the passage"
    return None


def _fault_of_points(question: str, points: Sequence[WrittenPoint]) -> str | None:
    given = set(content_words(question))
    for point in points:
        wanted = set(content_words(point.text))
        if addresses_a_model(point.text) or _OUTSIDE.search(point.text) or not wanted:
            return f"{_short(point.text)} is nothing that an answer says"
        if len(wanted & given) >= GIVEN_AWAY * len(wanted):
            return f"the question {_short(question)} contains its answer {_short(point.text)}"
    return None


def _fault_of_places(places: Sequence[Place]) -> str | None:
    for one, other in itertools.pairwise(places):
        shared = min(one.end, other.end) - other.start
        if shared > SHARED * min(one.end - one.start, other.end - other.start):
            return f"two points rest on the same words: {_short(one.text)}, {_short(other.text)}"
    return None


def _unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    scaled: npt.NDArray[np.float32] = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return scaled


def _short(text: str, most: int = 100) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= most else f"“{line[:most]} …”"
