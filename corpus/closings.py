"""Where a fence or a tag that spans several lines is closed.

Invariant: however many are never closed, all searches together read the lines a bounded number of
times.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from corpus import lines as ln

_FRONT_KEY = re.compile(r"[\w-]+[ \t]*:|[ \t]+\S|-[ \t]|#|$")
_MOST_FRONT_MATTER = 80  # lines


def front_matter_end(lines: list[str]) -> int | None:
    """The line that closes the YAML front matter which a text opens with; None if it has none."""
    if lines[0].strip() != "---":
        return None
    for i, line in enumerate(lines[1:_MOST_FRONT_MATTER], start=1):
        if line.strip() in ("---", "..."):
            return i if i > 1 else None
        if not _FRONT_KEY.match(line):
            return None
    return None


class Closings:
    """The closing lines of a text's code fences and HTML tags."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._fences = [i for i, line in enumerate(lines) if ln.FENCE.match(line)]
        self._unclosed: dict[str, int] = {}
        self._missing: set[str] = set()

    def fence(self, first: int, ticks: str) -> int | None:
        """The line that closes the fence `ticks` opened in line `first`; None if none does."""
        char, count = ticks[0], len(ticks)
        if count >= self._unclosed.get(char, count + 1):
            return None
        for at in range(bisect_left(self._fences, first + 1), len(self._fences)):
            bare = self._lines[self._fences[at]].strip()
            if len(bare) >= count and bare == char * len(bare):
                return self._fences[at]
        self._unclosed[char] = count
        return None

    def tag(self, first: int, closing: str) -> int:
        """The line, from `first` on, where `closing` stands; `first` where it never does."""
        if closing in self._missing:
            return first
        for i in range(first, len(self._lines)):
            if closing in self._lines[i].lower():
                return i
        self._missing.add(closing)
        return first
