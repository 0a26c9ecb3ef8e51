"""Whether words stand in an order that no English sentence has.

A small judge reads a claim much as a set of words, so that words of a passage thrown together pass
for what it says. Small words tell: none stands after an article but a few, no verb after "of".
Invariant: only such neighbours count, and no word that is a name (a capital, "A and B", "a for
loop"), so that a list of names or terms is never called jumbled.
"""

from __future__ import annotations

import re
from itertools import pairwise

JUMBLED_FROM = 0.04  # impossible neighbours a word; of 400 plain claims one has as many
_SENTENCE = re.compile(r"[.;:!?]")
_PIECE = re.compile(r"[,()\[\]/–—\"“”`]|\s-\s")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ARTICLES = frozenset("a an the its their our your my every his".split())
# A question's word leaves some behind ("what it looks at is"), so that a verb may follow those.
_PREPOSITIONS = frozenset("without into between during against per".split())
_LEFT_BEHIND = frozenset(
    "of to at from with onto in on by over under through before after via for about".split()
)
_VERBS = frozenset(
    """is are was were has had can will would could should shall may might must does did""".split()
)
_NOUNS = frozenset("can will may might must".split())  # too: "his will", "a must"
_BARE_VERBS = frozenset("be been have do".split())
_JOINERS = frozenset(
    """and or but nor so if because while whereas although though unless until than as""".split()
)
_BEING = frozenset("is are was were".split())
_NEVER_AFTER = {
    **dict.fromkeys(
        _ARTICLES,
        _ARTICLES | _PREPOSITIONS | _LEFT_BEHIND | (_VERBS - _NOUNS) | _BARE_VERBS | _JOINERS,
    ),
    **dict.fromkeys(_PREPOSITIONS, _VERBS | {"and", "or", "but", "of"}),
    **dict.fromkeys(("of", "to", "at", "from", "with"), frozenset({"or", "but", "of"})),
    **dict.fromkeys(_BEING, _BEING | {"has", "had", "does", "did", "can", "will"}),
    # Not "of": "because of", "of the one and of the other".
    **dict.fromkeys(_JOINERS - {"as", "so", "than", "if"}, frozenset({"and", "or"})),
}  # by the first word
_NEVER_LAST = frozenset("an the their our your my every".split())
# What a small word before them names: "the while loop", "an if on its value", "an IN clause".
_NAMED = frozenset(
    """loop loops statement statements clause clauses keyword keywords operator operators block
    blocks expression expressions condition conditions branch branches gate gates switch""".split()
)
_NAMED_WITHIN = 3  # words


def jumbled(text: str) -> bool:
    """Whether too many neighbours are impossible. A word said twice in a row is a slip."""
    faults = count = 0
    for sentence in _SENTENCE.split(text):
        pieces = [_WORD.findall(piece) for piece in _PIECE.split(sentence)]
        count += sum(map(len, pieces))
        faults += sum(map(_faults, pieces))
        # Before a quotation mark or a bracket a piece may end with any word.
        faults += bool(pieces[-1]) and pieces[-1][-1].lower() in _NEVER_LAST
    return faults > 0 and faults >= JUMBLED_FROM * count


def _faults(words: list[str]) -> int:
    return sum(
        after in _NEVER_AFTER.get(word.lower(), ())  # in small letters, else it is a name
        and word != "A"  # a letter: "A and B", "node A is down"
        and word.lower() != after
        and not (word.lower() in _ARTICLES and _NAMED & set(words[i + 2 : i + 2 + _NAMED_WITHIN]))
        for i, (word, after) in enumerate(pairwise(words))
    )
