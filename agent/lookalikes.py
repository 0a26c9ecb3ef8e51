"""Letters of other alphabets that look Latin, and words glued or cut by characters without width.

Invariant: only a word that mixes Latin letters with such look-alikes is changed, so that Russian
and Greek words stay as they are; no character is added, none is moved.
"""

from __future__ import annotations

import re

_LATIN = dict(
    zip(
        "аеорсухіѕјԁһԛԝАВЕКМНОРСТУХІЅЈοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxisjdhqwABEKMHOPCTYXISJoABEZHIKMNOPTYX",
        strict=True,
    )
)
ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
GLUED = 20  # letters; a longer word without its invisible characters is several
_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"\S+")


def latin(text: str) -> str:
    """The text with look-alikes in mixed words as the letters they stand for; same length."""
    if text.isascii():
        return text
    return _WORD.sub(_as_latin, text)


def spaced(answer: str) -> str:
    """The answer with spaces for invisible characters where they glue several words to one; same
    length. Elsewhere they stay, to be dropped."""
    if not any(mark in answer for mark in ZERO_WIDTH):
        return answer
    return _RUN.sub(_unglued, answer)


def _as_latin(found: re.Match[str]) -> str:
    word = found.group()
    if not any(c.isascii() for c in word):
        return word
    return "".join(_LATIN.get(c, c) for c in word)


def _unglued(found: re.Match[str]) -> str:
    run = found.group()
    # A hyphen that shows at line ends only stands inside long words.
    marks = ZERO_WIDTH - {"\u00ad"}
    inside = sum(c in marks for c in run.strip("".join(marks)))
    if not inside or len(run) - inside <= GLUED or 3 * inside > len(run):
        return run
    return "".join(" " if c in marks else c for c in run)
