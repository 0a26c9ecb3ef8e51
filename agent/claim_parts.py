"""Cuts a claim into the parts that can be true or false one without the other.

A part is made readable on its own: "She founded it in 1998 and sold it in 2004" gives "She founded
it in 1998" and "She sold it in 2004". Judging sub-claims apart follows WiCE (Kamoi et al. 2023).
Invariant: every word of the claim stands in some part, but for a leading "and" or "but".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.segments import sentences

_LEAST_WORDS = 4  # on both sides of a cut; it keeps lists and dates in one piece
_MOST_WORDS = 60  # of a part; what has no punctuation is cut all the same
_LONGEST_SUBJECT = 10  # words
_ANTECEDENT = 4  # words before a comma that what follows may speak of
_FINITE = "|".join(
    """is are was were be been has have had does do did will would can could may might must should
    became began brought built came chose drew fell found gave got grew held kept knew led left lost
    made met paid ran rose said saw sent set sold spent stood taught took told went won wrote
    [^\\W\\d_]{3,}ed""".split()
)
_ADVERB = r"(?:(?:also|later|then|subsequently|often|never|not)\s+)*"
_VERB = re.compile(_FINITE, re.I)
_VERB_PHRASE = re.compile(rf"{_ADVERB}(?:{_FINITE})\b", re.I)
_CUT = re.compile(rf";\s+|\s[–—]\s|,\s+(?!\d)|\s(?=(?:and|but)\s+{_ADVERB}(?:{_FINITE})\b)", re.I)
_JOINER = re.compile(r"(?:and|but)\s+", re.I)
_OF_BEFORE = re.compile(r"(?:which|who|whose|whom|where|one|an?|the)\b", re.I)


def parts_of(claim: str) -> tuple[str, ...]:
    """The parts in the claim's order, at least one where the claim has a word."""
    return tuple(
        short
        for low, high in sentences(claim)
        for part in _standing_alone(list(_pieces(claim[low:high])))
        for short in _short(part)
    )


def _pieces(sentence: str) -> Iterator[str]:
    start = 0
    for cut in _CUT.finditer(sentence):
        left, right = sentence[start : cut.start()], sentence[cut.end() :]
        # A look ahead of some words is enough, however long the sentence is.
        if min(len(left.split()), len(right[:200].split())) >= _LEAST_WORDS:
            yield left.strip()
            start = cut.end()
    yield sentence[start:].strip()


def _short(part: str) -> Iterator[str]:
    words = part.split()
    if len(words) <= _MOST_WORDS:
        yield part
        return
    for start in range(0, len(words), _MOST_WORDS):
        yield " ".join(words[start : start + _MOST_WORDS])


def _standing_alone(pieces: list[str]) -> Iterator[str]:
    subject = _subject(pieces[0])
    for i, piece in enumerate(pieces):
        rest = _JOINER.sub("", piece, count=1) if _JOINER.match(piece) else piece
        if i and subject and _VERB_PHRASE.match(rest):
            yield f"{subject} {rest}"
        elif i and _OF_BEFORE.match(piece):
            yield f"{' '.join(pieces[i - 1].split()[-_ANTECEDENT:])}, {piece}"
        else:
            yield piece


def _subject(piece: str) -> str:
    """The words before the first verb, where it comes soon."""
    words = piece.split()
    for i, word in enumerate(words[: _LONGEST_SUBJECT + 1]):
        if _VERB.fullmatch(word):
            return " ".join(words[:i])
    return ""
