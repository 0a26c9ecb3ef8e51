"""Slips of the keyboard: neighbours, exchanged, doubled and dropped letters.

Invariant: digits, acronyms, and words that mix cases or hold digits stay as they are, for a slip in
``float16`` or ``HBM`` is another claim.
"""

from __future__ import annotations

import random
import re

from evals.phrases import KEYBOARD

RATE = 0.12  # of the words of five letters or more
_WORD = re.compile(r"(?<![\w.+/-])[A-Za-z][a-z]{4,}(?![\w+/-])")


def misspelt(text: str, rng: random.Random, rate: float = RATE) -> str:
    """The text with a slip in about `rate` of its longer plain words."""

    def slip(found: re.Match[str]) -> str:
        return _slipped(found.group(), rng) if rng.random() < rate else found.group()

    return _WORD.sub(slip, text)


def _slipped(word: str, rng: random.Random) -> str:
    """One slip inside the word; its first and last letter stay."""
    at = rng.randrange(1, len(word) - 2)
    kind = rng.choice(("exchanged", "neighbour", "doubled", "dropped"))
    if kind == "exchanged":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "neighbour":
        return word[:at] + rng.choice(_neighbours(word[at])) + word[at + 1 :]
    if kind == "doubled":
        return word[: at + 1] + word[at:]
    return word[:at] + word[at + 1 :]


def _neighbours(letter: str) -> str:
    row = next(row for row in KEYBOARD if letter in row)
    at = row.index(letter)
    return row[max(0, at - 1) : at] + row[at + 1 : at + 2]
