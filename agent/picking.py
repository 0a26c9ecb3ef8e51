"""Picks questions out of those that fit, and says why each was picked.

A topic's need is its weight for the role, times one and what speaks for it now: its share of
questions due and how weak it is. Topics take turns by need (the method of highest averages, with
which seats are given to parties), so that equal needs are spread evenly. A topic that
the person called not theirs has next to no need: it comes where little else is left.

Invariant: the same pool, learner and random state give the same questions for the same reasons, and
no two of them say nearly the same.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.ability import MIDDLE
from agent.learner import Learner
from corpus.schema import Question

NEAR = 0.7  # Jaccard overlap of words from which two questions count as the same
MANY_DUE = 3  # questions due on a topic from which it is as urgent as can be
UNKNOWN = 0.5  # weakness of a topic of which nothing is known: the mark, of 1, that lacks
WEAKNESS = 2.0  # what a hopeless topic adds to its need, where one with much due adds 1
AVOIDED = 0.05  # of the need of a topic that the person called not theirs
GAP = 1.5  # difficulties by which a planned question must miss the level to be swapped
_WORD = re.compile(r"[^\W_]+")

Tier = Callable[[Question], tuple[bool, ...]]
"""Ranks questions in classes: all of a lower class come before any of a higher."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A question and why it is asked, in a sentence or two."""

    question: Question
    reason: str


def pick(
    pool: Sequence[Question],
    count: int,
    rng: random.Random,
    tier: Tier,
    learner: Learner | None,
    weights: Mapping[str, float],
    beside: Sequence[Question] = (),
) -> list[Question]:
    """At most `count` questions in the order picked, to stand `beside` some already chosen;
    `weights` are of topics for the role (1 where there is none)."""
    shuffled = list(pool)
    rng.shuffle(shuffled)
    needs = topic_needs(pool, learner, weights)
    chosen: list[Question] = []
    words = [_words(q) for q in beside]
    topics = Counter(q.topic for q in beside)
    levels = Counter(q.difficulty for q in beside)

    def rank(question: Question) -> tuple[float, bool, int, int]:
        turn = needs[question.topic] / (1 + topics[question.topic])
        due = learner is not None and learner.calls_for(question)
        return -turn, not due, misfit(question, learner), levels[question.difficulty]

    for current in sorted({tier(q) for q in shuffled}):
        left = [q for q in shuffled if tier(q) == current]
        while left and len(chosen) < count:
            best = min(left, key=rank)
            left.remove(best)
            mine = _words(best)
            if any(_alike(mine, other) for other in words):
                continue
            chosen.append(best)
            words.append(mine)
            topics[best.topic] += 1
            levels[best.difficulty] += 1
    return chosen


def topic_needs(
    pool: Sequence[Question], learner: Learner | None, weights: Mapping[str, float]
) -> dict[str, float]:
    """How much each topic of the pool needs to be asked, 0 or more."""
    needs: dict[str, float] = {}
    due = Counter(q.topic for q in pool if learner is not None and learner.calls_for(q))
    for topic in dict.fromkeys(q.topic for q in pool):
        weakness = UNKNOWN
        if learner is not None:
            ability = learner.ability(topic)
            weakness = 1 - ability.expected(MIDDLE) if ability.answers else UNKNOWN
        urgent = min(1.0, due[topic] / MANY_DUE)
        wanted = AVOIDED if learner is not None and topic in learner.avoided else 1.0
        needs[topic] = wanted * weights.get(topic, 1.0) * (1 + urgent + WEAKNESS * weakness)
    return needs


def misfit(question: Question, learner: Learner | None) -> int:
    """By how many difficulties a question misses the person's level, as far as that is known."""
    if learner is None or not learner.steers(question.topic):
        return 0
    return round(abs(question.difficulty - learner.ability(question.topic).aim()))


def nearer(
    question: Question,
    pool: Sequence[Question],
    beside: Iterable[Question],
    learner: Learner,
    rng: random.Random,
) -> Question | None:
    """The question of the pool on the same topic to ask instead of one that has turned out far too
    hard or too easy; None where that is not so, or none fits better that is unlike all those it
    would stand `beside`."""
    if not learner.steers(question.topic) or question.id in learner.asked:
        return None
    aim = learner.ability(question.topic).aim()
    gap = abs(question.difficulty - aim)
    if gap <= GAP:
        return None
    said = [_words(q) for q in beside if q.id != question.id]
    others = [
        q
        for q in pool
        if q.topic == question.topic
        and q.id not in learner.asked
        and not any(_alike(_words(q), words) for words in said)
    ]
    rng.shuffle(others)
    best = min(others, key=lambda q: abs(q.difficulty - aim), default=None)
    return best if best is not None and abs(best.difficulty - aim) <= gap - 1 else None


def reason(
    question: Question,
    learner: Learner | None,
    weights: Mapping[str, float],
    role: str,
    leans: str = "",
) -> str:
    """Why a question was picked, from what `pick` looks at; `leans` is what the person's CV or job
    has to do with it."""
    asked = learner is not None and bool(learner.asked)
    parts = [leans, "" if leans and not asked else _history(question, learner)]
    if learner is not None and learner.weak(question.topic):
        expected = learner.ability(question.topic).expected(MIDDLE)
        parts.append(f"{question.topic} is a weak topic of yours ({expected:.0%} expected).")
    if learner is not None and learner.steers(question.topic):
        aim = learner.ability(question.topic).aim()
        side = "above" if question.difficulty > aim else "below"
        fits = f"is {side} your level" if misfit(question, learner) else "fits your level"
        parts.append(f"Its difficulty, {question.difficulty} of 5, {fits} (about {aim:.1f}).")
    if learner is not None and question.topic in learner.avoided:
        parts.append(f"You said that {question.topic} is not your topic, but few others are left.")
    if role and question.topic in weights:
        parts.append(f"It is for the role {role}.")
    return " ".join(part for part in parts if part)


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, in days."""
    days = max(0, (now.date() - then.date()).days)
    return ("today", "yesterday")[days] if days < 2 else f"{days} days ago"


def _history(question: Question, learner: Learner | None) -> str:
    if learner is None or not learner.asked:
        return "Nothing is known of you yet, so topics and difficulties are spread."
    last = learner.asked.get(question.id)
    if last is None:
        known = learner.ability(question.topic).answers
        return "It is new to you." if known else f"You were not asked about {question.topic} yet."
    mark = learner.marks.get(question.id)
    marked = f", marked {mark:.0%}" if mark is not None else ", without a mark"
    due = "It is due again" if learner.is_due(question.id) else "Too few others are left"
    return f"{due}: last asked {ago(last, learner.now)}{marked}."


def _words(question: Question) -> frozenset[str]:
    return frozenset(_WORD.findall(question.question.casefold()))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return len(a & b) >= NEAR * len(a | b)
