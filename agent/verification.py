"""Whether cited sentences support a claim.

The claim is cut into parts (`agent.claim_parts`); a `Judge` reads each part, and the claim as a
whole, against the few passages nearest to it (`agent.claim_passages`). Three questions are asked in
turn of what comes out: is the claim supported, if not refuted, if neither supported in part. Each
is a logit over FEATURES (continuation ratios: Fienberg 1980); ``python -m evals.fit_verification``
fits them. Invariant: "supported" is said exactly where its probability is at least a half.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from agent.claim_parts import parts_of
from agent.claim_passages import RUN, Page, Passage, page_of
from agent.judge import VERDICTS, Judge, Pair, Probabilities
from agent.verbatim import says_verbatim
from agent.word_order import jumbled
from agent.words import content_words

SupportLabel = Literal["supported", "partially_supported", "not_supported", "refuted"]
Doubles = npt.NDArray[np.float64]

LABELS: tuple[SupportLabel, ...] = ("supported", "refuted", "partially_supported", "not_supported")
FEATURES = ("all", "mean", "most", "said", "against", "words", "page_words", "names", "page")
# For each of LABELS but the last: a constant, then what FEATURES add to the logit of it.
WEIGHTS = (
    (0.023, 0.178, 0.323, 0.000, 0.156, 0.000, 0.000, 0.220, 0.045, -0.574),
    (1.318, 0.000, 0.000, 0.000, 0.000, 0.346, 0.000, 0.000, 0.000, -1.972),
    (-0.387, 0.000, 0.000, 0.119, 0.372, 0.000, 0.000, 0.000, 0.518, 0.000),
)
PAGE = 9  # passages from which evidence is a page, no longer a sentence or two
CARRIES = 0.5  # probability of "covered" at which a part counts as carried by a passage
_CERTAIN = 0.01  # probabilities are kept this far from 0 and 1
_ALL_WORDS = 0.05  # and shares of words this far
_NAME = re.compile(r"\d+(?:[.,]\d+)*|(?<=\S\s)[A-Z][\w'’-]*")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w[\w'’-]*")
_COVERED, _PARTIAL, _MISSING, _AGAINST = range(len(VERDICTS))
_OWN_WORDS = (1.0, 0.0, 0.0, 0.0)  # the judgement of a passage that says a part in the part's words


@dataclass(frozen=True, slots=True)
class Verification:
    """`score` is the probability of "supported"; `sentences` are the numbers, from 0, of those that
    carry the label (none for "not_supported")."""

    label: SupportLabel
    score: float
    sentences: tuple[int, ...]


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

    `passages` is how many the evidence has; `words` and `names` are the shares of the claim's
    content words and of its names and numbers that it has.
    """

    parts: tuple[Judged, ...]
    whole: Judged | None
    passages: int
    words: float
    names: float


def verify(claim: str, evidence: Sequence[str], judge: Judge) -> Verification:
    """Whether `evidence`, taken together, supports `claim`; blank sentences say nothing, and words
    in no order claim nothing."""
    reading = None if jumbled(claim) else read_claim(claim, evidence, judge)
    if reading is None:
        return Verification("not_supported", 0.0, ())
    chances = answers(features(reading)[None], np.array(WEIGHTS))[0]
    score = round(float(chances[0]), 4)
    label = label_of((score, *chances[1:]))
    return Verification(label, score, _carriers(label, reading.parts))


def read_claim(claim: str, evidence: Sequence[str], judge: Judge) -> Reading | None:
    """The claim judged, in one call; None where it or the evidence has no words."""
    page = page_of(evidence)
    parts = parts_of(claim)
    if not page.single or not parts:
        return None
    apart = len(parts) > 1 and len(claim.split()) <= RUN
    judged = _judged([*parts, claim] if apart else parts, page, judge)
    said = set(_WORD.findall(" ".join(evidence).lower()))
    return Reading(
        judged[:-1] if apart else judged,
        judged[-1] if apart else None,
        len(page.single) + len(page.runs),
        _share(set(content_words(claim)), page.stems),
        _share({n.lower() for n in _NAME.findall(claim)}, said),
    )


def features(reading: Reading) -> Doubles:
    """FEATURES of a claim, [9]: how far all of it, its parts on average and its best part are
    covered, it is said in whole or in part, and contradicted, as logits; the share of its words;
    the logit of it where there is a page; the share of names; how far the evidence is a page."""
    covered = [part.best(_COVERED) for part in reading.parts]
    # Parts that are covered in different places are covered, whatever one passage says of all.
    whole = max(min(covered), reading.whole.best(_COVERED) if reading.whole else 0.0)
    units = [*reading.parts, *([reading.whole] if reading.whole else [])]
    # One sentence shares most words with what it contradicts, a page not with what it leaves out.
    page = min(1.0, math.log(reading.passages) / math.log(PAGE))
    return np.array(
        [
            _logit(whole),
            sum(map(_logit, covered)) / len(covered),
            _logit(max(covered)),
            _logit(sum(part.said for part in reading.parts) / len(reading.parts)),
            _logit(max(unit.against for unit in units)),
            reading.words,
            page * _logit(reading.words, _ALL_WORDS),
            reading.names,
            page,
        ]
    )


def answers(values: Doubles, weights: Doubles) -> Doubles:
    """The probability of yes to each question, [claims, 3], from FEATURES [claims, 9]. Nothing is
    refuted where the judge finds no contradiction likely, however little supports it."""
    found: Doubles = 1 / (1 + np.exp(-(weights[:, 0] + values @ weights[:, 1:].T)))
    found[values[:, FEATURES.index("against")] < 0, LABELS.index("refuted")] = 0.0
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
    return tuple(sorted({number for passage in chosen for number in passage.numbers}))


def _judged(units: Sequence[str], page: Page, judge: Judge) -> tuple[Judged, ...]:
    """Each unit against the passages nearest to it; no pair is judged twice."""
    near = [page.nearest(unit) for unit in units]
    asked = {
        (unit, passage.text): None
        for unit, passages in zip(units, near, strict=True)
        for passage in passages
    }
    row = {pair: i for i, pair in enumerate(asked)}
    found = judge.judge([Pair(unit, text) for unit, text in asked]).copy()
    # The judge takes its own words for a contradiction where it does not know the subject.
    found[[says_verbatim(unit, text) for unit, text in asked]] = _OWN_WORDS
    return tuple(
        Judged(unit, passages, found[[row[unit, passage.text] for passage in passages]])
        for unit, passages in zip(units, near, strict=True)
    )


def _share(wanted: AbstractSet[str], there: AbstractSet[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _logit(chance: float, certain: float = _CERTAIN) -> float:
    kept = min(1 - certain, max(certain, chance))
    return math.log(kept / (1 - kept))
