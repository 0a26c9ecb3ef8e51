"""The bank of questions, and which of them fit what a person asks for.

Invariant: filters only; nothing here orders or chooses, and a filter that leaves nothing says what
there is instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.schema import GreenroomError, Question

Mode = Literal["study", "interview"]
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

    `question_ids` names the questions themselves, in order, and overrides the other filters. In
    the mode "study" an answer is marked at once; in "interview" all marks come with the report.
    `closing` puts "do you have questions for us?" at the end; None leaves that to the mode.
    """

    topics: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    count: int = 5
    seed: int | None = None
    document_ids: tuple[str, ...] = ()
    question_ids: tuple[str, ...] = ()
    follow_ups: bool = True
    ask_when_unsure: bool = True
    minutes: int | None = None  # the time there is; fewer questions where it is short
    mode: Mode = "study"
    closing: bool | None = None
    seniority: str = ""  # in the person's own words; only what words questions reads it

    @property
    def closes(self) -> bool:
        """Whether the candidate is asked for questions of their own at the end."""
        return self.mode == "interview" if self.closing is None else self.closing


def fitting(bank: QuestionBank, options: Options) -> list[Question]:
    """All questions that the options leave. Raises `PlanError` where there are none."""
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
    return _for_roles(pool, options.roles) if options.roles else pool


def role_weights(questions: Sequence[Question], roles: Sequence[str]) -> dict[str, float]:
    """How much each topic weighs for the roles: a half, and the share of its questions that are for
    one of them. Empty where no role is named."""
    if not roles:
        return {}
    wanted = {plain_name(role) for role in roles}
    topics: dict[str, list[bool]] = {}
    for q in questions:
        topics.setdefault(q.topic, []).append(bool(wanted & {plain_name(r) for r in q.roles}))
    return {topic: 0.5 + sum(fit) / len(fit) for topic, fit in topics.items()}


def on_topic(pool: Sequence[Question], topic: str) -> list[Question]:
    """The questions on a topic, by the first that finds any: the topic's name, a part of one, the
    words in the question itself, a name spelt nearly so. Raises `PlanError` where none does."""
    wanted = plain_name(topic)
    names = {name: plain_name(name) for name in dict.fromkeys(q.topic for q in pool)}
    if not wanted:
        raise PlanError(f"the topic {topic!r} is empty; name one of: {_listed(names)}")
    rungs: tuple[Callable[[Question], bool], ...] = (
        lambda q: names[q.topic] == wanted,
        lambda q: _inside(wanted, names[q.topic]) or _inside(names[q.topic], wanted),
        lambda q: f" {wanted} " in f" {plain_name(q.question)} ",
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


def _for_roles(pool: list[Question], roles: Sequence[str]) -> list[Question]:
    wanted = {plain_name(role) for role in roles}
    fitting = [q for q in pool if not q.roles or wanted & {plain_name(r) for r in q.roles}]
    if not fitting:
        there = dict.fromkeys(role for q in pool for role in q.roles)
        raise PlanError(f"no questions for {', '.join(roles)}; the roles are: {_listed(there)}")
    return fitting


def _inside(part: str, whole: str) -> bool:
    """Whether `part` stands in `whole` as words; a longer one may be the beginning of a word."""
    ending = "" if len(part) >= 4 else " "
    return len(part) >= 2 and f" {part}{ending}" in f" {whole} "


def _unique(questions: Iterable[Question]) -> list[Question]:
    return list({q.id: q for q in questions}.values())


def plain_name(text: str) -> str:
    """A name as it is compared: its words in lower case, whatever stood between them."""
    return " ".join(_WORD.findall(text.casefold()))


def _listed(names: Iterable[str], most: int = 8) -> str:
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return (", ".join(shown[:most]) + more) or "none"
