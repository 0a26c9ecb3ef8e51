"""Whether words that steer towards a point give it away.

Invariant: a text passes only if it is an open question that holds no content word of the point, in
any of its forms, beyond those that were said already, and a judge does not read the point in it.
"""

from __future__ import annotations

import re

from agent.injections import instructions
from agent.judge import VERDICTS, Judge, Pair
from agent.words import FUNCTION_WORDS, stem, words

READ_IN = 0.5  # probability of a verdict at which a judge reads the point, or its contrary, in it
_FREE = FUNCTION_WORDS | {"use", "uses", "used", "using", "like"}
_FORM = 5  # letters that two forms of a word share at least ("compiler", "compilation")
_FORM_SHARE = 0.75  # of the shorter of two words, in such letters
_CLOSED = re.compile(
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|has|have|had)"
    r"(?:n['’]t)?\b",
    re.I,
)
_MARKUP = re.compile(r"://|\bwww\.|[<>{}\[\]`*#]")


def indiscreet(text: str, point: str, known: str, question: str, judge: Judge) -> str:
    """What speaks against putting the text to a candidate; empty where nothing does.

    `known` is all that was said and asked so far, `question` what is being asked.
    """
    if _MARKUP.search(text) or any(instructions(text)):
        return "it is not plain words on the matter"
    if not text.endswith("?") or text.count("?") > 1:
        return "it is not one question"
    told = given_away(text, point, f"{known} {question}")
    if told:
        return f"it gives away: {', '.join(told)}"
    if _CLOSED.match(text):
        return "it can be answered with yes or no"
    (row,) = judge.judge([Pair(point, text, question)])
    if max(row[VERDICTS.index("covered")], row[VERDICTS.index("contradicted")]) >= READ_IN:
        return "it says the point, or its contrary, in other words"
    return ""


def given_away(text: str, point: str, known: str) -> list[str]:
    """The words of the text that give a word of the point away, in order."""
    said = {stem(w) for w in words(known)}
    hidden = {w for w in words(point) if w not in _FREE and stem(w) not in said}
    return [
        word
        for word in dict.fromkeys(words(text))
        if word not in _FREE and stem(word) not in said and any(_akin(word, h) for h in hidden)
    ]


def _akin(one: str, other: str) -> bool:
    """Whether two words are forms of one, as far as their beginnings tell."""
    if stem(one) == stem(other):
        return True
    shared = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return shared >= max(_FORM, _FORM_SHARE * min(len(one), len(other)))
