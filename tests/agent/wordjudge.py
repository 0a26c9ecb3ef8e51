"""A judge for tests: it counts words and hears "not", "never" and "no"; nothing is learnt."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from wordvectors import WordEmbedder

from agent.embedded import EmbeddedGrader
from agent.judge import Pair, Probabilities

_DENIALS = frozenset({"not", "never", "no", "false"})


class WordJudge:
    """Covered by the share of the point's words; contradicted where one side alone denies."""

    name = "words/judge"

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.array([_row(p) for p in pairs], dtype=np.float32).reshape(-1, 4)


def _row(pair: Pair) -> list[float]:
    point, passage = (re.findall(r"\w+", t.lower()) for t in (pair.point, pair.passage))
    wanted = set(point) - _DENIALS
    share = len(wanted & set(passage)) / max(1, len(wanted))
    denied = sum(w in _DENIALS for w in point) % 2 != sum(w in _DENIALS for w in passage) % 2
    against = 0.8 * share if denied and share >= 0.5 else 0.0
    covered = (1 - against) * share**2
    partial = (1 - against) * share * (1 - share)
    return [covered, partial, 1 - against - covered - partial, against]


def word_grader() -> EmbeddedGrader:
    """The embedded grader on words alone."""
    return EmbeddedGrader(WordEmbedder(), WordJudge())
