"""Which passages of the evidence a claim is read against: those that share its rarer words.

A weak judge that reads a whole page finds something in it for every claim, so few passages are
read: single sentences, runs of neighbours, and sentences from anywhere that together have most of
the words. Invariant: a passage has at most RUN words, and its `numbers` are the sentences, from 0
and in order, that its text comes from.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate

from agent.segments import sentences
from agent.words import content_words

RUN = 80  # words that are read together
SINGLES = 5  # passages of each kind that are read for a claim or a part of one
RUNS = 3
MOST_PASSAGES = SINGLES + RUNS + 1
_GATHERED = 4  # sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of the evidence as one text, and the stems of its content words."""

    numbers: tuple[int, ...]
    text: str
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """All of the evidence: single sentences, runs of neighbours, and how rare each stem is."""

    single: tuple[Passage, ...]
    runs: tuple[Passage, ...]
    rarity: dict[str, float]
    stems: frozenset[str]

    def nearest(self, text: str) -> tuple[Passage, ...]:
        """Up to MOST_PASSAGES that share most with `text`, single sentences first."""
        wanted = self.stems & set(content_words(text))
        chosen = [*self._best(self.single, wanted, SINGLES), *self._best(self.runs, wanted, RUNS)]
        gathered = self.gathered(wanted)
        known = {passage.numbers for passage in chosen}
        if len(gathered.numbers) > 1 and gathered.numbers not in known:
            chosen.append(gathered)
        return tuple(chosen)

    def gathered(self, wanted: AbstractSet[str]) -> Passage:
        """The sentences that together have most of the wanted stems, each adding some."""
        left, taken, room = set(wanted), list[int](), RUN
        while len(taken) < _GATHERED:
            gains = [
                (self._weight(left & p.stems) if _size(p) <= room else 0.0, -i)
                for i, p in enumerate(self.single)
            ]
            gain, negative = max(gains, default=(0.0, 0))
            if gain <= 0:
                break
            taken.append(-negative)
            left -= self.single[-negative].stems
            room -= _size(self.single[-negative])
        return _joined([self.single[i] for i in sorted(taken)])

    def _best(
        self, passages: Sequence[Passage], wanted: AbstractSet[str], most: int
    ) -> list[Passage]:
        order = sorted(
            range(len(passages)), key=lambda i: (-self._weight(wanted & passages[i].stems), i)
        )
        return [passages[i] for i in sorted(order[:most])]

    def _weight(self, stems: AbstractSet[str]) -> float:
        # fsum: the order of a set must not change the last bit.
        return math.fsum(self.rarity[stem] for stem in stems)


def page_of(evidence: Sequence[str]) -> Page:
    """The evidence cut into passages; blank sentences keep their number and are left out."""
    single = tuple(
        Passage((i,), piece, frozenset(content_words(piece)))
        for i, sentence in enumerate(evidence)
        if any(c.isalnum() for c in sentence)
        for piece in _pieces(sentence)
    )
    counts = Counter(stem for passage in single for stem in passage.stems)
    rarity = {stem: math.log(1 + len(single) / count) for stem, count in counts.items()}
    return Page(single, tuple(_runs(single)), rarity, frozenset(counts))


def _runs(single: Sequence[Passage]) -> Iterator[Passage]:
    """Runs of neighbours up to RUN words, half shared."""
    sizes = [0, *accumulate(map(_size, single))]
    start = end = 0
    while end < len(single):
        end = start + 1
        while end < len(single) and sizes[end + 1] - sizes[start] <= RUN:
            end += 1
        if end - start > 1:
            yield _joined(single[start:end])
        start = max(start + 1, (start + end) // 2)


def _joined(passages: Sequence[Passage]) -> Passage:
    numbers = sorted({number for passage in passages for number in passage.numbers})
    stems = frozenset[str]().union(*(passage.stems for passage in passages))
    return Passage(tuple(numbers), " ".join(passage.text for passage in passages), stems)


def _size(passage: Passage) -> int:
    return len(passage.text.split())


def _pieces(sentence: str) -> Iterator[str]:
    """What was given as one sentence in pieces of at most RUN words, which overlap by half."""
    if len(sentence.split()) <= RUN:
        yield sentence
        return
    for low, high in sentences(sentence):
        words = sentence[low:high].split()
        for start in range(0, max(1, len(words) - RUN // 2), RUN // 2):
            yield " ".join(words[start : start + RUN])
