"""Where paragraphs and list items end, and which lone lines are titles, in lines of running text.

Invariant: decisions rest on the lines' own words and lengths, never on a format's name.
"""

from __future__ import annotations

import re

from corpus import lines as ln

_NUMBERED_QUESTION = re.compile(r"(?:Q|Question)\W{0,2}\d{1,3}\b|Q\s?[:.)]")
LONGEST_TITLE = 80


def ends_paragraph(line: str, following: str, width: int | None) -> bool:
    """Whether a paragraph ends with `line`. `width`: of the run, where its lines are wrapped."""
    if width is None:
        return not ln.flows_on(line, following)
    short = len(line) < 0.6 * width
    return short and ln.ends_sentence(line) and following.lstrip()[:1].isupper()


def is_number_in_prose(marker: str, before: str) -> bool:
    """Whether a list number after an unfinished line is none ("… in / 1986. The …")."""
    return bool(
        marker[0].isdigit()
        and marker[:-1] not in ("0", "1")
        and before.strip()
        and not ln.is_structural(before)
        and not ln.ends_sentence(before)
    )


def item_end(lines: list[str], first: int, indent: int, wrapped: bool) -> int:
    """The last line of the list item that begins in line `first`, its marker at `indent`."""
    last = first
    while last + 1 < len(lines):
        line, following = lines[last], lines[last + 1]
        if not following.strip() or ln.is_structural(following):
            break
        if ln.indent_of(following) <= indent and not (
            ln.flows_on(line, following) or (wrapped and not ln.ends_sentence(line))
        ):
            break
        last += 1
    return last


def is_underlined(lines: list[str], i: int) -> bool:
    """A setext heading: one short line of prose with a line of ``=`` or ``-`` under it."""
    if i + 1 >= len(lines) or not ln.UNDERLINE.match(lines[i + 1]):
        return False
    return len(lines[i]) <= 120 and not lines[i].rstrip().endswith((".", ":", ";", ","))


def is_plain_heading(lines: list[str], i: int) -> bool:
    """A title without markup: short, capitalised, no full stop, with longer text under it."""
    line = lines[i].strip()
    if not 3 <= len(line) <= LONGEST_TITLE or not line[0].isupper() or "|" in line:
        return False
    if line[-1] in ".,;:!…" or len(line.split()) > 12 or "http" in line or "@" in line:
        return False
    if _NUMBERED_QUESTION.match(line):
        return False
    after = i + 1
    while after < len(lines) and not lines[after].strip():
        after += 1
    if after >= len(lines):
        return False
    following = lines[after]
    if not (
        len(following) > max(LONGEST_TITLE, len(line))
        or ln.LIST_ITEM.match(following)
        or _NUMBERED_QUESTION.match(following)
    ):
        return False
    before = lines[i - 1] if i else ""
    return not before.strip() or ln.ends_sentence(before)
