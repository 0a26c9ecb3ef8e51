"""Whether cited sentences support a claim.

The claim is cut into parts (`agent.claim_parts`); a `Judge` reads each part, and the claim as a
whole, against single sentences and against runs of neighbouring ones. Three questions are asked in
turn of what comes out: is the claim supported, if not refuted, if neither supported in part. Each
is a logit over FEATURES (continuation ratios: Fienberg 1980); ``python -m evals.fit_verification``
fits them. Invariant: "supported" is said exactly where its probability is at least a half.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import numpy as np
import numpy.typing as npt

from agent.claim_parts import parts_of
from agent.judge import VERDICTS, Judge, Pair, Probabilities
from agent.segments import sentences
from agent.words import content_words

SupportLabel = Literal["supported", "partially_supported", "not_supported", "refuted"]
Doubles = npt.NDArray[np.float64]

LABELS: tuple[SupportLabel, ...] = ("supported", "refuted", "partially_supported", "not_supported")
FEATURES = ("all", "most", "said", "against", "words", "names", "passages")
# For each of LABELS but the last: a constant, then what FEATURES add to the logit of it.
WEIGHTS = (
    (-0.424, 0.493, 0.000, 0.193, -0.124, 0.000, 0.286, -0.297),
    (0.036, 0.000, 0.000, 0.000, 0.358, 0.000, 0.000, 0.000),
    (-0.443, 0.000, 0.423, 0.000, 0.000, 0.000, 0.000, -0.256),
)
MOST_PASSAGES = 24  # read for one part; of more, those that share most words with it
RUN = 80  # words of neighbouring sentences that are read together
CARRIES = 0.5  # probability of "covered" at which a part counts as carried by a passage
_CERTAIN = 0.01  # probabilities are kept this far from 0 and 1
_NAME = re.compile(r"\d+(?:[.,]\d+)*|(?<=\S\s)[A-Z][\w'’-]*")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w[\w'’-]*")
_COVERED, _PARTIAL, _MISSING, _AGAINST = range(len(VERDICTS))


@dataclass(frozen=True, slots=True)
class Verification:
    """`score` is the probability of "supported"; `sentences` are the numbers, from 0, of those that
    carry the label (none for "not_supported")."""

    label: SupportLabel
    score: float
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences ``first:end`` of the evidence as one text."""

    first: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A part of a claim, the passages it was read against, and the judgements [passages, 4]."""

    part: str
    passages: tuple[Passage, ...]
    judgements: Probabilities

    def best(self, verdict: int) -> float:
        """The highest probability of a verdict over the passages."""
        return float(self.judgements[:, verdict].max())

    @property
    def said(self) -> float:
        """The highest probability that a passage says at least a part of it."""
        return float((self.judgements[:, _COVERED] + self.judgements[:, _PARTIAL]).max())

    @property
    def against(self) -> float:
        """How much the passage that speaks to it most contradicts it."""
        return float(self.judgements[self.judgements[:, _MISSING].argmin(), _AGAINST])

    def nearest(self, verdict: int) -> Passage:
        """The passage with the highest probability of a verdict; of equals the first, and single
        sentences come before runs."""
        return self.passages[int(self.judgements[:, verdict].argmax())]


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim's parts judged, and the claim as a whole where it is short and has several.

    `passages` is how many there were to choose from, `words` and `names` the shares of the claim's
    content words and of its names and numbers that the evidence has.
    """

    parts: tuple[Judged, ...]
    whole: Judged | None
    passages: int
    words: float
    names: float


def verify(claim: str, evidence: Sequence[str], judge: Judge) -> Verification:
    """Whether `evidence`, taken together, supports `claim`; blank sentences say nothing."""
    reading = read_claim(claim, evidence, judge)
    if reading is None:
        return Verification("not_supported", 0.0, ())
    chances = answers(features(reading)[None], np.array(WEIGHTS))[0]
    score = round(float(chances[0]), 4)
    label = label_of((score, *chances[1:]))
    return Verification(label, score, _carriers(label, reading.parts))


def read_claim(claim: str, evidence: Sequence[str], judge: Judge) -> Reading | None:
    """The claim judged; None where it or the evidence has no words."""
    passages = _passages(evidence)
    parts = parts_of(claim)
    if not passages or not parts:
        return None
    stems = [frozenset(content_words(p.text)) for p in passages]
    text = " ".join(evidence)
    apart = len(parts) > 1 and len(claim.split()) <= RUN
    return Reading(
        tuple(_judged(part, passages, stems, judge) for part in parts),
        _judged(claim, passages, stems, judge) if apart else None,
        len(passages),
        _share(set(content_words(claim)), frozenset().union(*stems)),
        _share({n.lower() for n in _NAME.findall(claim)}, set(_WORD.findall(text.lower()))),
    )


def features(reading: Reading) -> Doubles:
    """FEATURES of a claim, [7]: how far all of it is covered, its best part is, it is said in whole
    or in part, and contradicted, as logits; two shares; the logarithm of the passages."""
    covered = [part.best(_COVERED) for part in reading.parts]
    # Parts that are covered in different places are covered, whatever one passage says of all.
    whole = max(min(covered), reading.whole.best(_COVERED) if reading.whole else 0.0)
    units = [*reading.parts, *([reading.whole] if reading.whole else [])]
    return np.array(
        [
            _logit(whole),
            _logit(max(covered)),
            _logit(sum(part.said for part in reading.parts) / len(reading.parts)),
            _logit(max(unit.against for unit in units)),
            reading.words,
            reading.names,
            math.log(reading.passages),
        ]
    )


def answers(values: Doubles, weights: Doubles) -> Doubles:
    """The probability of yes to each question, [claims, 3], from FEATURES [claims, 7]."""
    found: Doubles = 1 / (1 + np.exp(-(weights[:, 0] + values @ weights[:, 1:].T)))
    return found


def label_of(chances: Sequence[float]) -> SupportLabel:
    """The label of the first question that is answered with yes."""
    yes = (label for label, chance in zip(LABELS, chances, strict=False) if chance >= 0.5)
    return next(yes, LABELS[-1])


def _carriers(label: SupportLabel, parts: Sequence[Judged]) -> tuple[int, ...]:
    if label == "not_supported":
        return ()
    if label == "refuted":
        chosen = [max(parts, key=lambda part: part.best(_AGAINST)).nearest(_AGAINST)]
    else:
        carried = [part for part in parts if part.best(_COVERED) >= CARRIES]
        carried = carried or [max(parts, key=lambda part: part.best(_COVERED))]
        chosen = [part.nearest(_COVERED) for part in carried]
    return tuple(sorted({i for passage in chosen for i in range(passage.first, passage.end)}))


def _passages(evidence: Sequence[str]) -> list[Passage]:
    """Each sentence with a word in it, then runs of neighbours up to RUN words, half shared."""
    single = [
        Passage(i, i + 1, piece)
        for i, sentence in enumerate(evidence)
        if any(c.isalnum() for c in sentence)
        for piece in _pieces(sentence)
    ]
    sizes = [0, *accumulate(len(p.text.split()) for p in single)]
    runs: list[Passage] = []
    start = end = 0
    while end < len(single):
        end = start + 1
        while end < len(single) and sizes[end + 1] - sizes[start] <= RUN:
            end += 1
        if end - start > 1:
            text = " ".join(p.text for p in single[start:end])
            runs.append(Passage(single[start].first, single[end - 1].end, text))
        start = max(start + 1, (start + end) // 2)
    return [*single, *runs]


def _pieces(sentence: str) -> Iterator[str]:
    """What was given as one sentence in pieces of at most RUN words, which overlap by half."""
    if len(sentence.split()) <= RUN:
        yield sentence
        return
    for low, high in sentences(sentence):
        words = sentence[low:high].split()
        for start in range(0, max(1, len(words) - RUN // 2), RUN // 2):
            yield " ".join(words[start : start + RUN])


def _judged(
    unit: str, passages: Sequence[Passage], stems: Sequence[frozenset[str]], judge: Judge
) -> Judged:
    chosen = list(range(len(passages)))
    if len(chosen) > MOST_PASSAGES:
        wanted = set(content_words(unit))
        chosen.sort(key=lambda i: -len(wanted & stems[i]))
        chosen = sorted(chosen[:MOST_PASSAGES])
    read = tuple(passages[i] for i in chosen)
    return Judged(unit, read, judge.judge([Pair(unit, p.text) for p in read]))


def _share(wanted: set[str], there: AbstractSet[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _logit(chance: float) -> float:
    kept = min(1 - _CERTAIN, max(_CERTAIN, chance))
    return math.log(kept / (1 - kept))
