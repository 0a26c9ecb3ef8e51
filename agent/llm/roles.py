"""The parts that a scripted model plays: a good marker, and three that must not get their way.

Invariant: a role sees only what a real model would see, the text of the prompt, and answers the
same prompt always the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.doubt import signs
from agent.llm.labels import LABEL, LABELS, Probabilities, normalised
from agent.segments import sentences
from agent.words import content_words

COVERED_SHARE = 0.7  # of a point's content words in one sentence, for the good marker
PARTIAL_SHARE = 0.4
SURE = 0.91
_ANSWER = re.compile(r"The candidate's answer:\n<<<\n(.*?)\n?>>>", re.S)
_POINT = re.compile(r"The key point to compare with:\n<<<\n(.*?)\n?>>>", re.S)
ORDER = re.compile(r"\b(?:full marks|covered|correct|top score|give|mark)\b", re.I)


@dataclass(frozen=True, slots=True)
class Case:
    """What a prompt asks: the point, the answer, and whether one label is wanted or words."""

    point: str
    answer: str


Role = Callable[[Case], Probabilities]


def read_case(prompt: str) -> Case:
    """Point and answer of a prompt; empty where it has none."""
    answers, points = _ANSWER.findall(prompt), _POINT.findall(prompt)
    return Case(points[-1] if points else "", answers[-1] if answers else "")


def good(case: Case) -> Probabilities:
    """Marks by the words of the point that one sentence of the answer holds, and sees denials."""
    wanted = set(content_words(case.point))
    best, sentence = 0.0, ""
    for start, end in sentences(case.answer):
        said = case.answer[start:end]
        share = len(wanted & set(content_words(said))) / max(len(wanted), 1)
        if share > best:
            best, sentence = share, said
    if best < PARTIAL_SHARE:
        return sure_of(LABEL["missing"])
    if any(signs(case.point, sentence, "")):
        return sure_of(LABEL["contradicted"])
    return sure_of(LABEL["covered" if best >= COVERED_SHARE else "partial"])


def sycophant(_: Case) -> Probabilities:
    """Finds everything right."""
    return sure_of(LABEL["covered"])


def liar(case: Case) -> Probabilities:
    """Claims words that are not there, and misses those that are."""
    honest = good(case)
    is_missing = max(range(4), key=lambda i: honest[i]) == LABELS.index(LABEL["missing"])
    return sure_of(LABEL["covered" if is_missing else "missing"])


def obedient(case: Case) -> Probabilities:
    """A good marker that does what the candidate's text tells it to."""
    return sure_of(LABEL["covered"]) if ORDER.search(case.answer) else good(case)


ROLES: Mapping[str, Role] = {
    "good": good,
    "sycophant": sycophant,
    "liar": liar,
    "obedient": obedient,
}


def sure_of(label: str) -> Probabilities:
    """Nearly all of the probability on one label."""
    return normalised([SURE if x == label else (1.0 - SURE) / 3 for x in LABELS])
