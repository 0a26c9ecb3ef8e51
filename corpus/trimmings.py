"""What platforms print around and under an article: buttons, dates, disclosures, bibliographies.

Invariant: each test looks at one short passage, and passages of running prose pass all of them.
"""

from __future__ import annotations

import re

_BUTTON = re.compile(
    r"\W*(?:follow(?: me| us)?|subscribe|reply|share|sign out|get started|careers|press|"
    r"privacy|terms|help|write|status|text to speech|get .{2,60}[’']s? stories in your inbox|"
    r"join .{2,30} for free to get updates .{2,40})\W*$",
    re.I,
)
_THREAD_DATA = re.compile(
    r"\W*(?:(?:asked|modified|viewed|active)\s(?:today|yesterday|[\d.,]+\s?[km]?\s(?:\w+\s){0,3}"
    r"(?:ago|times|months?|days?|years?).{0,40})|(?:answered|asked|edited|commented)\s"
    r"(?:on\s)?\w{3,9}\s\d{1,2}(?:,\s\d{4})?\sat\s\d{1,2}:\d\d.{0,60})\W*$",
    re.I,
)
_DISCLOSURE = re.compile(
    r"\baffiliate (?:links?|partners?|program)|\bearn\b.{0,30}\bcommissions?\b", re.I | re.S
)
_ENTRY = re.compile(r"\W{0,3}(?:\[[^\[\]\n]{1,40}\]|\d{1,3}[.)])\s+\S")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_VENUE = re.compile(
    r"\bIn (?:Proceed|Proc\b|Advances in)|\b[Pp]roceedings of\b|\bet al\b|\barXiv\b|\bdoi\b|"
    r"\b(?:International )?Conference on\b|\bJournal of\b|\bTransactions on\b|\bpp\.\s?\d|"
    r"\bPhD thesis\b|\b(?:University|MIT|Cambridge|Oxford) Press\b|\bvol\.\s?\d|"
    r"\b(?:ICLR|ICML|NeurIPS|NIPS|CVPR|SIGCOMM|SIGMOD|OSDI|SOSP|NSDI|USENIX|ACL|EMNLP)\b"
)
_AUTHORS = re.compile(
    r"\b[A-Z]\.(?:[ -]?[A-Z]\.)*\s[A-Z][\w’'-]+|\b[A-Z][\w’'-]+, [A-Z]\.|\bet al\b"
)
_ELSEWHERE = re.compile(
    r"\W*(?:learn more about|read more (?:about|in)|find out more|see also\b|"
    r"you can (?:read|learn|find out) more)\b[^.!?\n]*"
    r"(?:\.\w[^.!?\n]*)*[.!]?\s*$",
    re.I,
)
_AUTHOR_BOX = re.compile(
    r"\W*(?:(?i:written by) [A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3}|(?i:about the author))\W*$"
)


def is_button(text: str) -> bool:
    """The words of a button or of a footer's link, alone in their paragraph."""
    return len(text) <= 110 and bool(_BUTTON.match(text))


def is_thread_data(text: str) -> bool:
    """When a thread was opened, answered and viewed."""
    return len(text) <= 90 and bool(_THREAD_DATA.match(text))


def is_disclosure(text: str) -> bool:
    """A notice that the page earns by its links."""
    return len(text) <= 400 and len(_DISCLOSURE.findall(text)) >= 2


def is_reference(text: str) -> bool:
    """An entry of a bibliography: a mark, authors, a year, and where it was published."""
    return (
        len(text) <= 500
        and bool(_ENTRY.match(text) and _YEAR.search(text) and _VENUE.search(text))
        and bool(_AUTHORS.search(text))
    )


def points_elsewhere(text: str) -> bool:
    """One sentence that only sends the reader elsewhere, without a link."""
    return len(text) <= 160 and bool(_ELSEWHERE.match(text))


def is_tag(text: str) -> bool:
    """Up to three words without a stop, as an article's tags stand one to a line."""
    return 0 < len(text.split()) <= 3 and text[-1].isalnum()


def opens_author_box(text: str) -> bool:
    """ "Written by …" or "About the author", as it stands under an article."""
    return len(text) <= 60 and bool(_AUTHOR_BOX.match(text))
