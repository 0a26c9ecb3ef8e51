"""Questions that ask for a few of many things: "Name three …", "State at least four of …".

Invariant: a number is found only where the question asks for nothing else, so that whoever names
that many has answered it.
"""

from __future__ import annotations

import re

from corpus.questions.plaintext import content_words
from corpus.questions.sentences import sentences

_NUMBERS = (
    {
        word: number
        for number, word in enumerate(
            ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2
        )
    }
    | {"a couple of": 2}
    | {str(number): number for number in range(2, 11)}
)
_NUMBER = "|".join(_NUMBERS)
_ASKS = "name|list|state|give|mention|cite|identify|enumerate|provide|tell|recall"
_ALSO = "describe|explain|define|outline|sketch"  # "name and explain two": of each of the two
_LISTING = re.compile(
    rf"(?:^|\b(?:please|and|then|can you|could you|would you|to)\s+|[:;,–-]\s+)"
    rf"(?:(?:{_ALSO})\s+(?:and|or)\s+)?(?:{_ASKS})(?:\s+(?:and|or)\s+(?:briefly\s+)?(?:{_ALSO}))?"
    rf"(?:\s+(?:me|us))?(?:\s+(?:at\s+least|at\s+minimum|a\s+minimum\s+of|any|some))?"
    rf"\s+(?P<number>{_NUMBER})\s+(?!(?:to|by|plus|minus|times|and|or)\b)(?P<things>\w.*)$",
    re.IGNORECASE | re.DOTALL,
)
# "What are at least three …?", "Which two … could …?" only where "any" or "at least" leaves a
# choice: "Which two parts has it?" asks for all there are.
_ANY = re.compile(
    rf"^(?:what|which)\s+(?:are|would\s+be|were)\s+(?:at\s+least|any)\s+(?P<number>{_NUMBER})\s+"
    r"(?P<things>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TASK = re.compile(
    rf"^(?:what|which|why|how|who|when|where|is|are|do|does|did|can|could|should|would|{_ASKS}|"
    rf"{_ALSO}|compare|discuss|design|show|prove|calculate|compute|write|justify|say|argue|choose|"
    r"suggest|propose)\b",
    re.IGNORECASE,
)
# After the things named: another task, or something owed for each of them.
_MORE = re.compile(
    r"(?:,|;|:|–|\band\b|\bwith\b|\bwithin?\b|\bthen\b)\s+(?:(?:and|also|then|briefly|please)\s+)*"
    rf"(?:why|how|what|when|where|which|whether|who|{_ASKS}|{_ALSO}|compare|say|show|discuss|"
    r"justify|choose|(?:their|its|the|a|an|one|two|three|any)\s|for\s+each|each\b|when\b)",
    re.IGNORECASE,
)


_REASONS = frozenset({"reason", "caus"})
_ANYTHING = re.compile(r"^(?:of\s+(?:them|these|those)|things|points)\b", re.IGNORECASE)
_NAMED = 3  # first words of "differences between UDP and TCP" that say what is counted


def asked_for(question: str) -> int | None:
    """How many of several things a question asks for, from 2 to 10.

    None where it asks for all ("the three phases"), names no number, or asks for something else
    as well. What only opens the subject ("What are the aims of X? Name two aims.") is nothing else.
    """
    parts = [question[start:end].strip() for start, end in sentences(question)]
    found = [(part, m) for part in parts if (m := _LISTING.search(part) or _ANY.match(part))]
    if len(found) != 1:
        return None
    part, listing = found[0]
    things = listing["things"]
    if _MORE.search(things):
        return None
    others = [part[: listing.start()], *(other for other in parts if other != part)]
    if not all(_only_opens(other.strip(), things) for other in others):
        return None
    return _NUMBERS[" ".join(listing["number"].lower().split())]


def _only_opens(other: str, things: str) -> bool:
    """Whether what stands beside the listing asks for nothing but the things listed."""
    if not _TASK.match(other):
        return True
    if _ANYTHING.match(things):
        return other.lower().startswith("what")
    named = content_words(" ".join(re.findall(r"\w+", things)[:_NAMED]))
    if named & _REASONS:
        return other.lower().startswith("why")
    return bool(named & content_words(other)) and other.lower().startswith(("what", "which"))
