"""What the judge makes of an answer: the chances of every key point, and whether a known
misconception is said.

Invariant: all that one answer needs is judged in one call, whose pairs depend on the request alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent import alignment
from agent.alignment import Match, Side
from agent.calibration import (
    Calibration,
    Chances,
    Derived,
    chances_of,
    derived_chances,
    shares_for,
    strength_of,
)
from agent.evidence import Evidence, Reader, Reading
from agent.grades import GradeRequest
from agent.judge import VERDICTS, Judge, Pair
from agent.reported import told_as_error
from agent.verbatim import says_verbatim
from corpus.schema import Misconception

NEAR = 0.35  # match of a misconception with the answer, below which it is not even judged
MOST_SENTENCES = 8  # judged one by one to find the words that contradict a point
AGAINST = 0.5  # chance from which a sentence takes back a point said in its own words
_COVERED, _CONTRADICTED = VERDICTS.index("covered"), VERDICTS.index("contradicted")
_NO_MATCH = (0.0,) * 6
_MATCHED = alignment.NAMES.index("matched")
SAID = 0.2  # share of a lone point that is said, below which its match counts for less


@dataclass(frozen=True, slots=True)
class Said:
    """A misconception that the answer comes near to: where, and the chance that it says it."""

    misconception: Misconception
    match: Match
    chance: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The chances of each point, in order, and the misconceptions that may have been said;
    `derived` tells what the chances were made of where the points were cut from a reference."""

    chances: tuple[Chances, ...]
    said: tuple[Said, ...]
    derived: tuple[Derived, ...] = ()


class Judging:
    """Judges answers with a `Judge` and its calibration. Thread-safe."""

    def __init__(self, judge: Judge, calibration: Calibration | None) -> None:
        self.judge = judge
        self._calibration = calibration

    def judge_answer(
        self,
        request: GradeRequest,
        found: Sequence[Evidence],
        reading: Reading,
        reader: Reader,
    ) -> Judged:
        """Judge all points of an answer that has words in it."""
        pairs = [Pair(e.point.text, reading.judged(e.match)) for e in found if e.match]
        near = self._near(request, reading, reader)
        pairs += [Pair(m.text, reading.judged(match)) for m, match in near]
        derived = not request.key_points and request.reference is not None
        shared = reader.whole(request, reading) if derived else None
        if shared is not None and request.reference is not None:
            pairs.append(Pair(request.reference.text, reading.judged(shared[1])))
        rows = iter(self.judge.judge(pairs).tolist())
        own = tuple(
            chances_of(next(rows), e.match.features, self._calibration)
            if e.match
            else chances_of((0.0, 0.0, 1.0, 0.0), _NO_MATCH, None)
            for e in found
        )
        said = tuple(Said(m, match, next(rows)[_COVERED]) for m, match in near)
        if shared is None:
            return Judged(own, said)
        whole = chances_of(next(rows), shared[1].features, self._calibration)
        alone = len(found) == 1
        strength = _strength(*shared, alone)
        made_of = tuple(
            Derived(chances, whole, _strength(e.side, e.match, alone), strength)
            for chances, e in zip(own, found, strict=True)
        )
        shares = shares_for(alone=alone)
        return Judged(tuple(derived_chances(p, shares) for p in made_of), said, made_of)

    def contradiction(self, evidence: Evidence, reading: Reading) -> tuple[int, int] | None:
        """The sentence that contradicts a point most, as clauses ``low:high``; None where none
        but one in the point's own words would."""
        if evidence.match is None:
            return None
        sentences = sorted(reading.sentences(evidence.match), key=lambda s: (-s[2], s[0]))
        nearest = sorted(sentences[:MOST_SENTENCES])
        point = evidence.point.text
        others = [s for s in nearest if not says_verbatim(point, reading.words(*s[:2]))]
        if len(others) == len(nearest) == 1:
            return nearest[0][:2]
        if not others:
            return None
        pairs = [Pair(point, reading.words(low, high)) for low, high, _ in others]
        against = self.judge.judge(pairs)[:, _CONTRADICTED].tolist()
        best = max(range(len(others)), key=lambda i: (against[i], -i))
        if len(others) < len(nearest) and against[best] < AGAINST:
            return None
        return others[best][:2]

    def _near(
        self, request: GradeRequest, reading: Reading, reader: Reader
    ) -> list[tuple[Misconception, Match]]:
        matched = [
            (m, reader.match(reader.side(m.text, reading), reading)) for m in request.misconceptions
        ]
        return [
            (m, match)
            for m, match in matched
            if match and match.features[0] >= NEAR and not told_as_error(reading.around(match))
        ]


def _strength(side: Side, found: Match | None, alone: bool) -> float:
    """How strongly a derived point is matched. A point that stands `alone` has few words, each of
    which resembles any other a little: where hardly one of them is said, that is no match."""
    if found is None:
        return strength_of(0.0, len(side.tokens))
    strength = strength_of(found.features[0], len(side.tokens))
    return strength * min(1.0, found.features[_MATCHED] / SAID) if alone else strength
