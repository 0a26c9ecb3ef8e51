"""What an answer holds for each key point: the best passage, how well it matches, signs of doubt.

Invariant: each point is matched once per grade, every text is embedded alone, and a passage is
given as it stands in the candidate's own words.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from agent.alignment import AnswerSide, Match, Side, match, prepare, prepare_answer
from agent.calibration import strength_of
from agent.doubt import NAMES, signs
from agent.flags import Inspected
from agent.grades import AnswerSpan, GradeRequest
from agent.segments import segments
from corpus.schema import KeyPoint
from index.embedder import Embedder, Embedding

_CACHE = 2048  # texts of the reference side; about 30 kB each
_DENIED_AGAIN = 0.9  # of the best clause's match: another clause that denies the point counts


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer made ready: `side` is None where nothing in it may count."""

    answer: str
    question: str
    inspected: Inspected
    asked: frozenset[int]
    side: AnswerSide | None

    def passage(self, found: Match) -> str:
        """The cleaned words of the best passage."""
        if self.side is None:
            return ""
        parts = self.side.segments
        return self.inspected.cleaned.text[parts[found.low].start : parts[found.high - 1].end]

    def span(self, found: Match) -> AnswerSpan | None:
        """The best passage in the answer as it was given."""
        if self.side is None:
            return None
        parts = self.side.segments
        start, end = self.inspected.cleaned.place(parts[found.low].start, parts[found.high - 1].end)
        return AnswerSpan(start, end, self.answer[start:end])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One key point with its match; None where the answer has no words for it.

    `shared` is the strength with which the answer matches the whole reference, for a point that
    was derived from it; None for a point that somebody wrote.
    """

    point: KeyPoint
    side: Side
    match: Match | None
    signs: tuple[float, ...]
    shared: float | None

    @property
    def whole(self) -> float:
        """The match in [0, 1]."""
        return self.match.features[0] if self.match else 0.0


class Reader:
    """Reads answers and points with an `Embedder`. Thread-safe; the reference side is cached."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._cache: OrderedDict[str, Embedding] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, request: GradeRequest, inspected: Inspected) -> Reading:
        """The answer, cut into clauses and embedded."""
        asked = frozenset(self._embed(request.question).tokens.ids.tolist())
        text = inspected.cleaned.text
        parts = segments(text)
        side = None
        if parts:
            side = prepare_answer(prepare(self.embedder.embed_one(text), asked), parts)
        return Reading(request.answer, request.question, inspected, asked, side)

    def evidence(
        self, request: GradeRequest, points: Sequence[KeyPoint], reading: Reading
    ) -> tuple[Evidence, ...]:
        """Each point's evidence, in order."""
        shared = None
        if not request.key_points and request.reference is not None:
            side = self.side(request.reference.text, reading)
            found = self.match(side, reading)
            shared = strength_of(found.features[0] if found else 0.0, len(side.tokens))
        return tuple(self._evidence(point, reading, shared) for point in points)

    def side(self, text: str, reading: Reading) -> Side:
        """A text of the reference side, weighed against the question."""
        return prepare(self._embed(text), reading.asked)

    def match(self, side: Side, reading: Reading) -> Match | None:
        """Where the answer speaks to a text; None where it has no words."""
        return None if reading.side is None else match(side, reading.side)

    def _evidence(self, point: KeyPoint, reading: Reading, shared: float | None) -> Evidence:
        side = self.side(point.text, reading)
        found = self.match(side, reading)
        doubts = _signs(point, found, reading) if found else (0.0,) * len(NAMES)
        return Evidence(point, side, found, doubts, shared)

    def _embed(self, text: str) -> Embedding:
        """A text of the reference side, from the cache where it was seen before."""
        with self._lock:
            if text in self._cache:
                self._cache.move_to_end(text)
                return self._cache[text]
        # Half a surrogate pair, which JSON can hold, is no text to a tokeniser.
        made = self.embedder.embed_one(text.encode("utf-8", "replace").decode("utf-8"))
        with self._lock:
            self._cache[text] = made
            while len(self._cache) > _CACHE:
                self._cache.popitem(last=False)
        return made


def _signs(point: KeyPoint, found: Match, reading: Reading) -> tuple[float, ...]:
    """Signs in the best passage, and a denial in any clause that matches nearly as well."""
    best = list(signs(point.text, reading.passage(found), reading.question))
    denied = NAMES.index("denied")
    if reading.side is not None and not best[denied]:
        text = reading.inspected.cleaned.text
        for i, value in enumerate(found.clauses):
            if found.low <= i < found.high or value < _DENIED_AGAIN * max(found.clauses):
                continue
            clause = reading.side.segments[i]
            other = signs(point.text, text[clause.start : clause.end], reading.question)
            best[denied] = max(best[denied], other[denied])
    return tuple(best)
