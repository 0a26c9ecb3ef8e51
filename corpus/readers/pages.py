"""Lines of pages to Markdown: running heads dropped, paragraphs joined, headings by type size.

Invariant: a line is kept, word for word, or it is a running head, a running foot or a page number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from corpus.readers.text import plain

if TYPE_CHECKING:
    from corpus.readers.pdf import Line

_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.|seite|página)?\s*\d{1,4}(?:\s*(?:of|/|von|de)\s*\d{1,4})?[-–—\s]*", re.I
)
_NUMBERED_PAGE = re.compile(
    r"(?:^|(?<=[-–—|·]\s))((?:page|p\.|slide|seite|página)\s?)\d{1,4}"
    r"(?:\s?(?:of|/|von|de)\s?\d{1,4})?(?=$|\s[-–—|·])"
)
_BULLET = re.compile(r"(?:[•\x95◦▪▫‣●○■□➢➤✓✔⁃∙·\uf0b7\uf0a7]|[-–*](?=\s))\s*")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s+\S")
_LABELLED = re.compile(r"(?:q|question)\s*\.?\s*\d+\s*[.:)]", re.I)
_SENTENCE_END = re.compile(r"[.!?:;。？！][\"'”’)\]]*$")
_EDGE = 2  # lines at a page's top and bottom that may be running heads and feet
_LONGEST_RUNNING = 100  # characters of a running head
_LONGEST_HEADING = 140
_LARGER = 1.12  # times the body's size from which a line is a heading


def markdown_of(pages: list[list[Line]], title: str) -> tuple[str, str]:
    """The text of the pages as Markdown, and a title: the largest line of the first page, else
    `title` as the file's metadata have it, else ""."""
    pages = _without_running_heads(pages)
    levels = _heading_levels(pages, _body_size(pages))
    words = _words(pages)
    blocks: list[str] = []
    for lines in pages:
        for number, block in enumerate(_blocks(lines, levels)):
            made = _write(block, levels, words)
            if number == 0 and blocks and _goes_on(blocks[-1], made):
                blocks[-1] = _join(blocks[-1], made, words)
            else:
                blocks.append(made)
    headings = [b for b in blocks[:6] if b.startswith("#")]
    heading = min(headings, key=lambda b: len(b) - len(b.lstrip("#")), default="")
    return "\n\n".join(_tight(blocks)), plain(heading.lstrip("# ")) or title


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages less their page numbers and the lines that come back at the same height of most
    pages, or that carry the page's number."""
    seen: Counter[tuple[str, int]] = Counter()
    for lines in pages:
        seen.update({_shape(lines[i]) for i in _edge(lines)})
    often = {s for s, n in seen.items() if n >= max(3, 0.5 * len(pages))}
    numbered = _numbered_places(pages)
    kept = []
    for number, lines in enumerate(pages):
        drop = {
            i
            for i in _edge(lines)
            if _shape(lines[i]) in often
            or (
                i in (0, len(lines) - 1)
                and len(pages) > 1
                and _PAGE_NUMBER.fullmatch(lines[i].text)
            )
            or any((n - number, _height(lines[i])) in numbered for n in _outer_numbers(lines[i]))
        }
        kept.append([line for i, line in enumerate(lines) if i not in drop])
    return kept


def _edge(lines: list[Line]) -> set[int]:
    n = len(lines)
    edge = {i for i in (*range(_EDGE), *range(n - _EDGE, n)) if 0 <= i < n}
    return {i for i in edge if len(lines[i].text) <= _LONGEST_RUNNING}


def _shape(line: Line) -> tuple[str, int]:
    return _NUMBERED_PAGE.sub(r"\1#", line.text.lower()), _height(line)


def _height(line: Line) -> int:
    """The line's height on its page, coarse enough for roundings."""
    return round(line.y / 6)


def _numbered_places(pages: list[list[Line]]) -> set[tuple[int, int]]:
    """Where most pages print their number: its distance to the page's index, and the height."""
    places: Counter[tuple[int, int]] = Counter()
    for number, lines in enumerate(pages):
        edge = [lines[i] for i in _edge(lines)]
        places.update({(n - number, _height(e)) for e in edge for n in _outer_numbers(e)})
    return {place for place, count in places.items() if count >= max(3, 0.5 * len(pages))}


def _outer_numbers(line: Line) -> set[int]:
    """The numbers that stand alone at the start or the end of a line."""
    found = re.findall(r"^\d{1,4}(?=\s)|(?<=\s)\d{1,4}$|^\d{1,4}$", line.text)
    return {int(n) for n in found}


def _body_size(pages: list[list[Line]]) -> float:
    """The type size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += 0 if line.code else len(line.text)
    return max(sizes, key=lambda s: (sizes[s], s), default=0.0)


def _heading_levels(pages: list[list[Line]], body: float) -> dict[float, int]:
    """The heading level, from 1, of each type size clearly above the body's."""
    larger = {
        line.size
        for lines in pages
        for line in lines
        if line.size > _LARGER * body and not line.code and re.search(r"\w{2}", line.text)
    }
    levels: dict[float, int] = {}
    last, level = 0.0, 0
    for size in sorted(larger, reverse=True):
        if not last or size < last * 0.95:  # sizes that differ by a rounding share a level
            level, last = min(level + 1, 6), size
        levels[size] = level
    return levels


def _words(pages: list[list[Line]]) -> Counter[str]:
    """How often each word, hyphens included, stands inside a line."""
    words: Counter[str] = Counter()
    for lines in pages:
        for line in lines:
            words.update(re.findall(r"\w+(?:-\w+)*(?!\w|-$)", line.text.lower()))
    return words


def _blocks(lines: list[Line], levels: dict[float, int]) -> Iterator[list[Line]]:
    """Runs of lines that belong together: a paragraph, a list item, a heading, a code block."""
    gap, edge = _usual_gap(lines), max((line.right for line in lines), default=0.0)
    block: list[Line] = []
    for line in lines:
        if block and _breaks(block, line, gap, edge, levels):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _usual_gap(lines: Sequence[Line]) -> float:
    """The usual distance of two lines of a paragraph, in type sizes."""
    gaps = [
        (a.y - b.y) / a.size
        for a, b in pairwise(lines)
        if a.size and abs(a.size - b.size) < 0.5 and 0.8 < (a.y - b.y) / a.size < 2.5
    ]
    return min(median(gaps), 1.6) if gaps else 1.25


def _breaks(
    block: list[Line], line: Line, gap: float, edge: float, levels: dict[float, int]
) -> bool:
    last, size = block[-1], max(line.size, 1.0)
    if line.code != last.code or levels.get(line.size) != levels.get(last.size):
        return True
    step = (last.y - line.y) / size
    if line.code:
        return step > 2.5 * gap or step < -1
    if step > gap * 1.35 + 0.1 or step < -1.5:  # a wider gap, or the next column
        return True
    if _BULLET.match(line.text) or _NUMBER.match(line.text) or _LABELLED.match(line.text):
        return True
    if line.bold != last.bold and _SENTENCE_END.search(last.text + ("." if last.bold else "")):
        return True
    # A line that ends well before the edge, with a full stop, ends its paragraph.
    short = last.right < edge - 6 * size
    return short and bool(_SENTENCE_END.search(last.text)) and line.text[:1].isupper()


def _write(block: list[Line], levels: dict[float, int], words: Counter[str]) -> str:
    if block[0].code:
        return _code(block)
    text = block[0].text
    for line in block[1:]:
        text = _join(text, line.text, words)
    level = levels.get(block[0].size)
    if level and len(text) <= _LONGEST_HEADING:
        return f"{'#' * level} {_BULLET.sub('', text, count=1)}"
    bullet = _BULLET.match(text)
    if bullet and bullet.end() < len(text):
        return f"- {text[bullet.end() :]}"
    bold = all(line.bold for line in block)
    return f"**{text}**" if bold and len(text) <= _LONGEST_HEADING else text


def _code(block: list[Line]) -> str:
    left = min(line.left for line in block)
    widths = [(b.right - b.left) / len(b.text) for b in block if b.text]
    width = median(widths) or 1.0
    rows = [" " * round((line.left - left) / width) + line.text for line in block]
    fence = "````" if any("```" in row for row in rows) else "```"
    return "\n".join([fence, *rows, fence])


def _join(text: str, more: str, words: Counter[str]) -> str:
    """Two lines of a paragraph as one; a word cut at the line's end is made whole."""
    cut = re.search(r"(\w+(?:-\w+)*)-$", text)
    rest = re.match(r"\w+", more)
    if not cut or not rest:
        return f"{text} {more}"
    whole, hyphened = cut[1] + rest[0], f"{cut[1]}-{rest[0]}"
    keep = (
        not rest[0][0].islower()
        or "-" in cut[1]
        or words[hyphened.lower()] > words[whole.lower()]
        or not cut[1][-1].isalpha()
    )
    return f"{text}{more}" if keep else f"{text[:-1]}{more}"


def _goes_on(last: str, first: str) -> bool:
    """Whether a paragraph runs over the page's end."""
    special = first.startswith(("#", "```", "- ", "**")) or _NUMBER.match(first)
    if special or last.startswith(("#", "```")):
        return False
    return not _SENTENCE_END.search(last) and (first[:1].islower() or last.endswith((",", "-")))


def _tight(blocks: list[str]) -> Iterator[str]:
    """List items that follow one another stand on neighbouring lines, as one list."""
    run: list[str] = []
    for block in blocks:
        if run and not (_is_item(block) and _is_item(run[-1])):
            yield "\n".join(run)
            run = []
        run.append(block)
    if run:
        yield "\n".join(run)


def _is_item(block: str) -> bool:
    return block.startswith("- ") or _NUMBER.match(block) is not None
