"""Long texts in windows: how the tokens of a text are cut, and where the cuts are joined again.

Invariant: every token lies in at least one window, and between two borders lies the window in which
its tokens have the most context on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WINDOW = 254  # tokens read at once: MiniLM's 256 less [CLS] and [SEP]
OVERLAP = 64  # tokens two neighbouring windows share


@dataclass(frozen=True, slots=True)
class Window:
    """A run of tokens that the model reads at once."""

    text: int  # which text
    first: int  # index of its first token in that text
    ids: list[int]


def windows(text: int, ids: list[int]) -> Iterator[Window]:
    """Cut the tokens of a text into windows that overlap; an empty text gives one empty window."""
    if len(ids) <= WINDOW:
        yield Window(text, 0, ids)
        return
    starts = [*range(0, len(ids) - WINDOW, WINDOW - OVERLAP), len(ids) - WINDOW]
    for start in starts:
        yield Window(text, start, ids[start : start + WINDOW])


def borders(pieces: Sequence[Window], count: int) -> list[int]:
    """Where one window's tokens give way to the next one's, from 0 to `count`: the middle of what
    two neighbours share."""
    ends = [piece.first + len(piece.ids) for piece in pieces]
    between = [
        (end + piece.first) // 2 for end, (_, piece) in zip(ends, pairwise(pieces), strict=False)
    ]
    return [0, *between, count]


def lots(order: list[int], size: int) -> Iterator[list[int]]:
    """The items in groups of `size`."""
    for i in range(0, len(order), size):
        yield order[i : i + size]
