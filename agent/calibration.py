"""From how well a passage matches a key point to a verdict, a score and an honest confidence.

Confidence: a cumulative logit on one strength with an extra logit for "says the opposite"
(McCullagh 1980), fitted on the training questions of ScientsBank and Beetle and on
`evals/data/dev_answers.jsonl`. Score: the mark that people are expected to give at that strength,
broken lines whose inner values `python -m evals.fit_grader` fits (evals/LOG.md has what was tried).
Invariant: without a sign of doubt the score grows with the strength.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.grades import Verdict
from agent.score import bounded

LENGTH_EFFECT = -0.049  # a longer point is matched less well by the same answer
_MEAN_LOG_LENGTH = 2.7
SLOPE = 7.87
SAID_SOMETHING = 0.414  # strength at which half of all points are at least partial
SAID_IT = 0.465  # and covered
OPPOSITE_BASE = -1.56
OPPOSITE_SIGNS = (1.45, 1.59, 1.36, 1.99, 1.43)  # in the order of agent.doubt.NAMES
# Expected mark by strength. A point that somebody wrote: by the verdicts of the dev answers. The
# inner value was raised from 0.40 for the sake of rows' r and RMSE.
AUTHORED_CURVE = ((0.2, 0.0), (0.45, 0.5), (0.75, 1.0))
# A point derived from a reference: by people's marks, as markers do not ask for all it says. The
# inner value was taken down from 0.63, which has less bias on SAF but worse r on all files.
DERIVED_CURVE = ((0.1, 0.0), (0.45, 0.55), (1.0, 1.0))
SHARED_SHARE = 0.6  # of a derived point's strength that is the match of the whole reference
# Verdicts, by expected mark: partial from the first, covered from the second. In between lies what
# the encoder cannot tell; for a derived point that is most, and cutting it off loses the order.
AUTHORED_BORDERS = (0.25, 0.75)
DERIVED_BORDERS = (0.1, 0.9)
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


def judge(
    whole: float, tokens: int, signs: Sequence[float], shared: float | None = None
) -> Judgement:
    """The verdict on a point that the answer matches with `whole` in [0, 1].

    `shared`, for a point derived from a reference, is the strength of the whole reference: what a
    cut into sentences loses is kept, and the point is marked as people mark against a reference.
    """
    strength = strength_of(whole, tokens)
    if shared is not None:
        strength += SHARED_SHARE * (shared - strength)
    expected = expected_mark(strength, derived=shared is not None)
    partial_from, covered_from = AUTHORED_BORDERS if shared is None else DERIVED_BORDERS
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
    elif expected < partial_from:
        verdict = "missing"
    elif expected < covered_from or against >= DOUBTED_FROM:
        verdict = "partial"
    else:
        verdict = "covered"
    # A doubt lowers the confidence; only a strong case takes the mark away.
    score = 0.0 if verdict == "contradicted" else expected
    if verdict == "partial" and against >= DOUBTED_FROM:
        score = min(score, 1.0 - against)
    confidence = min(0.99, max(0.01, chances[verdict]))
    return Judgement(verdict, bounded(score, verdict), round(confidence, 3), strength)


def expected_mark(strength: float, derived: bool) -> float:
    """The mark in [0, 1] that people are expected to give for a point of this strength."""
    curve = DERIVED_CURVE if derived else AUTHORED_CURVE
    for (x0, y0), (x1, y1) in pairwise(curve):
        if strength < x1:
            return y0 + (y1 - y0) * max(0.0, strength - x0) / (x1 - x0)
    return curve[-1][1]


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))
