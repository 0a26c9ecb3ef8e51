"""Cuts an answer into clauses, the pieces that are quoted as evidence.

Invariant: segments are in order, do not overlap, hold at least one word character, and have no
white space at either end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.line_breaks import BORDER, ending_breaks

_SENTENCE = re.compile(rf"""(?P<stop>(?:(?<=[.!?])|(?<=[.!?]["'”’)\]]))\s+(?=\S))|\n|{BORDER}""")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|cf|approx|fig|no|dr|mr|ms|incl)\.)$", re.I)
_CLAUSE = re.compile(
    r"[;:]\s+|\s[-–—]{1,3}\s|,\s+(?=(?:and|but|so|because|while|whereas|which|since|though|"
    r"although|unlike|hence|then|or|where|if|when)\b)",
    re.I,
)
_BULLET = re.compile(r"(?:[-*•+–]|\(?\d{1,2}[.)]|#{1,6})\s+")
_NUMBER = re.compile(r"\s*\d{1,2}\.")
_LOOK_AHEAD = 80  # characters; enough for a few words, however long the sentence
_MIN_WORDS = 4  # a shorter clause stays with its neighbour


@dataclass(frozen=True, slots=True)
class Segment:
    """A clause: ``text[start:end]``; `sentence` numbers the sentence that it is a part of."""

    start: int
    end: int
    sentence: int


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, heading, list item, line of code or row of a table. A line
    that is only folded goes on: its break is white space (`agent.line_breaks`)."""
    start = 0
    ending = ending_breaks(text)
    for match in _SENTENCE.finditer(text):
        if not _is_end(text, start, match, ending):
            continue
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _is_end(text: str, start: int, match: re.Match[str], ending: frozenset[int]) -> bool:
    """Whether the sentence that begins at `start` ends at a possible end."""
    for at, char in enumerate(match.group(), match.start()):
        if char == BORDER or at in ending:
            return True
    # A full stop, but not that of an abbreviation, nor of a list item's number.
    before = max(start, match.start() - 9)
    if _NUMBER.fullmatch(text, before, match.start()):
        return False
    return bool(match["stop"]) and not _ABBREVIATION.search(text, before, match.start())


def segments(text: str) -> tuple[Segment, ...]:
    """The clauses of all sentences."""
    return tuple(
        Segment(start, end, number)
        for number, (low, high) in enumerate(sentences(text))
        for start, end in clauses(text, low, high)
    )


def clauses(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Cut one sentence where a clause ends, if both sides are long enough to mean something."""
    start = low
    for match in _CLAUSE.finditer(text, low, high):
        left = text[start : match.start()]
        right = text[match.end() : min(high, match.end() + _LOOK_AHEAD)]
        if len(left.split()) >= _MIN_WORDS and len(right.split()) >= _MIN_WORDS:
            yield from _trimmed(text, start, match.start())
            start = match.end()
    yield from _trimmed(text, start, high)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    bullet = _BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    if any(c.isalnum() for c in text[start:end]):
        yield start, end
