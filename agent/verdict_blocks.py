"""Verdicts that an answer brings along in a form made for machines: an object in JSON, a table.

Invariant: a block is found only where it has both a field of a marking and a verdict as its value,
so that an answer about formats or tables keeps what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FIELDS = (
    r"(?:verdicts?|scores?|grades?|marks?|label|status|confidence|credit|rubric|"
    r"key[_ ]?points?|points?)"
)
_VALUES = r"(?:covered|partial|missing|contradicted|correct|graded|full(?:\s+marks)?|pass(?:ed)?)"
_TOP = r"(?:1(?:\.0+)?|100|10\s?/\s?10|true)(?![.\w])"
_FIELD = re.compile(rf"\b{_FIELDS}\b[\"']?\s{{0,5}}:", re.I)
_VALUE = re.compile(rf":\s{{0,5}}[\"']?(?:{_VALUES}\b|{_TOP})", re.I)
_HEAD = re.compile(rf"^\W*{_FIELDS}\W*$", re.I)
_CELL = re.compile(rf"^\W*{_VALUES}\W*$", re.I)
_TABLE = re.compile(r"^[ \t]*\|.*(?:\n[ \t]*\|.*)*", re.M)  # lines that begin with a bar


def verdict_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each block, in the order of the text within each form."""
    for start, end in _objects(text):
        block = text[start:end]
        if _FIELD.search(block) and _VALUE.search(block):
            yield start, end
    for table in _TABLE.finditer(text):
        cells = [cell.strip() for row in table.group().splitlines() for cell in row.split("|")]
        if any(map(_HEAD.match, cells)) and any(map(_CELL.match, cells)):
            yield table.span()


def _objects(text: str) -> Iterator[tuple[int, int]]:
    """Outermost runs of braces; one that is never closed reaches to the end."""
    depth = start = 0
    for match in re.finditer(r"[{}]", text):
        if match.group() == "{":
            start = match.start() if not depth else start
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield start, match.end()
    if depth:
        yield start, len(text)
