"""The answer as the grader reads it: hidden characters and markup gone, places kept.

Invariant: ``len(cleaned.text) == len(cleaned.origin)``, `origin` does not decrease, and character i
of the cleaned text stands for character ``origin[i]`` of the answer as the candidate gave it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from agent.line_breaks import BORDER
from agent.lookalikes import latin, spaced

_TAGS = (
    "a|b|i|u|p|s|em|strong|br|hr|div|span|font|center|small|sub|sup|ul|ol|li|table|tr|td|th|tbody|"
    "thead|h[1-6]|img|script|style|html|head|body|title|meta|link|iframe|svg|input|button|form|"
    "section|article|header|footer|nav|pre|code|blockquote|details|summary|template|noscript|"
    "system|assistant|user|instructions?|prompt|grader(?:_notes)?|verdict|score|grade|marks?|answer|"
    "evaluation|admin|hidden"
)
# Every repeat is bounded: an answer of 100,000 brackets must not take minutes.
_HIDDEN = (
    re.compile(r"<!--.*?(?:-->|\Z)", re.S),
    re.compile(r"<(script|style|template|noscript)\b.{0,2000}?</\1\s{0,5}>", re.S | re.I),
    re.compile(
        r"<(\w{1,20})\b[^<>]{0,200}?(?:display\s{0,5}:\s{0,5}none|\bhidden\b)[^<>]{0,200}>"
        r".{0,2000}?</\1\s{0,5}>",
        re.S | re.I,
    ),
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>", re.I)
_FAKE_TAGS = re.compile(
    r"<(evaluation|verdict|grade|marks?|score|result)\b[^<>]{0,100}>.{0,500}?</\1\s{0,5}>",
    re.S | re.I,
)
_ON_MARKS = re.compile(
    r"\b(?:mark(?:s|er|ed|ing)?|grad\w+|scor\w+|instruct\w+|ignore|verdict|correct|covered|credit|"
    r"candidate|rubric|key\s*points?|points?|pass)\b",
    re.I,
)
_CHAT_MARKS = re.compile(r"<\|[^|<>\n]{0,40}\|>|\[/?(?:INST|SYSTEM|ASSISTANT|USER)\]|<</?SYS>>")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`text` for the grader; `hidden` tells that words about marks were found where a person
    would not see them."""

    text: str
    origin: tuple[int, ...]
    hidden: bool

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` (not empty) stands in the original answer."""
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, start: int, end: int) -> Cleaned:
        """The same with ``text[start:end]`` blanked; offsets stay."""
        blank = BORDER + " " * (end - start - 1)
        return replace(self, text=self.text[:start] + blank + self.text[end:])


def clean(answer: str) -> Cleaned:
    """Fold compatibility forms and look-alikes, drop invisible characters, blank markup, comments
    and verdicts in tags."""
    characters: list[str] = []
    origin: list[int] = []
    for i, char in enumerate(spaced(answer)):
        for piece in _folded(char):
            characters.append(piece)
            origin.append(i)
    shown = latin("".join(characters))
    hidden = False
    for pattern in (*_HIDDEN, _CHAT_MARKS, _FAKE_TAGS):
        always = pattern in (_CHAT_MARKS, _FAKE_TAGS)
        # Markup in an answer about markup is no attack; words about marks in it are.
        hidden |= any(always or _ON_MARKS.search(m.group()) for m in pattern.finditer(shown))
        # A border where words were taken out: what stood around them is not one sentence.
        shown = pattern.sub(lambda m: BORDER + " " * (len(m.group()) - 1), shown)
    shown = _TAG.sub(lambda m: " " * len(m.group()), shown)
    return Cleaned(shown, tuple(origin), hidden)


def _folded(char: str) -> str:
    if char.isascii():
        return char if char >= " " or char in "\n\t" else " "
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"} and not unicodedata.combining(char):
        return ""  # zero-width characters, direction marks, soft hyphens, variation selectors
    if category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return " "
    return unicodedata.normalize("NFKC", char)
