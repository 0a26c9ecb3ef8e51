"""Which heading each block stands under, and where its section ends.

Invariant: built in one pass; every question put to it is answered in logarithmic time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from corpus.schema import Block

DEEPEST = 6


class Outline:
    """The headings of a sequence of blocks; positions are indexes into that sequence."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._headings = [i for i, b in enumerate(blocks) if b.kind == "heading"]
        self._levels = [blocks[i].level for i in self._headings]
        self._up_to = [
            [i for i, level in zip(self._headings, self._levels, strict=True) if level <= most]
            for most in range(DEEPEST + 1)
        ]
        self._parents = self._find_parents()
        self._closings = _closings(blocks)
        self._count = len(blocks)

    def heading(self, i: int) -> int | None:
        """The heading that block `i` stands under (itself, if it is one)."""
        at = bisect_right(self._headings, i) - 1
        return self._headings[at] if at >= 0 else None

    def level(self, i: int) -> int:
        """The level of that heading, 0 where there is none."""
        at = bisect_right(self._headings, i) - 1
        return self._levels[at] if at >= 0 else 0

    def path(self, i: int) -> list[int]:
        """The headings above block `i`, outermost first."""
        at = bisect_right(self._headings, i) - 1
        found = []
        while at >= 0:
            found.append(self._headings[at])
            at = self._parents[at]
        return found[::-1]

    def section_end(self, start: int, level: int) -> int:
        """The first heading from `start` on of at most this level (any, for 0), or the end."""
        among = self._up_to[min(level, DEEPEST) or DEEPEST]
        at = bisect_left(among, start)
        return among[at] if at < len(among) else self._count

    def details_end(self, i: int) -> int:
        """The block that closes the ``<details>`` around block `i`, or the end."""
        return self._closings.get(i, self._count)

    def _find_parents(self) -> list[int]:
        parents: list[int] = []
        stack: list[int] = []
        for at, level in enumerate(self._levels):
            while stack and self._levels[stack[-1]] >= level:
                stack.pop()
            parents.append(stack[-1] if stack else -1)
            stack.append(at)
        return parents


def _closings(blocks: Sequence[Block]) -> dict[int, int]:
    """For each ``<summary>``, the block that closes its ``<details>``."""
    found: dict[int, int] = {}
    stack: list[list[int]] = []
    for i, block in enumerate(blocks):
        if block.marker == "<details>":
            stack.append([])
        elif block.marker == "<summary>" and stack:
            stack[-1].append(i)
        elif block.marker == "</details>" and stack:
            found.update(dict.fromkeys(stack.pop(), i))
    return found
