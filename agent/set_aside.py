"""Sentences of an answer that tell a known wrong belief as somebody's error, which only shows
beside the points: who says what is wrong has not said what is right.

Invariant: a sentence that comes nearly as close to a point as to the belief stays, for it may say
the point by denying.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.alignment import Side
from agent.evidence import Evidence, Reader, Reading
from agent.grades import GradeRequest
from agent.reported import told_as_error
from index.embedder import TokenMatrix
from index.late import align

TOLD = 0.6  # match of a misconception with the sentence that tells it as an error
CLEARLY = 0.75  # of that match; who comes nearer to a point may say the point


def without_asides(
    request: GradeRequest, found: Sequence[Evidence], reading: Reading, reader: Reader
) -> Reading:
    """The answer read again without such sentences; the same reading where there are none."""
    if reading.side is None or not (found and request.misconceptions):
        return reading
    told = [place for place in reading.side.sentences if told_as_error(reading.words(*place))]
    if not told:
        return reading  # as nearly always: nothing more need be matched
    points = [e.side for e in found]
    wrong = [reader.side(m.text, reading) for m in request.misconceptions]
    said = reading.side
    aside = [place for place in told if _tells(wrong, points, said.tokens(*place))]
    return reader.without(request, reading, aside)


def _tells(wrong: Sequence[Side], points: Sequence[Side], said: TokenMatrix) -> bool:
    """Whether words tell one of these beliefs rather than a point."""
    belief, point = _nearest(wrong, said), _nearest(points, said)
    return belief >= TOLD and point < CLEARLY * belief


def _nearest(sides: Sequence[Side], said: TokenMatrix) -> float:
    return max(align(side.tokens, said, side.weights).score for side in sides)
