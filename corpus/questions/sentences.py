"""Sentence boundaries in technical prose.

Invariant: the spans are in order, do not overlap, start and end on visible characters, and together
hold every visible character of the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

LOOK_BACK = 1000  # characters of a sentence that decide on its end
_CANDIDATE = re.compile(
    r"[.!?…]+[\"'’”)\]*_`]*(?=\s)|(?<=[^\s.!?:;,])[ \t]*\n(?=[ \t]*\n)|:(?=[ \t]*\n)"
)
_ABBREVIATIONS = frozenset(
    """e.g i.e eg ie cf vs viz al approx resp fig figs eq eqs eqn sec no nos vol ch pp ca dr mr mrs
    ms prof st inc ltd corp co jr sr u.s u.k dept est max min avg ver rev ed eds incl excl ref refs
    a.k.a w.r.t""".split()
)
_MAY_END = frozenset(
    {
        "etc",
        "inc",
        "ltd",
        "corp",
        "jr",
        "sr",
        "u.s",
        "u.k",
        "al",
        "no",
        "a.k.a",
        "est",
        "max",
        "min",
        "ms",
        "st",
        "co",
        "ed",
        "ch",
    }
)
_STARTERS = frozenset(
    """the this these that those it its they there if when while in on for as a an and but or so we
    you i however instead then thus hence to with by at from each all both many most some
    another note what why how which who since because after before unlike""".split()
)
_LAST_WORD = re.compile(r"(?:^|[\s(\[\"'“‘*_`/])([\w.]+?)\.?$")
_NEXT = re.compile(r"\s+[\"'“‘(\[*_`]*([^\s\"'“‘(\[*_`][^\s]*)")


def sentences(text: str) -> list[tuple[int, int]]:
    """``(start, end)`` of each sentence. Abbreviations, decimals, versions, URLs, code spans and
    parentheses do not end one."""
    return list(_sentences(text))


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        if _ends_sentence(text, start, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return tuple(spans)


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group().strip()
    if not mark or mark == ":":
        return True
    before = text[max(start, match.end() - LOOK_BACK) : match.end()]
    if before.count("`") % 2 and "`" in text[match.end() : match.end() + 80]:
        return False
    if _inside_brackets(before, text[match.end() : match.end() + 200]):
        return False
    following = _NEXT.match(text, match.end())
    if following is None:
        return True
    after = following.group(1)
    if mark[0] in "!?":
        return not after[0].islower() or "\n" in text[match.end() : following.start(1)]
    return _period_ends(text[max(start, match.start() - LOOK_BACK) : match.start()], after, mark)


def _inside_brackets(before: str, ahead: str) -> bool:
    """Whether a parenthesis or square bracket opened in the sentence closes soon."""
    for opening, closing in ("()", "[]"):
        if before.count(opening) <= before.count(closing):
            continue
        close, again = ahead.find(closing), ahead.find(opening)
        if close != -1 and (again == -1 or close < again):
            return True
    return False


def _period_ends(before: str, after: str, mark: str) -> bool:
    found = _LAST_WORD.search(before)
    last = found.group(1).lower().strip(".") if found else ""
    starter = after.rstrip(".,;:!?)*_").lower() in _STARTERS
    if last in _ABBREVIATIONS:
        return last in _MAY_END and starter and after[0].isupper()
    if last == "etc":
        return not after[0].islower()
    if len(last) == 1 and last.isalpha() and found is not None and found.group(1).isupper():
        return starter
    if last.isdigit() and len(last) <= 2 and not before.strip()[: -len(last)].strip():
        return False  # "1." at the start is a list number
    if after[0].islower() and mark.startswith(("..", "…")):
        return False
    if after[0].islower():
        # lower-case product names open sentences, and so does careless typing
        mixed = any(c.isupper() for c in after)
        return mixed or (len(last) > 2 and len(before.split()) > 3)
    return True
