"""Which characters of a text are markup, and what they say of the words between them.

Invariant: nothing is changed or dropped here. Runs are places in the text as it stands, so that
whoever draws it can set markup aside while every offset stays what it was.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from corpus.blocks import scan
from corpus.lines import is_table_delimiter, only_tags
from corpus.schema import Block
from ui.text import one_line

Kind = Literal["sign", "strong", "emphasis", "code", "link", "break"]
BLOCKS_AS_THEY_STAND = frozenset({"code", "html", "table", "rule"})

_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,400})(?<!`)\1(?!`)")
_LINK = re.compile(
    r"((?<![\w)\]])!?\[)([^\[\]]{1,1000})(\]\([^()\s]{0,500}(?:\([^()\s]{0,200}\))?\))"
)
# The words between may hold one folded line, as they do in wrapped text.
_STRONG = re.compile(
    r"(?<!\w)(\*\*|__(?!\w+__))(?=\S)((?:(?!\1)[^\n]|\n(?!\s*\n)){1,600}?)(?<=\S)\1(?!\w)"
)  # but __name__ is a name, a**b**c a sum
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*)(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*\\])\1(?![\w*])")
_UNDERLINE = re.compile(r"(?<![\w_\\])(_)(?=[^\s_])([^_\n]{1,300}?)(?<=[^\s_\\])\1(?![\w_])")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_HARD_BREAK = re.compile(r"(?:[ ]{2,}|\\|<br[ \t]*/?>[ \t]*)(?=\n)")


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a text, `start` to `end`: markup itself ("sign"; "break" where it also ends a
    line), or words that markup makes strong, emphasised, code or a link."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a text with the runs in it, in order of where they start."""

    block: Block
    runs: tuple[Run, ...]


def pieces(text: str) -> tuple[Piece, ...]:
    """The blocks of a text, each with its runs. Never raises; linear in the text's length."""
    return tuple(Piece(block, _runs(text, block)) for block in scan(text))


def readable(text: str, most: int = 0) -> str:
    """The words of a short text on one line, without its markup, cut at `most` characters if that
    is not 0. Code, tables and tags stay as they stand."""
    return one_line("\n".join(words_of(text, piece) for piece in pieces(text)), most)


def lines(text: str) -> tuple[str, ...]:
    """The blocks of a text for a terminal: prose without markup and on one line each, to be
    wrapped; what is laid out in lines as it stands."""
    return tuple(_line(text, piece) for piece in pieces(text) if piece.block.kind != "rule")


def _line(text: str, piece: Piece) -> str:
    block, words = piece.block, words_of(text, piece)
    if block.kind in BLOCKS_AS_THEY_STAND:
        return text[block.start : block.end] if block.kind == "table" else words.strip("\n")
    bullet = "• " if block.kind == "list_item" and not _counts(block) else ""
    return "  " * block.level * (block.kind == "list_item") + bullet + " ".join(words.split())


def words_of(text: str, piece: Piece) -> str:
    """The text of a piece without its markup."""
    kept, at = [], piece.block.start
    for run in piece.runs:
        if run.kind in ("sign", "break") and run.start >= at:
            kept.append(text[at : run.start])
            at = run.end
    return "".join([*kept, text[at : piece.block.end]])


def _runs(text: str, block: Block) -> tuple[Run, ...]:
    if block.kind == "code" and block.marker[:1] in "`~":
        return _fences(block)
    if block.kind == "table" and block.marker == "|":
        return _table(text, block)
    if block.kind == "html" and _says_nothing(text[block.start : block.end]):
        return (Run(block.start, block.end, "sign"),)
    if block.kind in BLOCKS_AS_THEY_STAND:
        return ()
    start, end = block.start, block.end
    found: list[Run] = []
    if block.kind == "heading" or (block.kind == "list_item" and not _counts(block)):
        found += _outside(block)
        start, end = block.body_start, block.body_end
    if block.kind == "quote":
        quoted = _QUOTED.finditer(text, start, end)
        found += [Run(m.start(), m.end(), "sign") for m in quoted]
    found += [Run(m.start(), m.end(), "break") for m in _HARD_BREAK.finditer(text, start, end)]
    return tuple(sorted([*found, *_inline(text, start, end)], key=lambda r: (r.start, -r.end)))


def _says_nothing(text: str) -> bool:
    """Whether a line only begins, ends or spaces something."""
    return "\n" not in text and only_tags(text) and "<img" not in text.lower()


def _table(text: str, block: Block) -> tuple[Run, ...]:
    bars = [Run(m.start(), m.end(), "sign") for m in _BAR.finditer(text, block.start, block.end)]
    inline = _inline(text, block.start, block.end)
    return tuple(sorted([*bars, *inline], key=lambda r: (r.start, -r.end)))


def _counts(block: Block) -> bool:
    """Whether a list item's own marker tells its number, which a reader needs."""
    return block.marker[:1].isalnum()


def _fences(block: Block) -> tuple[Run, ...]:
    first = Run(block.start, block.body_start, "sign")
    last = Run(block.body_end, block.end, "sign")
    return tuple(run for run in (first, last) if run.start < run.end)


def _outside(block: Block) -> Iterator[Run]:
    for start, end in ((block.start, block.body_start), (block.body_end, block.end)):
        if start < end:
            yield Run(start, end, "sign")


def _inline(text: str, start: int, end: int) -> Iterator[Run]:
    code = [match.span() for match in _CODE.finditer(text, start, end)]
    for match in _CODE.finditer(text, start, end):
        yield from _wrapped(match, "code")
    links = [m for m in _LINK.finditer(text, start, end) if not _within(m.start(), code)]
    for match in links:
        yield Run(*match.span(1), "sign")
        yield Run(*match.span(2), "link")
        yield Run(*match.span(3), "sign")
    # Within code and addresses nothing is markup, whatever it looks like.
    taken = sorted([*code, *(match.span(3) for match in links)])
    patterns: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_STRONG, "strong"),
        (_EMPHASIS, "emphasis"),
        (_UNDERLINE, "emphasis"),
    )
    for pattern, kind in patterns:
        for match in pattern.finditer(text, start, end):
            if not (_within(match.start(), taken) or _within(match.end() - 1, taken)):
                yield from _wrapped(match, kind)


def _wrapped(match: re.Match[str], kind: Kind) -> Iterator[Run]:
    """Words and the signs around them; the closing ones are as long as the opening ones."""
    length = len(match.group(1))
    yield Run(match.start(), match.start() + length, "sign")
    yield Run(match.start(2), match.end(2), kind)
    yield Run(match.end() - length, match.end(), "sign")


def _within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place lies in one of these spans, which are sorted."""
    at = bisect_right(spans, place, key=lambda span: span[0])
    return at > 0 and place < spans[at - 1][1]


def cells(text: str, block: Block) -> Iterator[list[tuple[int, int]]]:
    """The rows of a pipe table, each as the places of its cells, which cover the row: a cell begins
    with the line in front of it. The row that only rules off the head is empty."""
    start = block.start
    for line in text[block.start : block.end].split("\n"):
        end = start + len(line)
        outer = (len(line) - len(line.lstrip()), len(line.rstrip()) - 1)
        inner = [start + m.start() for m in _BAR.finditer(line) if m.start() not in outer]
        yield [] if is_table_delimiter(line) else list(pairwise([start, *inner, end]))
        start = end + 1
