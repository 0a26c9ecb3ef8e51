"""The answer as the grader reads it: hidden characters and markup gone, places kept.

Invariant: ``len(cleaned.text) == len(cleaned.origin)``, `origin` does not decrease, and character i
of the cleaned text stands for character ``origin[i]`` of the answer as the candidate gave it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

_TAGS = (
    "a|b|i|u|p|s|em|strong|br|hr|div|span|font|center|small|sub|sup|ul|ol|li|table|tr|td|th|tbody|"
    "thead|h[1-6]|img|script|style|html|head|body|title|meta|link|iframe|svg|input|button|form|"
    "section|article|header|footer|nav|pre|code|blockquote|details|summary|template|noscript|"
    "system|assistant|user|instructions?|prompt|grader|verdict|score|answer|admin|hidden"
)
_HIDDEN = (
    re.compile(r"<!--.*?(?:-->|\Z)", re.S),
    re.compile(r"<(script|style|template|noscript)\b.{0,4000}?</\1\s*>", re.S | re.I),
    re.compile(
        r"<(\w+)\b[^<>]*(?:display\s*:\s*none|\bhidden\b)[^<>]*>.{0,4000}?</\1\s*>", re.S | re.I
    ),
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>", re.I)
_FAKE_JSON = re.compile(
    r"""\{[^{}]{0,400}["']?\b(?:verdict|score|grade|label|marks?|confidence|covered|points)\b["']?
    \s*:[^{}]{0,400}\}""",
    re.X | re.I,
)
_CHAT_MARKS = re.compile(r"<\|[^|<>\n]{0,40}\|>|\[/?(?:INST|SYSTEM|ASSISTANT|USER)\]|<</?SYS>>")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`text` for the grader; `hidden` tells that words for a machine were found in markup."""

    text: str
    origin: tuple[int, ...]
    hidden: bool

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` (not empty) stands in the original answer."""
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, start: int, end: int) -> Cleaned:
        """The same with ``text[start:end]`` blanked; offsets stay."""
        return replace(self, text=_blanked(self.text, start, end))


def clean(answer: str) -> Cleaned:
    """Fold compatibility forms, drop invisible characters, blank markup, comments and fake JSON."""
    characters: list[str] = []
    origin: list[int] = []
    for i, char in enumerate(answer):
        for piece in _folded(char):
            characters.append(piece)
            origin.append(i)
    text = "".join(characters)
    hidden = False
    for pattern in (*_HIDDEN, _CHAT_MARKS, _FAKE_JSON):
        for match in list(pattern.finditer(text)):
            hidden = True
            text = _blanked(text, match.start(), match.end())
    for match in list(_TAG.finditer(text)):
        text = _blanked(text, match.start(), match.end(), edge=" ")
    return Cleaned(text, tuple(origin), hidden)


def _folded(char: str) -> str:
    if char.isascii():
        return char if char >= " " or char in "\n\t" else " "
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"} and not unicodedata.combining(char):
        return ""  # zero-width characters, direction marks, soft hyphens, variation selectors
    if category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return " "
    return unicodedata.normalize("NFKC", char)


def _blanked(text: str, start: int, end: int, edge: str = "\n") -> str:
    # A line break where words were taken out: what stood around them is not one sentence.
    return text[:start] + edge + " " * (end - start - 1) + text[end:]
