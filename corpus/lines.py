"""What one line of a document is, taken by itself: heading, marker, fence, rule, tag, prose.

Invariant: every pattern here is matched at the start of a line and runs in time linear in it.
"""

from __future__ import annotations

import re
from itertools import pairwise

HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+|$)")
LATEX_HEADING = re.compile(
    r"[ \t]*\\(?P<name>chapter|(?:sub){0,2}section)\*?\{(?P<words>[^{}]{1,160})\}[ \t]*"
    r"(?:\\label\{[^{}]*\})?[ \t]*$"
)
HTML_HEADING = re.compile(r"\s*<h([1-6])\b[^>]*>", re.I)
_HEADING_TAIL = re.compile(r"[ \t]+#+[ \t]*$")
UNDERLINE = re.compile(r"[ ]{0,3}(=+|-{2,})[ \t]*$")
FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(`{3,}|~{3,})([^`]*)$")
RULE = re.compile(r"[ \t]*([-*_])[ \t]*(?:\1[ \t]*){2,}$|[ \t]*[─━═—–]{3,}[ \t]*$")
QUOTE = re.compile(r"[ ]{0,3}>")
# Long lists of questions go beyond 1,000; from 1900 on a number that begins a line is a year.
NUMBER = r"(?:\d{1,3}|1[0-8]\d\d)"
LIST_ITEM = re.compile(
    rf"(?P<indent>[ \t]*)(?P<marker>(?:[-*+·]|{NUMBER}[.)]|[a-z]\))(?=[ \t]|$)|[•◦▪‣●○➢✔])"
    r"(?P<gap>[ \t]*)(?P<task>\[[ xX✓]\](?=[ \t]))?"
)
BLOCK_TAG = re.compile(
    r"[ \t]*<(?P<close>/?)(?P<name>table|pre|script|style|details|summary|dl|dt|dd|ul|ol|"
    r"div|p|br|hr"
    r"|img|center|section|article|aside|nav|figure|figcaption|video|iframe)\b",
    re.I,
)
TAG = re.compile(r"<[^<>]*>")
TERMINAL = frozenset(".!?:;。！？…")
CLOSERS = "\"'”’»)]*_`"


def heading_of(line: str) -> tuple[int, int, int, str] | None:
    """Level, start and end of the words, and marker, of ``## words`` or ``<h2>words</h2>``."""
    if match := HEADING.match(line):
        tail = _HEADING_TAIL.search(line[-80:], 1)
        end = len(line) - (len(tail.group()) if tail else 0)
        return len(match.group(1)), match.end(), end, match.group(1)
    if match := LATEX_HEADING.match(line):
        level = 1 + line.count("sub", 0, match.start("words")) + ("section" in match.group("name"))
        return level, match.start("words"), match.end("words"), f"\\{match.group('name')}"
    if match := HTML_HEADING.match(line):
        close = line.lower().rfind("</h")
        end = close if close >= match.end() else len(line)
        return int(match.group(1)), match.end(), end, f"<h{match.group(1)}>"
    return None


def ends_sentence(line: str) -> bool:
    """Whether the line's last character, closing quotes and marks aside, ends a sentence."""
    bare = line.rstrip().rstrip(CLOSERS)
    return bool(bare) and bare[-1] in TERMINAL


def indent_of(line: str) -> int:
    """The width of the leading blanks, a tab reaching the next multiple of four."""
    width = 0
    for char in line:
        if char == " ":
            width += 1
        elif char == "\t":
            width += 4 - width % 4
        else:
            break
    return width


def is_table_delimiter(line: str) -> bool:
    """Whether the line is the ``|---|:--:|`` under the head of a pipe table."""
    return "|" in line and "-" in line and not set(line) - set("|:-+ \t")


def only_tags(line: str) -> bool:
    """Whether nothing stands in the line besides HTML tags."""
    return "<" in line and not TAG.sub("", line).strip()


def is_structural(line: str) -> bool:
    """Whether the line starts a block of its own whatever stands before it."""
    return bool(
        HEADING.match(line)
        or LATEX_HEADING.match(line)
        or FENCE.match(line)
        or RULE.match(line)
        or QUOTE.match(line)
        or LIST_ITEM.match(line)
        or line.lstrip().startswith(("<", "|"))
    )


def flows_on(line: str, following: str) -> bool:
    """Whether a sentence of `line` goes on in `following` (a break that is no paragraph's)."""
    if line.lstrip().startswith("\\") and line.rstrip().endswith(("}", "]")):
        return False
    if ends_sentence(line) and following.lstrip()[:1] not in (".", ",", ";", ")"):
        return False
    first = following.lstrip()[:1]
    if first in ("[", "(", "`") or first.isdigit():
        return len(line) >= 15 and not LIST_ITEM.match(following)
    return first.islower() or first in (".", ",", ";", ")")


def is_wrapped(lines: list[str], fallback: bool) -> bool:
    """Whether line breaks inside this run of prose lines are mere wrapping.

    In wrapped text most inner lines stop in mid-sentence; where a line is a paragraph, most end
    one. `fallback` decides for runs too short to tell.
    """
    inner = [line for line in lines[:-1] if len(line.strip()) >= 40]
    if len(inner) < 4:
        filled = len(inner) >= 2 and len(inner) == len(lines) - 1
        return fallback or (filled and not any(ends_sentence(x) or len(x) > 120 for x in inner))
    running = sum(1 for line in inner if not ends_sentence(line) and len(line) <= 400)
    return running * 2 > len(inner)


def prose_is_wrapped(lines: list[str]) -> bool:
    """Whether the document as a whole wraps its paragraphs over several lines."""
    running = total = 0
    for line, following in pairwise(lines):
        if len(line) < 40 or not following.strip() or is_structural(following):
            continue
        if line[0] in "#>|<`" or (is_structural(line) and not LIST_ITEM.match(line)):
            continue
        total += 1
        running += not ends_sentence(line) and len(line) <= 400
    return total >= 4 and running * 2 > total
