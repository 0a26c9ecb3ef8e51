"""One attacked answer: what an attack may use, and what it is called in plain words.

Invariant: `Attack.make` is a pure function of the case and a seeded source of chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.words import content_words, stem, words

Transform = Callable[["Attacked", random.Random], str]


@dataclass(frozen=True, slots=True)
class Attacked:
    """The question, the key points (or the reference's sentences), the answer as it was given,
    and false statements on the subject where the row names any."""

    question: str
    points: tuple[str, ...]
    answer: str
    misconceptions: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """All points as one text."""
        return " ".join(self.points)


@dataclass(frozen=True, slots=True)
class Attack:
    """A transformation of an answer; `says` tells a candidate what was done."""

    name: str
    says: str
    make: Transform


def terms(case: Attacked) -> list[str]:
    """The words of the key points that carry content and are not in the question, each once."""
    asked = set(content_words(case.question))
    said = (w for w in words(case.reference) if content_words(w))
    return [w for w in dict.fromkeys(said) if stem(w) not in asked] or words(case.reference)


def rare_terms(texts: Sequence[str], question: str, most: int = 3) -> list[list[str]]:
    """The longest content words of each text that the question has not: its own terms."""
    asked = set(content_words(question))
    found = []
    for text in texts:
        own = dict.fromkeys(w for w in words(text) if content_words(w) and stem(w) not in asked)
        found.append(sorted(own, key=lambda w: (-len(w), w))[:most])
    return [own for own in found if own]
