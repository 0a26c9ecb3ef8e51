"""Lists that stand within a paragraph: "Aims: 1. speed 2. safety", "• speed • safety".

Text copied out of a PDF or a table often comes so. Invariant: items are in order, do not overlap
and hold no marker; between them nothing but markers, commas, "and" and "or" is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.sentences import sentences

_BULLET = re.compile(r"(?:^|(?<=\s))[•●▪◦‣]\s*(?=\w)")
_DASH = re.compile(r"(?:^|(?<=\s))[-–](?=[^\W\d_]{3})")
_NUMBER = re.compile(r"(?:^|(?<=\s))\(?(\d{1,2})[.)]\s*(?=[^\W\d_])")
_LETTER = re.compile(r"(?:^|(?<=\s))\(?([a-h])\)\s*(?=\w)")
_ROMAN = re.compile(r"(?:^|(?<=\s))\(?(i{1,3}|iv|vi{0,3})\)\s*(?=\w)")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
ANNOUNCEMENT = 12  # words
_FEWEST_DASHES = 3  # two may be a parenthesis
_LETTERED = re.compile(r"[^\W\d_]{2}")
_OPENED = re.compile(r"[:.!?]\s*$")
_JOINT = re.compile(r"[\s,;]*(?:[\s,;](?:and|or))?\s*$")


def inline_items(text: str) -> list[tuple[int, int]]:
    """``(start, end)`` of the items of the list in a paragraph, what stands before it first if it
    says anything beyond announcing it; empty where there is no list.

    The first marker opens the paragraph, a sentence or what a colon announces; numbers and letters
    count up from the first.
    """
    for markers in _runs(text):
        lead = text[: markers[0].start()]
        if lead.strip() and not _OPENED.search(lead):
            continue
        ends = [*(m.start() for m in markers[1:]), len(text)]
        items = [(m.end(), _end(text, m.end(), b)) for m, b in zip(markers, ends, strict=True)]
        if all(_LETTERED.search(text, a, b) for a, b in items):
            return [*_lead(lead), *items]
    return []


def _lead(text: str) -> list[tuple[int, int]]:
    """What stands before the first marker, less a short sentence that only announces the list."""
    said = sentences(text)
    if said and text.rstrip().endswith(":"):
        start, end = said[-1]
        if len(text[start:end].split()) <= ANNOUNCEMENT:
            said.pop()
    return [(said[0][0], said[-1][1])] if said else []


def _runs(text: str) -> list[Sequence[re.Match[str]]]:
    """Markers that may be those of one list."""
    bullets, dashes = list(_BULLET.finditer(text)), list(_DASH.finditer(text))
    runs: list[Sequence[re.Match[str]]] = [
        _counted(list(_NUMBER.finditer(text)), [str(n) for n in range(1, 100)]),
        bullets,
        _counted(list(_LETTER.finditer(text)), list("abcdefgh")),
        _counted(list(_ROMAN.finditer(text)), _ROMANS),
        dashes if len(dashes) >= _FEWEST_DASHES else [],
    ]
    return [run for run in runs if len(run) > 1]


def _counted(found: Sequence[re.Match[str]], names: Sequence[str]) -> list[re.Match[str]]:
    """The markers that count up from the first name."""
    run: list[re.Match[str]] = []
    for marker in found:
        if len(run) < len(names) and marker.group(1) == names[len(run)]:
            run.append(marker)
    return run


def _end(text: str, start: int, end: int) -> int:
    joint = _JOINT.search(text, start, end)
    return joint.start() if joint else end
