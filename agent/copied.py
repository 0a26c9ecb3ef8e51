"""Sentences of an answer that only say again: the question, in whatever order, or what the answer
itself has said already.

Invariant: a sentence that chooses between what the question offers is an answer, and stays; so does
the first of those that say the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from agent.segments import sentences
from agent.words import FRAMING, NEGATORS, NUMBERS, content_words, stem, words

SHARE = 0.85  # of a sentence's words that stand in the question, in order
CONTENT = 0.85  # of its content words, in any order
WORDS = 5  # a shorter sentence may say the question's words by chance
ORDERED = 0.8  # of the content words, in the order of the question, where it offers choices
LOOSELY = 0.6  # where it does not and they are few
BAG = 0.9  # of the words of both, in any order: the question, however it is shuffled
FRAMED = 2  # words that say of other words that they matter
LONG = 8  # words: a sentence that cannot be the question's by chance
_RELATION = re.compile(r"[=≠≈→⇒]|->")
_POLAR = frozenset("is are was were do does did can could should would will has have".split())
_CHOICE = re.compile(r"\b(?:or|whether|which|choices?|choose|select|pick|agree)\b", re.I)
_FRAMING = frozenset(stem(w) for w in FRAMING)
_NUMBERS = frozenset(stem(w) for w in NUMBERS - FRAMING)
_DENIALS = NEGATORS - {"rather", "instead", "without"}  # "what instead?" denies nothing


def copies(text: str, question: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence that repeats the question."""
    parts = [question[a:b] for a, b in sentences(question)]
    asked = [words(part) for part in parts]
    whole = words(question)
    for low, high in sentences(text):
        said = words(text[low:high])
        if len(said) < WORDS:
            continue
        if _denies(said) == _denies(whole):
            # Whoever takes words from several sentences may put them together to a claim.
            known = asked if len(said) <= LONG else [*asked, whole]
            again = _restates(text[low:high], question, len(asked)) or _says(said, known)
        else:
            # What a story tells can be the answer to what it asks, and so can a choice it offers.
            asks = [part for part in parts if part.endswith("?") and not is_closed(part)]
            asking = [words(part) for part in asks]
            again = _says(said, [one for one in asking if _denies(one) == _denies(said)])
        if again or _announces(text[low:high], question):
            yield low, high


def repeats(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence that says an earlier one word for word."""
    met: set[tuple[str, ...]] = set()
    for low, high in sentences(text):
        said = tuple(words(text[low:high]))
        if len(said) >= WORDS and said in met:
            yield low, high
        met.add(said)


def is_closed(question: str) -> bool:
    """Whether the question can be answered in its own words: yes or no, this or that."""
    return bool(_CHOICE.search(question)) or any(w in _POLAR for w in words(question)[:1])


def common(said: list[str], asked: list[str]) -> int:
    """Length of the longest common subsequence (Wagner and Fischer 1974), of at most 200 words."""
    row = [0] * (len(asked) + 1)
    for word in said[:200]:
        diagonal = 0
        for j, other in enumerate(asked, 1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def _says(said: list[str], known: Sequence[list[str]]) -> bool:
    in_order = max((common(said, one) for one in known), default=0)
    return in_order >= SHARE * len(said) or any(_reshuffled(said, one) for one in known)


def _reshuffled(said: list[str], asked: list[str]) -> bool:
    """Whether these are the question's words, all of them and few others, in whatever order.

    Who chooses between what a question offers leaves its question words and the rest of it out.
    """
    shared = (Counter(said) & Counter(asked)).total()
    return len(asked) >= LONG and shared >= BAG * max(len(said), len(asked))


def _denies(said: list[str]) -> bool:
    return any(w in _DENIALS for w in said)


def _restates(sentence: str, question: str, asked: int) -> bool:
    """Whether nearly all content is the question's; what merely frames it does not count."""
    content = [w for w in dict.fromkeys(content_words(sentence)) if w not in _FRAMING]
    if len(content) < WORDS - 1:
        return False
    if _RELATION.search(sentence) and not _RELATION.search(question):
        return False
    every = content_words(question)
    new = [w for w in content if w not in set(every)]
    if len(new) > (1 - CONTENT) * len(content) or any(_is_number(w) for w in new):
        return False  # a number of its own is a claim
    if any(w in _POLAR for w in words(question)[:1]) and asked == 1:
        return False
    ordered = common(content, every) / len(content)
    # A question that names the choices is answered in its own words; so is a long story.
    if is_closed(question) or asked > 2:
        return len(content) >= LONG and ordered >= ORDERED
    return len(content) > WORDS or ordered >= LOOSELY


def _announces(sentence: str, question: str) -> bool:
    """Whether a sentence says no more of the question's matters than that they matter."""
    content = dict.fromkeys(content_words(sentence))
    rest = [w for w in content if w not in _FRAMING]
    every = set(content_words(question))
    return (
        len(content) - len(rest) >= FRAMED
        and len(rest) >= WORDS - 1
        and all(w in every for w in rest)
        and not _RELATION.search(sentence)
    )


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBERS
