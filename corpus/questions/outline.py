"""A document as sections: a heading, those above it, and the blocks that belong to it.

Invariant: every usable block is in exactly one section; blocks that touch a removed passage are in
none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.questions import subject
from corpus.questions.coverage import Passages
from corpus.questions.plaintext import plain
from corpus.schema import Block, Document, Removed

_NUMBERING = re.compile(
    r"^(?:(?:lesson|chapter|part|section|module|unit|week|day|step|topic|lecture|stage|phase|"
    r"appendix)"
    r"\s*[#№]?\s*\d+(?:\.\d+)*\s*[—–:.)|-]*\s+|(?:\d+(?:\.\d+)*|[ivx]{1,4}|[A-Z])[.)]\s+|"
    r"\d+(?:\.\d+)+\s+)",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"\s*\((?:[^()]*\b(?:19|20)\d\d\b[^()]*|optional|overview|continued|cont\.?)\)\s*$", re.I
)
_INSTALMENT = re.compile(
    r":?\s*\b(?:part|chapter|lesson|episode)\s+\d+\b\s*(?=\(|$)", re.IGNORECASE
)
_NO_SOURCE = re.compile(
    r"\b(?:references?|further reading|bibliograph\w*|resources|links|see also|exercises?|"
    r"homework|quiz|"
    r"contents|contributors?|credits|acknowledge?ments?|license|changelog|contact|about (?:the|us|"
    r"me)|"
    r"comments?|related (?:posts|articles)|explore more|next steps?|what['’]?s next|prerequisites|"
    r"installation|subscribe|share|topics to (?:learn|study|cover)|objectives?|learning goals|"
    r"agenda|"
    r"schedule|takeaways?|disclaimer|feedback|readers say|rating)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """`title` and `above` (outermost first) are readable; `blocks` leaves the heading out."""

    title: str
    above: tuple[str, ...]
    heading: Block | None
    blocks: tuple[Block, ...]

    @property
    def is_source(self) -> bool:
        """Whether questions may be made from it (no references, exercises, links, sign-offs)."""
        return not _NO_SOURCE.search(self.title)


def readable_title(text: str) -> str:
    """A heading without markup, emoji, numbering and edition: "⚡ Lesson 8 — X (2025)" is "X"."""
    title = plain(text)
    title = "".join(c for c in title if unicodedata.category(c) not in ("So", "Cf", "Sk", "Mn"))
    title = re.sub(r"\s+", " ", title).strip(" —–-:·|•")
    title = _NUMBERING.sub("", title, count=1).strip(" —–-:·|•")
    return _EDITION.sub("", title).strip()


def sections(
    document: Document, blocks: Sequence[Block], removed: Sequence[Removed]
) -> list[Section]:
    """The sections of a document in order; the first has no heading where text comes before one."""
    gone = Passages((r.start, r.end) for r in removed)
    usable = [b for b in blocks if not gone.touch(b.start, b.end)]
    found: list[Section] = []
    open_: list[tuple[int, str]] = []
    heading: Block | None = None
    title = ""
    body: list[Block] = []

    def close() -> None:
        if heading is not None or body:
            above = tuple(t for _, t in (open_[:-1] if heading is not None else open_))
            found.append(Section(title, above, heading, tuple(body)))

    for block in usable:
        if block.kind != "heading":
            body.append(block)
            continue
        close()
        heading, body = block, []
        title = readable_title(document.text[block.body_start : block.body_end])
        while open_ and open_[-1][0] >= block.level:
            open_.pop()
        open_.append((block.level, title))
    close()
    return found


def subject_of(document: Document, found: Sequence[Section]) -> str:
    """What the document is about: its title, else its first heading; never empty."""
    title = readable_title(document.title)
    looks_like_a_file = not title or re.fullmatch(r"[\w.-]*[_\d.][\w.-]*", title)
    if looks_like_a_file:
        headed = [s.title for s in found if s.title and not s.title.endswith("?")]
        title = headed[0] if headed else title
    title = _INSTALMENT.sub(" ", title).strip()
    return subject.subject_of(title) or "General"
