"""The pieces of Markdown that readers write: headings, list items, tables, fences.

Invariant: each function returns lines without a trailing line break; blocks are joined by
`assemble`, which keeps the items of one list together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_DEEPEST = 8  # levels of a list that are shown as such


def heading(level: int, text: str) -> str:
    """A heading of `level`, 1 to 6, on one line; "" for a blank text."""
    text = one_line(text)
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def item(level: int, text: str, marker: str = "-") -> str:
    """A list item nested `level` deep (from 0); lines after the first are indented under it."""
    if not text.strip():
        return ""
    indent = "    " * min(level, _DEEPEST)
    under = "\n" + indent + " " * (len(marker) + 1)
    return f"{indent}{marker} " + text.strip().replace("\n", under)


def table(rows: Sequence[Sequence[str]]) -> str:
    """A pipe table whose first row is the head; "" where every cell is blank."""
    cells = [[one_line(c).replace("|", "\\|") for c in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max((len(row) for row in cells), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def fence(code: str, language: str = "") -> str:
    """A fenced code block; "" for blank code. The fence is longer than any inside it."""
    code = code.strip("\n").rstrip()
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{code}\n{ticks}"


def one_line(text: str) -> str:
    """`text` with each run of white space as one space."""
    return " ".join(text.split())


def assemble(blocks: Iterable[str]) -> str:
    """The blocks as one text: a blank line between two, none between items of a list."""
    out: list[str] = []
    last = ""
    for block in blocks:
        if not block.strip():
            continue
        if out:
            close = _ITEM.match(last) and _ITEM.match(block)
            out.append("\n" if close else "\n\n")
        out.append(block)
        last = block
    return "".join(out)
