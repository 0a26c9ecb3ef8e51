"""Where the answer speaks to a key point, found by code: a model's verdict gets its quote here.

Late interaction (`agent.evidence`) names the clauses. Invariant: a span is the candidate's own
words, never a model's, and lies outside what `agent.flags` has blanked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.alignment import NAMES
from agent.evidence import Reader, Reading
from agent.flags import Inspected
from agent.grades import AnswerSpan, GradeRequest
from corpus.schema import KeyPoint
from index.embedder import Embedder

# Chosen on the training split of evals/data/marks with all-MiniLM-L6-v2: below the first lie 1.5%
# of the points that are covered and an eighth of the missing ones; below the second 7% and 31%.
SPEAKS_FROM = 0.22
FIRM_FROM = 0.30


@dataclass(frozen=True, slots=True)
class Located:
    """A point with the nearest words of the answer and how well they match, in [0, 1]."""

    point: KeyPoint
    span: AnswerSpan | None
    match: float

    @property
    def speaks(self) -> bool:
        """Whether there are words that a verdict other than missing can rest on."""
        return self.span is not None and self.match >= SPEAKS_FROM

    @property
    def firm(self) -> bool:
        """Whether they are near enough for a verdict to be told rather than asked."""
        return self.span is not None and self.match >= FIRM_FROM


class Locator:
    """Finds the words for points with an `Embedder`. Thread-safe."""

    def __init__(self, embedder: Embedder) -> None:
        self._reader = Reader(embedder)

    def locate(
        self, request: GradeRequest, points: Sequence[KeyPoint], inspected: Inspected
    ) -> tuple[Located, ...]:
        """Each point with its words, in order."""
        reading = self._reader.read(request, inspected)
        return tuple(self._located(point, reading) for point in points)

    def _located(self, point: KeyPoint, reading: Reading) -> Located:
        found = self._reader.match(self._reader.side(point.text, reading), reading)
        if found is None:
            return Located(point, None, 0.0)
        return Located(
            point, reading.span(found.low, found.high), found.features[NAMES.index("whole")]
        )
