"""Cheap signs that a passage on the right subject says the opposite of a key point.

A small encoder puts "A is faster than B" and "B is faster than A" in one place. These signs look at
the words: something denied on one side only, an opposite, another number, another subject, two
things exchanged. Each is weak. Invariant: a passage that repeats the point shows no sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.words import FUNCTION_WORDS, NEGATORS, OPPOSITES, stem, words

NAMES = ("denied", "opposite", "number", "subject", "exchanged")
_REACH = 3  # content words that a negator or an opposite is read together with
_PREFERRING = frozenset({"rather", "instead"})
_MANY = 14  # content words: a longer question tells a story rather than names what it compares
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)*)\s?([^\W\d_]+|%)?")
_SIZED_NAME = re.compile(r"\b([a-z]{2,})-?(\d+)\b", re.I)  # float16, int8, fp-32
_CLAUSE = re.compile(r"[,;:.!?]\s+|\b(?:while|whereas|but)\b", re.I)
_COMPARED = re.compile(
    r"\b(?:than|(?:preferred|superior|inferior|prior)\s+to|instead\s+of|over)\b", re.I
)


def signs(point: str, passage: str, question: str) -> tuple[float, ...]:
    """0 or 1 for each of NAMES, by what the passage says beside the point."""
    said, meant = words(passage), words(point)
    return (
        float(_denied(meant, said, compares=bool(_COMPARED.search(point)))),
        float(_opposite(meant, said)),
        float(_number(point, passage)),
        float(_subject(meant, passage, words(question))),
        float(_exchanged(meant, said) or _crossed(point, passage)),
    )


def _denied(meant: list[str], said: list[str], compares: bool) -> bool:
    """A word of both is denied in one of them only."""
    # "A rather than B" denies nothing where the point itself compares A with B.
    skip = _PREFERRING if compares else frozenset[str]()
    shared = set(_stems(meant)) & set(_stems(said))
    return bool(shared & (set(_negated(meant, skip)) ^ set(_negated(said, skip))))


def _negated(text: list[str], skip: frozenset[str]) -> Iterator[str]:
    for i, word in enumerate(text):
        if word in NEGATORS and word not in skip:
            yield from _stems(text[i + 1 :])[:_REACH]


def _opposite(meant: list[str], said: list[str]) -> bool:
    """A word of the point is absent and its opposite is there."""
    return any(
        other in said and other not in meant
        for word in set(meant) - set(said)
        for other in OPPOSITES.get(word, ())
    )


def _number(point: str, passage: str) -> bool:
    """Another number of the same thing contradicts; a number left out does not."""
    said = _NUMBER.findall(passage)
    numbers = {value for value, _ in said}
    units = {stem(unit.lower()) for _, unit in said if unit}
    for value, unit in _NUMBER.findall(point):
        if unit and value not in numbers and stem(unit.lower()) in units:
            return True
    meant = {(a.lower(), b) for a, b in _SIZED_NAME.findall(point)}
    heard = {(a.lower(), b) for a, b in _SIZED_NAME.findall(passage)}
    missing = {a for a, _ in meant - heard}
    return bool(missing & {a for a, _ in heard - meant})


def _subject(meant: list[str], passage: str, asked: list[str]) -> bool:
    """The point is about one thing that the question names, the nearest clause about another."""
    named = set(_stems(asked))
    mine = [s for s in _stems(meant) if s in named]
    if len(named) > _MANY or not mine or mine[0] != _stems(meant)[0]:
        return False
    rest = set(_stems(meant)) - named
    parts = [_stems(words(part)) for part in _CLAUSE.split(passage)]
    nearest = max(parts, key=lambda part: len(rest & set(part)))
    if len(rest & set(nearest)) < 2:
        return False
    theirs = [s for s in nearest[:2] if s in named]
    return bool(theirs) and theirs[0] not in mine


def _exchanged(meant: list[str], said: list[str]) -> bool:
    """Two opposites stand in both texts, but beside each other's subject."""
    left, right = _stems(meant), _stems(said)
    for word in set(meant):
        for other in OPPOSITES.get(word, ()):
            one, two = stem(word), stem(other)
            if any(s not in text for s in (one, two) for text in (left, right)):
                continue
            mine, others = _before(left, one), _before(left, two)
            now = _before(right, one) - _before(right, two)
            if now & (others - mine) and not now & (mine - others):
                return True
    return False


def _before(stems: list[str], word: str) -> set[str]:
    at = stems.index(word)
    return set(stems[max(0, at - _REACH) : at])


def _crossed(point: str, passage: str) -> bool:
    """The two sides of a comparison stand the other way round."""
    mine, theirs = _sides(point), _sides(passage)
    if mine is None or theirs is None:
        return False
    straight = (mine[0][:1] == theirs[0][:1]) + (mine[1][:1] == theirs[1][:1])
    crossed = (mine[0][:1] == theirs[1][:1]) + (mine[1][:1] == theirs[0][:1])
    return crossed == 2 and straight == 0


def _sides(text: str) -> tuple[list[str], list[str]] | None:
    for clause in _CLAUSE.split(text):
        found = _COMPARED.search(clause)
        if found:
            left, right = (
                _stems(words(t)) for t in (clause[: found.start()], clause[found.end() :])
            )
            if left and right:
                return left, right
    return None


def _stems(text: list[str]) -> list[str]:
    return [stem(w) for w in text if w not in FUNCTION_WORDS and w not in NEGATORS]
