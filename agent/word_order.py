"""Whether words stand in an order that no English sentence has.

A small judge reads a claim much as a set of words, so that words of a passage thrown together pass
for what it says. Small words tell: none stands after an article but a few, no verb after "of".
Invariant: only such neighbours count, so that a list of names or terms is never called jumbled.
"""

from __future__ import annotations

import re
from itertools import pairwise

JUMBLED_FROM = 0.04  # impossible neighbours a word; of 200 plain claims one has as many
_PIECE = re.compile(r"[.,;:!?()–—\"“”]|\s-\s")
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
_BARE_VERBS = frozenset("be been have do".split())
_JOINERS = frozenset(
    """and or but nor so if because while whereas although though unless until than as""".split()
)
_BEING = frozenset("is are was were".split())
_NEVER_AFTER = {
    **dict.fromkeys(
        _ARTICLES,
        _ARTICLES | _PREPOSITIONS | _LEFT_BEHIND | _VERBS | _BARE_VERBS | _JOINERS,
    ),
    **dict.fromkeys(_PREPOSITIONS, _VERBS | {"and", "or", "but", "of"}),
    **dict.fromkeys(("of", "to", "at", "from", "with"), frozenset({"or", "but", "of"})),
    **dict.fromkeys(_BEING, _BEING | {"has", "had", "does", "did", "can", "will"}),
    **dict.fromkeys(_JOINERS - {"as", "so", "than", "if"}, frozenset({"and", "or", "of"})),
}  # by the first word
_NEVER_LAST = frozenset("an the their our your my every".split())


def jumbled(text: str) -> bool:
    """Whether too many neighbours are impossible. A word said twice in a row is a slip."""
    faults = count = 0
    for piece in _PIECE.split(text):
        words = [word.lower() for word in _WORD.findall(piece)]
        count += len(words)
        faults += sum(
            after in _NEVER_AFTER.get(word, ()) and word != after for word, after in pairwise(words)
        )
        faults += bool(words) and words[-1] in _NEVER_LAST
    return faults > 0 and faults >= JUMBLED_FROM * count
