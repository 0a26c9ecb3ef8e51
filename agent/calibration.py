"""From how well a passage matches a key point to a verdict, a score and an honest confidence.

A cumulative logit on one strength with an extra logit for "says the opposite" (McCullagh 1980).
Ten constants, fitted on the training questions of ScientsBank and Beetle and on
`evals/data/dev_answers.jsonl`, each set weighted alike but the last, which counts three times;
checked on questions left out of the fit (evals/LOG.md). Invariant: without a sign of doubt the
score grows with the strength.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agent.grades import Verdict
from agent.score import COVERED_FROM, MISSING_TO, bounded

LENGTH_EFFECT = -0.049  # a longer point is matched less well by the same answer
_MEAN_LOG_LENGTH = 2.7
SLOPE = 7.87
SAID_SOMETHING = 0.414  # strength at which half of all points are at least partial
SAID_IT = 0.465  # and covered
OPPOSITE_BASE = -1.56
OPPOSITE_SIGNS = (1.45, 1.59, 1.36, 1.99, 1.43)  # in the order of agent.doubt.NAMES
# Verdicts: between the two strengths lies what the encoder cannot tell, told as partial.
PARTIAL_FROM = 0.33
COVERED_STRENGTH = 0.62
CONTRADICTED_FROM = 0.5  # probability
DOUBTED_FROM = 0.35  # a covered point as doubtful as this is told as partial
LIST_CONFIDENCE = 0.7  # that a point named in a heap of terms earns nothing


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is made of one point: `confidence` is the probability of `verdict`."""

    verdict: Verdict
    score: float
    confidence: float
    strength: float


def strength_of(whole: float, tokens: int) -> float:
    """The match of a point corrected for its length in word pieces."""
    return whole + LENGTH_EFFECT * (math.log(max(tokens, 1)) - _MEAN_LOG_LENGTH)


def judge(whole: float, tokens: int, signs: Sequence[float]) -> Judgement:
    """The verdict on a point that the answer matches with `whole` in [0, 1]."""
    strength = strength_of(whole, tokens)
    opposite = _logistic(
        OPPOSITE_BASE + sum(w * s for w, s in zip(OPPOSITE_SIGNS, signs, strict=True))
    )
    something = _logistic(SLOPE * (strength - SAID_SOMETHING))
    all_of_it = _logistic(SLOPE * (strength - SAID_IT))
    chances: dict[Verdict, float] = {
        "contradicted": opposite * something,
        "missing": 1.0 - something,
        "partial": (1.0 - opposite) * (something - all_of_it),
        "covered": (1.0 - opposite) * all_of_it,
    }
    against = chances["contradicted"] if any(signs) else 0.0
    if against >= CONTRADICTED_FROM:
        verdict: Verdict = "contradicted"
    elif strength < PARTIAL_FROM:
        verdict = "missing"
    elif strength < COVERED_STRENGTH or against >= DOUBTED_FROM:
        verdict = "partial"
    else:
        verdict = "covered"
    # A doubt lowers the confidence; only a strong case takes the mark away.
    score = 0.0 if verdict == "contradicted" else _score(strength)
    if verdict == "partial" and against >= DOUBTED_FROM:
        score = min(score, 1.0 - against)
    confidence = min(0.99, max(0.01, chances[verdict]))
    return Judgement(verdict, bounded(score, verdict), round(confidence, 3), strength)


def _score(strength: float) -> float:
    """Linear between the borders of the verdicts, so that all of the order is kept."""
    low, high = PARTIAL_FROM, COVERED_STRENGTH
    if strength <= low:
        return MISSING_TO * max(0.0, strength) / low
    if strength < high:
        return MISSING_TO + (COVERED_FROM - MISSING_TO) * (strength - low) / (high - low)
    return COVERED_FROM + (1.0 - COVERED_FROM) * min(1.0, (strength - high) / (1.0 - high))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))
