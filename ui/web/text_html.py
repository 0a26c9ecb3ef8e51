"""A text drawn readably as HTML: headings, lists, code and tables look like such, markup is hidden.

Invariant: the text nodes of what is drawn are the text itself, sign for sign (control signs as
`ui.text.plain` has them). Markup is in elements that the page hides; nothing is taken away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ui.markup import Piece, Run, cells, pieces
from ui.web.html import escape

_LAID_OUT = re.compile(r"\S(?: {3,}|\t)\S")  # columns made with blanks


@dataclass(frozen=True, slots=True)
class Shade:
    """A part of the text, `start` to `end`, between two tags of our own."""

    start: int
    end: int
    opening: str
    closing: str


def text_html(text: str, first: int, last: int, shades: Sequence[Shade] = ()) -> str:
    """The text from `first` to `last`, a block an element. Of shades that overlap, the one that is
    named first is outside."""
    part, parts, at = text[first:last], [], first
    for piece in pieces(part):
        start, end = first + piece.block.start, first + piece.block.end
        parts += [_verbatim(text[at:start]), _block(text, first, piece, _over(shades, start, end))]
        at = end
    return "".join([*parts, _verbatim(text[at:last])])


def _over(shades: Sequence[Shade], start: int, end: int) -> list[Shade]:
    return [shade for shade in shades if shade.start < end and shade.end > start]


def _block(text: str, first: int, piece: Piece, shades: Sequence[Shade]) -> str:
    block = piece.block
    start, end = first + block.start, first + block.end
    runs = [Run(first + r.start, first + r.end, r.kind) for r in piece.runs]
    if block.kind == "table" and block.marker == "|":
        return _table(text, first, piece, runs, shades)
    drawn = "".join(_runs(text, runs, shades, start, end))
    if block.kind in ("table", "code"):
        # What may scroll by itself must be reached by keyboard.
        return f'<pre class="{block.kind}" tabindex="0">{drawn}</pre>'
    kind, also = str(block.kind), ""
    if block.kind == "heading":
        kind += f" level-{min(max(block.level, 1), 6)}"
    elif block.kind == "list_item":
        kind += "" if block.marker[:1].isalnum() else " point"
        also = f' style="--depth: {min(block.level, 6)}"'
    if _LAID_OUT.search(text, start, end):
        kind += " laid-out"
    return f'<p class="{kind}"{also}>{drawn}</p>'


def _table(
    text: str, first: int, piece: Piece, runs: Sequence[Run], shades: Sequence[Shade]
) -> str:
    part = text[first : first + piece.block.end]
    rows, at, longest = [], first + piece.block.start, _longest(runs)
    for row in cells(part, piece.block):
        end = first + row[-1][1] if row else _line_end(text, at)
        if row:
            places = [(first + start, first + end) for start, end in row]
            near = runs[_first(runs, at - longest) : _first(runs, end)]
            rows.append(_row(text, places, near, _over(shades, at, end)))
        else:
            rows.append("".join(_runs(text, [Run(at, end, "sign")], shades, at, end)))
        at = end + 1
    drawn = "\n".join(rows)
    return f'<div class="table" role="table" aria-label="Table" tabindex="0">{drawn}</div>'


def _row(
    text: str, places: Sequence[tuple[int, int]], runs: Sequence[Run], shades: Sequence[Shade]
) -> str:
    drawn, longest = [], _longest(runs)
    for start, end in places:
        near = runs[_first(runs, start - longest) : _first(runs, end)]
        cell = "".join(_runs(text, near, shades, start, end))
        drawn.append(f'<span class="td" role="cell">{cell}</span>')
    return f'<span class="tr" role="row">{"".join(drawn)}</span>'


def _longest(runs: Sequence[Run]) -> int:
    return max((run.end - run.start for run in runs), default=0)


def _first(runs: Sequence[Run], start: int) -> int:
    """The number of the first of these runs, in order, that begins at `start` or later."""
    return bisect_left(runs, start, key=lambda run: run.start)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _runs(
    text: str, runs: Sequence[Run], shades: Sequence[Shade], first: int, last: int
) -> Iterator[str]:
    """The text from `first` to `last` in pieces, each wholly inside or outside of every run and
    every shade; pieces under the same shades stand in one element."""
    borders = {first, last}
    borders.update(place for run in runs for place in (run.start, run.end))
    borders.update(place for shade in shades for place in (shade.start, shade.end))
    places = sorted(place for place in borders if first <= place <= last)
    steps = _steps(runs, places)
    for over, under in groupby(steps, key=lambda step: _covering(shades, step[0], step[1])):
        drawn = "".join(_drawn(text[start:end], kinds) for start, end, kinds in under)
        for shade in reversed(over):
            drawn = f"{shade.opening}{drawn}{shade.closing}"
        yield drawn


def _steps(
    runs: Sequence[Run], places: Sequence[int]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """From each place to the next, with the kinds of the runs that cover this."""
    waiting, here = sorted(runs, key=lambda run: run.start, reverse=True), list[Run]()
    for start, end in pairwise(places):
        while waiting and waiting[-1].start <= start:
            here.append(waiting.pop())
        here = [run for run in here if run.end > start]
        yield start, end, tuple(dict.fromkeys(run.kind for run in here))


def _covering(shades: Sequence[Shade], start: int, end: int) -> tuple[Shade, ...]:
    return tuple(shade for shade in shades if shade.start <= start and end <= shade.end)


def _drawn(piece: str, kinds: Sequence[str]) -> str:
    shown = _verbatim(piece)
    if "sign" in kinds or "break" in kinds:
        line = "<br>" if "break" in kinds else ""
        return f'<span class="sign">{shown}</span>{line}'
    return f'<span class="{" ".join(kinds)}">{shown}</span>' if kinds else shown


def _verbatim(text: str) -> str:
    """Escaped, with line breaks as the signs that they are."""
    return escape(text).replace("<br>", "\n")
