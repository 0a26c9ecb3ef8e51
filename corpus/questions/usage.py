"""How a text uses a term: what stands before and after it, wherever it occurs.

Invariant: looking up a term costs time in its own occurrences, not in the length of the text.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

MOST = 300  # occurrences that decide
CONTEXT = 24  # characters on either side
_WORD = re.compile(r"\w+")


def usages(text: str, term: str) -> Iterator[tuple[str, str, str]]:
    """``(before, as written, after)`` of the first `MOST` occurrences, letter case aside.

    An occurrence begins at a word's edge; it may go on in a longer word.
    """
    places = _places(text)
    words = [(m.group().lower(), m.start()) for m in _WORD.finditer(term)]
    if not words:
        return
    # The last word may go on in the text ("cache" in "caches"), so it is looked up only alone.
    whole = words[:-1] or words
    word, offset = min(whole, key=lambda w: len(places.get(w[0], ())))
    wanted, length = term.lower(), len(term)
    for place in places.get(word, ())[:MOST]:
        start = place - offset
        if start < 0 or text[start : start + length].lower() != wanted:
            continue
        if term[0].isalnum() and text[start - 1 : start].isalnum():
            continue
        end = start + length
        before = text[max(0, start - CONTEXT) : start]
        yield before, text[start:end], text[end : end + CONTEXT]


@lru_cache(maxsize=1)
def _places(text: str) -> dict[str, array[int]]:
    """Where each word, in lower case, stands in the text."""
    found: dict[str, array[int]] = {}
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word not in found:
            found[word] = array("L")
        found[word].append(match.start())
    return found
