"""What is taken already: which passages of a text, and which questions by their meaning.

Invariant: asking costs logarithmic time for passages, and for meanings time in those that share the
rarest word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate


class Passages:
    """Passages ``(start, end)`` in any order; they may overlap."""

    def __init__(self, places: Iterable[tuple[int, int]]) -> None:
        found = sorted(places)
        self._starts = [start for start, _ in found]
        self._ends = list(accumulate((end for _, end in found), max))

    def touch(self, start: int, end: int) -> bool:
        """Whether any of them shares a character with ``start:end``."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start


class Meanings:
    """Sets of content words, each the meaning of one question."""

    def __init__(self, meanings: Iterable[frozenset[str]]) -> None:
        self._all: set[frozenset[str]] = set()
        self._with: dict[str, list[frozenset[str]]] = {}
        for meaning in meanings:
            self.add(meaning)

    def add(self, meaning: frozenset[str]) -> None:
        if meaning in self._all:
            return
        self._all.add(meaning)
        for word in meaning:
            self._with.setdefault(word, []).append(meaning)

    def hold(self, meaning: frozenset[str]) -> bool:
        """Whether one of them is this meaning or, for more than two words, includes it."""
        if meaning in self._all:
            return True
        if len(meaning) <= 2:
            return False
        rarest = min((self._with.get(word, []) for word in meaning), key=len)
        return any(meaning <= other for other in rarest)
