"""Readable words out of Markdown and HTML: what a person would say the passage reads.

Invariant: `plain` adds no words: every word of its result stands in the text it was given, in the
same order.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from corpus.lines import NUMBER
from corpus.questions.tags import without_tags

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(
    r"!\[(?:[^\[\]]|\[[^\[\]]*\](?:\([^()]*\))?)*\]\([^()\s]*(?:\([^()]*\))?[^()]*\)"
)
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
)
_REFERENCE_LINK = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
# `__init__` and `__shared__` are names where they stand without backticks, too.
_STRONG_LINED = re.compile(
    r"(?<!\w)__(?![a-z][a-z0-9_]*__(?!\w))(?=[^\s_])((?:(?!__).)+)(?<=\S)__(?!\w)", re.DOTALL
)
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_UNDERLINE = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])")
_CODE = re.compile(
    r"(?<!`)(`+)(?!`)((?:[^\n]|\n(?![ \t]*(?:\n|[-*+#>|]|\d+[.)])))+?)(?<!`)\1(?!`)"
)  # inside one block
_TICKS = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_HOLDER = "\ufdd0"  # around the number of a piece of code; Unicode keeps it out of texts
_HELD = re.compile(f"{_HOLDER}(\\d+){_HOLDER}")
_LEAD = re.compile(
    r"^[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+|[-*+•▪◦][ \t]+(?:\[[ xX]\][ \t]+)?|"
    rf"{NUMBER}[.)][ \t]+)?",
    re.MULTILINE,
)
_ROW_RULE = re.compile(
    r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*$", re.MULTILINE
)
_ARROW = re.compile(r"^[ \t]*(?:➡️?|→|⇒|=>|👉|✅|✔️?|❌)[ \t]*", re.MULTILINE)
_GAP = re.compile(r" ([,.;:!?)])(?= |$)")
_WORD = re.compile(r"[a-z0-9]+(?:[+#]+|(?:[._'’-][a-z0-9]+)*)", re.IGNORECASE)

STOP_WORDS = frozenset(
    """a about all also am an and any are as at be because been being both but by can could did do
    does doing during each either else etc explain describe discuss few for from further get
    gets give given had has have having he her here hers him his how however i if in into is
    it its itself just let like made make makes many may me might more most much must my
    need needs no nor not now of off often on once one only or other our ours out over own
    per rather s same see she should so some such t than that the their theirs them then
    there these they this those through thus to too under until up upon us use used uses
    using very via was we well were what when where whether which while who whom whose why
    will with within without would you your yours""".split()
)


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """The text without Markdown and HTML markup, on one line, white space collapsed."""
    text = text.replace(_HOLDER, " ")
    if "```" in text or "~~~" in text:
        text = _FENCE.sub(" ", text)
    code: list[str] = []  # what looks like markup in it is none
    if "`" in text:
        text = _CODE.sub(lambda m: _hold(m.group(2), code), text)
        text = _TICKS.sub(r"\2", text)
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
        text = _FOOTNOTE.sub("", _REFERENCE_LINK.sub(r"\1", text))
    if "<" in text:
        text = without_tags(_AUTOLINK.sub(r"\1", _COMMENT.sub(" ", text)))
    if "--" in text:
        text = _ROW_RULE.sub(" ", text)
    text = _ARROW.sub("", _LEAD.sub("", text))
    if "*" in text or "_" in text:
        text = _STRONG_LINED.sub(r"\1", _STRONG.sub(r"\1", text))
        text = _UNDERLINE.sub(r"\1", _EMPHASIS.sub(r"\1", text))
        text = re.sub(r"\*\*|(?<!\w)__(?!\w)", "", text)
    text = _HELD.sub(lambda m: code[int(m.group(1))], text)
    if "&" in text:
        text = html.unescape(text)
    return _GAP.sub(r"\1", " ".join(text.split()))


def _hold(piece: str, code: list[str]) -> str:
    code.append(piece)
    return f"{_HOLDER}{len(code) - 1}{_HOLDER}"


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return [m.group().lower() for m in _WORD.finditer(text)]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A crude stem, enough to match plural and verb endings of the same word."""
    for ending in ("ization", "isation", "ations", "ation", "ings", "ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: len(word) - len(ending)]
    return word


def content_words(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning (no stop words)."""
    return frozenset(stem(w) for w in words(text) if w not in STOP_WORDS)
