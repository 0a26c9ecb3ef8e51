"""Plain text and Markdown: the text is the file's own; only its title has to be found.

Invariant: nothing is taken out of the text; offsets point into the file as the person sees it.
"""

from __future__ import annotations

import re

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.+)$", re.M | re.I)
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"[ ]{0,3}(=+|-{3,}|~{3,})[ \t]*$")
_MARKER = re.compile(r"[ ]{0,3}(?:[-*+>|<]|\d+[.)]|\[)")
_LONGEST = 90  # characters of a first line that may be a title
_OPENING = 5  # lines among which an unmarked title is looked for


def title_of(text: str) -> str:
    """The title that a Markdown-like text gives itself: its front matter's ``title``, its first
    heading, or a short first line that stands apart; "" where there is none."""
    front = _FRONT_MATTER.match(text)
    if front:
        named = _FRONT_TITLE.search(front[1])
        if named:
            return plain(named[1].strip().strip("'\""))
    body = text[front.end() :] if front else text
    return plain(_first_heading(body) or _first_line(body))


def plain(markdown: str) -> str:
    """One line of Markdown without its links, images, emphasis and code marks."""
    markdown = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    markdown = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", markdown)
    markdown = re.sub(r"<[^<>]{1,200}>", "", markdown)
    markdown = re.sub(r"(\*\*|__|`+|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", markdown)
    markdown = re.sub(r"(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", markdown)
    return " ".join(markdown.split())


def _first_heading(text: str) -> str:
    fence, before = "", ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
            before = ""
            continue
        if fence:
            continue
        heading = _HEADING.match(line)
        if heading:
            return heading[1]
        if before and _UNDERLINE.match(line) and not _MARKER.match(before):
            return before
        before = line.strip()
    return ""


def _first_line(text: str) -> str:
    """The first of the opening lines that is set like a title, else the first one if short."""
    lines = [line for line in text.split("\n", 40)[:40] if line.strip()]
    if len(lines) < 2:
        return ""
    short = [
        line.strip()
        for line in lines[:_OPENING]
        if len(line.strip()) <= _LONGEST
        and not _MARKER.match(line)
        and not line.rstrip().endswith((".", ",", ";", ":", "?", "!"))
    ]
    named = next((line for line in short if _set_as_title(line)), None)
    return named or (short[0] if short and short[0] == lines[0].strip() else "")


def _set_as_title(line: str) -> bool:
    words = [w for w in re.findall(r"[^\W\d_][\w'’-]*", line) if len(w) > 3]
    return len(line.split()) > 2 and sum(w != w.lower() for w in words) > 0.6 * len(words) > 0
