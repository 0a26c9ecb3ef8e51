"""How good someone is at a topic, as a level with its uncertainty.

Model: a Rasch curve followed through time. The expected mark on a question is
``1 / (1 + exp(-(level - difficulty)))``, both in logits. After each answer the level is a normal
distribution that moves towards the mark, the further the less was known: an Elo rating whose step
is its variance. Between answers the variance grows, as knowledge fades or is gained unseen.
Sources: Rasch (1960) for the curve; Glickman, "Parameter estimation in large dynamic paired
comparison experiments" (1999), for variance and drift; Pelánek, "Applications of the Elo rating
system in adaptive educational systems" (2016), for its use with questions. Marks between 0 and 1
take the place of wins and losses, a quasi-likelihood after Papke and Wooldridge (1996).

Invariant: pure functions of what was answered; an answer without a mark changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MIDDLE = 3  # the difficulty, of 1 to 5, that a beginner's level is put at
LOGITS_PER_DIFFICULTY = 0.8  # from 1 to 5 an expected mark of 0.5 falls to 0.04, or rises to 0.96
PRIOR_SD = 1.0  # before any answer: the expected mark lies between 0.12 and 0.88
TOPIC_SD = 0.8  # how far a topic's level lies from the person's level overall
DRIFT = 0.0025  # variance a day: a month of silence is worth about one answer
SELF_MARKED_WEIGHT = 0.5  # of a mark that the candidate gave, against one the grader gave
AIM = 0.65  # the mark that the next question should bring: neither boring nor hopeless
_DAY = 86_400.0
_Z95 = 1.959964  # the normal distribution's 97.5% point


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: the question's difficulty (1 to 5), its mark in [0, 1] or None where there is
    none, and which share of it, 0 to 1, the candidate marked."""

    when: datetime
    difficulty: int
    score: float | None
    self_marked: float = 0.0


@dataclass(frozen=True, slots=True)
class Ability:
    """A level in logits with its standard deviation, from `answers` marked answers.

    `self_marked` is how many of them the candidate marked, in whole or in part. `last` is the time
    of the latest, None before any.
    """

    level: float
    sd: float
    answers: int
    self_marked: int
    last: datetime | None

    def expected(self, difficulty: int = MIDDLE) -> float:
        """The mark to expect on a question of this difficulty, in [0, 1]."""
        return _curve(self.level - _logits(difficulty))

    def interval(self, difficulty: int = MIDDLE) -> tuple[float, float]:
        """Between which marks the expected one lies, with a probability of 95%."""
        place = self.level - _logits(difficulty)
        return _curve(place - _Z95 * self.sd), _curve(place + _Z95 * self.sd)

    def aim(self) -> float:
        """The difficulty, 1.0 to 5.0, at which a mark of `AIM` is to be expected."""
        wanted = MIDDLE + (self.level - math.log(AIM / (1 - AIM))) / LOGITS_PER_DIFFICULTY
        return min(5.0, max(1.0, wanted))


def beginner(level: float = 0.0, sd: float = PRIOR_SD) -> Ability:
    """What is believed of somebody before any answer."""
    return Ability(level, sd, 0, 0, None)


def updated(ability: Ability, answer: Answered) -> Ability:
    """The ability after one more answer, given in order of time; unchanged where it has no mark."""
    if answer.score is None:
        return ability
    known = at(ability, answer.when)
    weight = 1.0 - (1.0 - SELF_MARKED_WEIGHT) * answer.self_marked
    expected = known.expected(answer.difficulty)
    # What one answer tells of the level: the slope of the curve where it stands.
    information = weight * expected * (1 - expected)
    variance = 1.0 / (1.0 / known.sd**2 + information)
    level = known.level + variance * weight * (answer.score - expected)
    own = known.self_marked + (answer.self_marked > 0)
    return Ability(level, math.sqrt(variance), known.answers + 1, own, answer.when)


def at(ability: Ability, now: datetime) -> Ability:
    """The ability with the doubt that has come since the last answer; never more than at first."""
    if ability.last is None:
        return ability
    days = max(0.0, (now - ability.last).total_seconds() / _DAY)
    variance = min(ability.sd**2 + DRIFT * days, max(PRIOR_SD, ability.sd) ** 2)
    return Ability(
        ability.level, math.sqrt(variance), ability.answers, ability.self_marked, ability.last
    )


def ability_of(answers: Iterable[Answered], now: datetime, prior: Ability | None = None) -> Ability:
    """The ability as of `now` after these answers, in any order."""
    found = prior or beginner()
    for answer in sorted(answers, key=lambda a: a.when):
        found = updated(found, answer)
    return at(found, now)


def _logits(difficulty: int) -> float:
    return (difficulty - MIDDLE) * LOGITS_PER_DIFFICULTY


def _curve(place: float) -> float:
    # The tails are cut where they are 1 or 0 to any digit that is shown; `exp` would overflow.
    return 1.0 / (1.0 + math.exp(-min(40.0, max(-40.0, place))))
