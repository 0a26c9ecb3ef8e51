"""Which questions a session asks, and in which order.

Invariant: the same bank, options (seed included) and history give the same questions, and no two
of them ask nearly the same thing.
"""

from __future__ import annotations

import difflib
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.schema import GreenroomError, Question

MOST_QUESTIONS = 200
_NEAR = 0.7  # Jaccard overlap of words from which two questions count as the same
_WORD = re.compile(r"[^\W_]+")


class PlanError(GreenroomError):
    """No session can be made of these options; the message says what there is instead."""


class QuestionBank(Protocol):
    """Where questions come from."""

    def questions(self) -> Sequence[Question]:
        """All questions, in an order that does not change between calls."""
        ...

    def question(self, question_id: str) -> Question | None:
        """One question, or None where there is none with this id."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """What a person asks for. Empty tuples mean: no restriction.

    `question_ids` names the questions themselves, in order, and overrides the other filters.
    """

    topics: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    count: int = 5
    seed: int | None = None
    document_ids: tuple[str, ...] = ()
    question_ids: tuple[str, ...] = ()
    follow_ups: bool = True
    ask_when_unsure: bool = True


def choose(
    bank: QuestionBank, options: Options, recent: Collection[str] = ()
) -> tuple[Question, ...]:
    """The questions of a session, easier ones first.

    Questions with something to grade against come before those without, questions not in `recent`
    (ids asked lately) before those in it, the user's own before the library's. Among equals the
    topics, then the difficulties, are spread. Raises `PlanError` where nothing fits, naming the
    nearest topics, the roles or the documents there are.
    """
    if not 1 <= options.count <= MOST_QUESTIONS:
        raise PlanError(f"{options.count} questions cannot be asked; take 1 to {MOST_QUESTIONS}")
    if options.question_ids:
        return tuple(_named(bank, i) for i in options.question_ids)
    pool = list(bank.questions())
    if not pool:
        raise PlanError("there are no questions yet; add documents with `greenroom ingest PATH`")
    if options.document_ids:
        pool = [q for q in pool if q.document_id in set(options.document_ids)]
        if not pool:
            names = ", ".join(options.document_ids)
            raise PlanError(f"no questions come from {names}; see `greenroom questions`")
    if options.topics:
        pool = _unique(q for topic in options.topics for q in on_topic(pool, topic))
    if options.roles:
        pool = _for_roles(pool, options.roles)
    chosen = _spread(pool, options.count, random.Random(options.seed), set(recent))
    return tuple(sorted(chosen, key=lambda q: q.difficulty))


def on_topic(pool: Sequence[Question], topic: str) -> list[Question]:
    """The questions on a topic, by the first that finds any: the topic's name, a part of one, the
    words in the question itself, a name spelt nearly so. Raises `PlanError` where none does."""
    wanted = _plain(topic)
    names = {name: _plain(name) for name in dict.fromkeys(q.topic for q in pool)}
    if not wanted:
        raise PlanError(f"the topic {topic!r} is empty; name one of: {_listed(names)}")
    rungs: tuple[Callable[[Question], bool], ...] = (
        lambda q: names[q.topic] == wanted,
        lambda q: _inside(wanted, names[q.topic]) or _inside(names[q.topic], wanted),
        lambda q: f" {wanted} " in f" {_plain(q.question)} ",
    )
    for rung in rungs:
        if found := [q for q in pool if rung(q)]:
            return found
    close = set(difflib.get_close_matches(wanted, names.values(), n=3, cutoff=0.8))
    if found := [q for q in pool if names[q.topic] in close]:
        return found
    near = difflib.get_close_matches(wanted, names.values(), n=5, cutoff=0.3)
    nearest = [name for plain in near for name, p in names.items() if p == plain]
    raise PlanError(
        f"no questions on the topic {topic!r}; the nearest are: {_listed(nearest or names)}"
    )


def from_library(question: Question) -> bool:
    """Whether a question comes with Greenroom rather than from the user's documents."""
    return question.document_id.startswith("library-")


def has_reference(question: Question) -> bool:
    """Whether there is something to grade an answer against."""
    return bool(question.reference or question.key_points)


def _named(bank: QuestionBank, question_id: str) -> Question:
    found = bank.question(question_id)
    if found is None:
        raise PlanError(f"there is no question {question_id!r}; see `greenroom questions`")
    return found


def _for_roles(pool: list[Question], roles: Sequence[str]) -> list[Question]:
    wanted = {_plain(role) for role in roles}
    fitting = [q for q in pool if not q.roles or wanted & {_plain(r) for r in q.roles}]
    if not fitting:
        there = dict.fromkeys(role for q in pool for role in q.roles)
        raise PlanError(f"no questions for {', '.join(roles)}; the roles are: {_listed(there)}")
    return fitting


def _spread(
    pool: Sequence[Question], count: int, rng: random.Random, recent: set[str]
) -> list[Question]:
    def tier(question: Question) -> tuple[bool, bool, bool]:
        return (
            not has_reference(question),
            question.id in recent,
            from_library(question),
        )

    shuffled = list(pool)
    rng.shuffle(shuffled)
    chosen: list[Question] = []
    words: list[frozenset[str]] = []
    topics: Counter[str] = Counter()
    levels: Counter[int] = Counter()
    for current in sorted({tier(q) for q in shuffled}):
        left = [q for q in shuffled if tier(q) == current]
        while left and len(chosen) < count:
            best = min(left, key=lambda q: (topics[q.topic], levels[q.difficulty]))
            left.remove(best)
            mine = frozenset(_WORD.findall(best.question.casefold()))
            if any(_overlap(mine, other) >= _NEAR for other in words):
                continue
            chosen.append(best)
            words.append(mine)
            topics[best.topic] += 1
            levels[best.difficulty] += 1
    return chosen


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0


def _inside(part: str, whole: str) -> bool:
    """Whether `part` stands in `whole` as words; a longer one may be the beginning of a word."""
    ending = "" if len(part) >= 4 else " "
    return len(part) >= 2 and f" {part}{ending}" in f" {whole} "


def _unique(questions: Iterable[Question]) -> list[Question]:
    return list({q.id: q for q in questions}.values())


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _listed(names: Iterable[str], most: int = 8) -> str:
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return (", ".join(shown[:most]) + more) or "none"
