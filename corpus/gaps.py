"""A document with passages taken out: what they cover, and what is left between them.

Invariant: removed passages are in order and do not overlap; what is left touches none of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from corpus.schema import Removed


def covers(removed: Sequence[Removed], start: int, end: int) -> bool:
    """Whether ``start:end`` lies within a removed passage."""
    at = bisect_right(removed, start, key=lambda r: r.start) - 1
    return at >= 0 and end <= removed[at].end


def kept_parts(
    removed: Sequence[Removed], text: str, start: int, end: int
) -> list[tuple[int, int]]:
    """What is left of ``start:end`` without the removed passages, white space at the edges cut."""
    parts, at = [], start
    for i in range(max(0, bisect_right(removed, start, key=lambda r: r.start) - 1), len(removed)):
        r = removed[i]
        if r.start >= end:
            break
        if r.end <= at:
            continue
        parts.append((at, r.start))
        at = r.end
    parts.append((at, end))
    return [cut for a, b in parts if a < b and (cut := _stripped(text, a, b)) is not None]


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    if not re.search(r"\S", piece):
        return None
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
