"""Changes that turn round or take back what an answer asserts: its mark has to fall.

Invariant: what a reversal makes of a right answer is no longer right; nobody who reads it would
give the same mark.
"""

from __future__ import annotations

import random
import re

from agent.segments import sentences
from agent.words import words
from evals.attacked import Attack, Attacked

_VERB = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|does|do|has|have|must|may|might)\b(?!\s+not\b|n't)"
)
_NOT = re.compile(r"\b(is|are|was|were|could|will|would|should|does|do|has|have|must) not\b")
_SUBORDINATE = frozenset(
    "that which who whose where when if because since while as what how".split()
)


def negated(sentence: str) -> str:
    """The sentence with its main verb denied, or denied as a whole where that verb is not sure.

    A sentence that denies already asserts afterwards.
    """
    if _NOT.search(sentence):
        return _NOT.sub(r"\1", sentence, count=1)
    verb = _VERB.search(sentence)
    if verb and not _SUBORDINATE & set(words(sentence[: verb.start()])):
        joined = "cannot" if verb.group() == "can" else f"{verb.group()} not"
        return sentence[: verb.start()] + joined + sentence[verb.end() :]
    return f"It is not true that {_uncapitalised(sentence)}"


def as_clause(sentence: str) -> str:
    """The sentence as it stands within another: without its end, its first word small unless it is
    an acronym."""
    return _uncapitalised(sentence.rstrip(".!? "))


def _uncapitalised(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _all_negated(text: str) -> str:
    made = [negated(text[a:b]) for a, b in sentences(text)]
    return " ".join(part if part.endswith((".", "!", "?")) else part + "." for part in made)


def _answer_negated(case: Attacked, _rng: random.Random) -> str:
    return _all_negated(case.answer)


def _points_negated_after(case: Attacked, _rng: random.Random) -> str:
    return f"{case.answer} But no, I was wrong. {_all_negated(' '.join(case.points))}"


def _taken_back(case: Attacked, _rng: random.Random) -> str:
    return f"{case.answer} But no, all of that is wrong: in truth it is the other way round."


def _hedged(case: Attacked, _rng: random.Random) -> str:
    """Each claim beside its denial, left open."""
    made = []
    for a, b in sentences(case.answer):
        made.append(f"{case.answer[a:b].rstrip('.!? ')}, or maybe not, it could be the opposite.")
    return " ".join(made)


def _only_points_negated(case: Attacked, _rng: random.Random) -> str:
    return " ".join(_all_negated(point) for point in case.points)


def _either_way(case: Attacked, _rng: random.Random) -> str:
    """The wrong answer or the right one, whichever counts."""
    points = " ".join(p if p.endswith(".") else p + "." for p in case.points).rstrip(".")
    said = case.answer.rstrip(".!? ")
    return f"Either this: {said}. Or the opposite: {points}. I can't say which of the two is right."


REVERSED = (
    Attack("negated", "each of its sentences denied", _answer_negated),
    Attack("contradicted_after", "its points denied after it", _points_negated_after),
    Attack("taken_back", "all of it taken back at the end", _taken_back),
    Attack("hedged", "“or maybe not” after each sentence", _hedged),
    Attack("points_negated", "the reference itself, each sentence denied", _only_points_negated),
)
# What is given for a wrong answer together with the right one.
EITHER_WAY = (Attack("either_way", "the wrong and the right answer, left open", _either_way),)
