"""A question at its place in a document, whatever its layout.

Invariant: ``start:end`` comes before ``answer_start``, or the two lie in different blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.schema import Block

Layout = Literal[
    "marked",
    "summary",
    "numbered-bold",
    "heading",
    "listed",
    "bold",
    "term",
    "faq",
    "inline",
    "title",
    "same-line",
]
LONGEST_QUESTION = 1500


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question at its place.

    ``start:end`` is its raw text; blocks ``first`` up to ``stop`` (exclusive) hold it and its
    answer; the answer begins at offset ``answer_start``.
    """

    layout: Layout
    first: int
    stop: int
    start: int
    end: int
    answer_start: int
    text: str  # cleaned
    answer_end: int = 0  # where the answer ends inside block ``first``; 0: the blocks tell


def prompt_of(layout: Layout, block: Block, i: int, text: str, end: int | None = None) -> Prompt:
    """A question that is a block's words, up to `end` if given; its answer comes after it."""
    end = block.body_end if end is None else end
    return Prompt(
        layout,
        i,
        i + 1,
        block.body_start,
        end,
        max(end, block.end) if end == block.body_end else end,
        text,
    )
