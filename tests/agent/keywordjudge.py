"""A judge for tests: a passage says a point if it has its words; "not" on one side contradicts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.judge import Pair, Probabilities
from agent.words import content_words, words


class KeywordJudge:
    """Keeps what it was asked, so that tests can bound the work."""

    name = "keywords/test"

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        self.asked += pairs
        return np.array([_row(p) for p in pairs], np.float32).reshape(len(pairs), 4)


def _row(pair: Pair) -> tuple[float, float, float, float]:
    wanted = set(content_words(pair.point))
    share = len(wanted & set(content_words(pair.passage))) / max(1, len(wanted))
    if share > 0.8 and ("not" in words(pair.point)) != ("not" in words(pair.passage)):
        return 0.03, 0.02, 0.05, 0.9
    if share > 0.8:
        return 0.95, 0.03, 0.01, 0.01
    if share > 0.5:
        return 0.1, 0.6, 0.29, 0.01
    return 0.02, 0.03, 0.94, 0.01
