"""Whether a sentence says a key point in the point's own words.

A judge that has learnt how little a contradiction may change can take the very same sentence for
one. Invariant: a sentence that leaves out, moves or denies a content word of the point is not the
point's own.
"""

from __future__ import annotations

from agent.copied import common
from agent.words import NEGATORS, content_words, words

LEAST = 3  # content words; a shorter point is said by chance
ADDED = 0.5  # content words that the sentence may have beyond the point's, as a share of those
_DENIED = frozenset(
    "wrong false untrue myth incorrect mistaken opposite reverse contrary hardly barely".split()
)


def says_verbatim(point: str, sentence: str) -> bool:
    """Whether all content words of the point stand in the sentence, in order, with little beside
    them and as many denials as the point has."""
    wanted, said = content_words(point), content_words(sentence)
    if not LEAST <= len(wanted) <= len(said) <= (1 + ADDED) * len(wanted) + 1:
        return False
    if common(said, wanted) < len(wanted):
        return False
    own, theirs = words(point), words(sentence)
    return _denials(own) == _denials(theirs)


def _denials(said: list[str]) -> int:
    return sum(w in NEGATORS or w in _DENIED or w.endswith("n't") for w in said)
