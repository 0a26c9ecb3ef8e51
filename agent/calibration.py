"""From what the judge and the alignment make of a point to its verdict, mark and confidence.

Invariant: chances sum to 1, the confidence of a verdict is its chance, and the mark lies in the
range that the verdict allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, model_validator

from agent import alignment
from agent.grades import Verdict
from agent.judge import VERDICTS
from agent.score import bounded

FEATURES = (*VERDICTS, *alignment.NAMES)  # log-probabilities of the judge, then the alignment
LEAST = 1e-4  # a probability below this says no more than this
STRENGTHS = (0.1, 0.8)  # of the match of a derived point that earns nothing, and everything
LENGTH_EFFECT = -0.049  # a longer point is matched less well by the same answer
_MEAN_LOG_LENGTH = 2.7


@dataclass(frozen=True, slots=True)
class Borders:
    """Where verdicts begin, each by the chance of it or better: `partial` by that of partial and
    covered together. `contradicted` goes before both."""

    partial: float
    covered: float
    contradicted: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the chances of a point that was derived from a reference, `whole` are those of the whole
    reference; of what comes of it `matched` is how well the answer matches, not what is judged."""

    whole: float
    matched: float


# They, and the rest here, were chosen on development questions, on answers to questions from notes
# and on training files (`evals.fit_grader`, `evals.fit_derived`, evals/LOG.md). A reference says
# more than markers ask for, so a match takes its share of a derived point's chances, and the larger
# one where the reference is a single sentence: that is an exam's, whose markers pay for being on
# topic.
WRITTEN = Borders(0.4, 0.6, 0.45)
DERIVED = Borders(0.3, 0.5, 0.35)
DERIVED_ALONE = Borders(0.4, 0.5, 0.5)
SHARES = Shares(0.3, 0.1)
SHARES_ALONE = Shares(0.3, 0.3)

Chances = tuple[float, ...]
"""The chance of each of VERDICTS."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the chances of a derived point are made of: its own and those of the whole reference,
    which a cut into sentences loses something of; by the judge, and by the strength of the match.
    """

    own: Chances
    whole: Chances
    own_strength: float
    whole_strength: float


class Calibration(BaseModel):
    """A multinomial logistic model over FEATURES; belongs to one judge's weights.

    `weights` [4, features] and `bias` [4] give the log-odds of VERDICTS. None stands for a judge
    whose probabilities are taken as they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    @model_validator(mode="after")
    def _shaped(self) -> Calibration:
        shape = {len(row) for row in self.weights}
        if len(self.weights) != len(VERDICTS) or shape != {len(FEATURES)}:
            raise ValueError(f"weights are {len(VERDICTS)} rows of {len(FEATURES)}")
        if len(self.bias) != len(VERDICTS):
            raise ValueError(f"there are {len(VERDICTS)} biases")
        return self


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is made of one point: `confidence` is the probability of `verdict`."""

    verdict: Verdict
    score: float
    confidence: float


def features_of(judged: Sequence[float], matched: Sequence[float]) -> tuple[float, ...]:
    """FEATURES of a point from the judge's probabilities [4] and the alignment's figures."""
    return (*(math.log(max(float(p), LEAST)) for p in judged), *map(float, matched))


def chances_of(
    judged: Sequence[float], matched: Sequence[float], calibration: Calibration | None
) -> Chances:
    """The calibrated chances of one point."""
    if calibration is None:
        total = math.fsum(judged)
        return tuple(float(p) / total for p in judged)
    features = features_of(judged, matched)
    odds = [
        bias + math.fsum(w * f for w, f in zip(row, features, strict=True))
        for row, bias in zip(calibration.weights, calibration.bias, strict=True)
    ]
    top = max(odds)
    powers = [math.exp(o - top) for o in odds]
    total = math.fsum(powers)
    return tuple(p / total for p in powers)


def derived_chances(point: Derived, shares: Shares) -> Chances:
    """The chances of a point that was derived from a reference."""
    strength = point.own_strength + shares.whole * (point.whole_strength - point.own_strength)
    matched = matched_chances(strength)
    judged = (o + shares.whole * (w - o) for o, w in zip(point.own, point.whole, strict=True))
    return tuple(j + shares.matched * (m - j) for j, m in zip(judged, matched, strict=True))


def shares_for(*, alone: bool) -> Shares:
    """The shares of a request's derived points, `alone` if there is one."""
    return SHARES_ALONE if alone else SHARES


def strength_of(whole: float, tokens: int) -> float:
    """The match of a text corrected for its length in word pieces."""
    return whole + LENGTH_EFFECT * (math.log(max(tokens, 1)) - _MEAN_LOG_LENGTH)


def matched_chances(strength: float) -> Chances:
    """Chances whose expected mark is what people give for a match of this strength."""
    low, high = STRENGTHS
    mark = min(1.0, max(0.0, (strength - low) / (high - low)))
    if mark >= 0.5:
        return 2 * mark - 1, 2 - 2 * mark, 0.0, 0.0
    return 0.0, 2 * mark, 1 - 2 * mark, 0.0


def without_contradiction(chances: Chances) -> Chances:
    """The chances where nothing contradicts: what was held against the point speaks for it."""
    covered, partial, missing, contradicted = chances
    return covered + contradicted, partial, missing, 0.0


def expected_mark(chances: Chances) -> float:
    """The mark in [0, 1] that these chances promise: covered 1, partial one half, else nothing."""
    covered, partial, _, _ = chances
    return covered + 0.5 * partial


def borders_for(*, derived: bool, alone: bool) -> Borders:
    """The borders of a request's points: derived from its reference or written, `alone` if one."""
    if not derived:
        return WRITTEN
    return DERIVED_ALONE if alone else DERIVED


def judgement(chances: Chances, borders: Borders = WRITTEN) -> Judgement:
    """The verdict on a point with these chances, from cumulative chances of ordered classes
    (Frank and Hall, A simple approach to ordinal classification, 2001)."""
    covered, partial, _, against = chances
    if against >= borders.contradicted:
        verdict: Verdict = "contradicted"
    elif covered >= borders.covered:
        verdict = "covered"
    else:
        verdict = "partial" if covered + partial >= borders.partial else "missing"
    score = 0.0 if verdict == "contradicted" else bounded(expected_mark(chances), verdict)
    confidence = min(0.99, max(0.01, chances[VERDICTS.index(verdict)]))
    return Judgement(verdict, score, round(confidence, 3))
