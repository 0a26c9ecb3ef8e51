"""One score from what speaks for a passage: a fixed linear score, read as a probability.

Invariant: the score lies in [0, 1], never falls when a feature with a positive weight rises, and
depends on nothing but the passage's own features.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

# For `index.ranking.FEATURES`, in order. The weights maximise the likelihood of the right article
# among all (softmax over articles, each by its best passage) on the development half of
# evals/data/glossary_queries.jsonl, rounded. SCALE and SHIFT are the logistic curve that tells the
# best passage of a right article from the best one found for a query without an answer, both kinds
# counting the same. `python -m evals.calibration` fits them again.
WEIGHTS: Doubles = np.array([4.0, 14.0, 5.0, 1.0, 12.0, 2.0])
SCALE = 1.0
SHIFT = -14.3


def evidence(features: Doubles) -> Doubles:
    """The linear score by which passages are ordered, float64 [n], of features [n, f]."""
    total: Doubles = features @ WEIGHTS
    return total


def probability(evidence: Doubles) -> Doubles:
    """How likely a passage with this evidence is to answer, float64 [n] in [0, 1]."""
    exponent = np.clip(SCALE * evidence + SHIFT, -700, 700)
    chance: Doubles = 1 / (1 + np.exp(-exponent))
    return chance


def convex(first: Doubles, second: Doubles, share: float) -> Doubles:
    """``share`` of `first` and the rest of `second`, each put on [0, 1] by its least and greatest
    value over the candidates (Bruch, Gai and Ingber 2023). The plain mixture of a BM25 and a dense
    ranking, kept as the baseline that late interaction has to beat."""
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}, not in [0, 1]")
    mixed: Doubles = share * _unit(first) + (1 - share) * _unit(second)
    return mixed


def _unit(scores: Doubles) -> Doubles:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-12:
        return np.zeros(len(scores))
    unit: Doubles = (scores - low) / (high - low)
    return unit
