"""What an answer holds for each key point: the best passage, and what there is to be judged.

Invariant: each point is matched once per grade, every text is embedded alone, and a passage is
given as it stands in the candidate's own words.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agent.alignment import AnswerSide, Match, Side, match, prepare, prepare_answer
from agent.flags import Inspected
from agent.grades import AnswerSpan, GradeRequest
from agent.segments import segments
from corpus.schema import KeyPoint
from index.embedder import Embedder, Embedding

MOST_READ = 160  # word pieces of an answer that are judged for one point
_CACHE = 2048  # texts of the reference side; about 30 kB each


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer made ready: `side` is None where nothing in it may count."""

    answer: str
    question: str
    inspected: Inspected
    asked: frozenset[int]
    side: AnswerSide | None

    def judged(self, found: Match) -> str:
        """What is judged: the answer, or of a long one the sentences that match best, in order."""
        sentences = self.sentences(found)
        left = MOST_READ
        kept: list[tuple[int, int]] = []
        for low, high, _ in sorted(sentences, key=lambda s: (-s[2], s[0])):
            size = self._tokens(low, high)
            if kept and size > left:
                continue
            kept.append((low, high))
            left -= size
        return " ".join(self.words(low, high) for low, high in sorted(kept))

    def sentences(self, found: Match) -> list[tuple[int, int, float]]:
        """The answer's sentences as runs of clauses ``low:high``, each with its best match."""
        if self.side is None:
            return []
        return [(low, high, max(found.clauses[low:high])) for low, high in self.side.sentences]

    def around(self, found: Match) -> str:
        """The whole sentences in which a match lies."""
        held = [s for s in self.sentences(found) if s[0] < found.high and found.low < s[1]]
        return self.words(held[0][0], held[-1][1]) if held else ""

    def words(self, low: int, high: int) -> str:
        """The cleaned words of clauses ``low:high``, spaced singly."""
        if self.side is None:
            return ""
        parts = self.side.segments
        text = self.inspected.cleaned.text[parts[low].start : parts[high - 1].end]
        return " ".join(text.split())

    def span(self, low: int, high: int) -> AnswerSpan | None:
        """Clauses ``low:high`` in the answer as it was given."""
        if self.side is None:
            return None
        parts = self.side.segments
        start, end = self.inspected.cleaned.place(parts[low].start, parts[high - 1].end)
        return AnswerSpan(start, end, self.answer[start:end])

    def _tokens(self, low: int, high: int) -> int:
        return self.side.first[high] - self.side.first[low] if self.side else 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One key point with its match; None where the answer has no words for it."""

    point: KeyPoint
    side: Side
    match: Match | None

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

    def without(
        self, request: GradeRequest, reading: Reading, places: Iterable[tuple[int, int]]
    ) -> Reading:
        """The answer read again without the clauses ``low:high``; the same reading for none."""
        cleaned, parts = reading.inspected.cleaned, reading.side.segments if reading.side else ()
        for low, high in places:
            cleaned = cleaned.without(parts[low].start, parts[high - 1].end)
        if cleaned is reading.inspected.cleaned:
            return reading
        return self.read(request, replace(reading.inspected, cleaned=cleaned))

    def evidence(self, points: Sequence[KeyPoint], reading: Reading) -> tuple[Evidence, ...]:
        """Each point's evidence, in order."""
        sides = [self.side(point.text, reading) for point in points]
        return tuple(
            Evidence(point, side, self.match(side, reading))
            for point, side in zip(points, sides, strict=True)
        )

    def whole(self, request: GradeRequest, reading: Reading) -> tuple[Side, Match] | None:
        """The reference as a whole, and where the answer speaks to it."""
        if request.reference is None:
            return None
        side = self.side(request.reference.text, reading)
        found = self.match(side, reading)
        return (side, found) if found else None

    def side(self, text: str, reading: Reading) -> Side:
        """A text of the reference side, weighed against the question."""
        return prepare(self._embed(text), reading.asked)

    def match(self, side: Side, reading: Reading) -> Match | None:
        """Where the answer speaks to a text; None where it has no words."""
        return None if reading.side is None else match(side, reading.side)

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
