"""Which questions a session asks, and in which order.

Invariant: the same bank, options (seed included), history and moment give the same questions for
the same reasons, and no two of them ask nearly the same thing.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace

from agent.candidate import Leaning, steered
from agent.learner import PACE, Learner
from agent.picking import Choice, nearer, pick, reason
from agent.pool import (
    Options,
    PlanError,
    QuestionBank,
    fitting,
    from_library,
    has_reference,
    on_topic,
    role_weights,
)
from corpus.schema import Question

__all__ = [  # what others know by this module's name, too
    "MOST_QUESTIONS",
    "Options",
    "PlanError",
    "QuestionBank",
    "adapted",
    "choices",
    "choose",
    "from_library",
    "has_reference",
    "on_topic",
]

MOST_QUESTIONS = 200
BEHAVIOURAL_FROM = 8  # questions from which a session has a behavioural one, role or not
FEWEST_BESIDE = 2  # other questions that must be left beside it
NAMED = "It was named when the session began."
STORY = " An interview like this has a question on how you worked."


def choose(
    bank: QuestionBank,
    options: Options,
    recent: Collection[str] = (),
    learner: Learner | None = None,
    leaning: Leaning | None = None,
) -> tuple[Question, ...]:
    """The questions of `choices`."""
    return tuple(c.question for c in choices(bank, options, recent, learner, leaning))


def choices(
    bank: QuestionBank,
    options: Options,
    recent: Collection[str] = (),
    learner: Learner | None = None,
    leaning: Leaning | None = None,
) -> tuple[Choice, ...]:
    """The questions of a session with the reason for each, easier ones first.

    Questions with something to grade against come before those without, questions not in `recent`
    (ids asked lately) or due again before the others, the user's own and those due before the rest
    of the library's. Within these classes `agent.picking` decides, by what is known of the person.
    Topics that the person called not theirs come seldom, unless the options name them; topics of
    their CV and job come often, by their `leaning`. An interview for a role, or a long one, has a
    behavioural question where there is one. Raises `PlanError` where nothing fits, naming the
    nearest topics, the roles or the documents there are.
    """
    if not 1 <= options.count <= MOST_QUESTIONS:
        raise PlanError(f"{options.count} questions cannot be asked; take 1 to {MOST_QUESTIONS}")
    if options.question_ids:
        return tuple(Choice(_named(bank, i), NAMED) for i in options.question_ids)
    pool, learner = fitting(bank, options), _asking(options, learner)
    weights = role_weights(bank.questions(), options.roles)
    emphasis = steered(weights, leaning)
    rng = random.Random(options.seed)

    def tier(question: Question) -> tuple[bool, ...]:
        due = learner is not None and learner.calls_for(question)
        rests = question.id in recent or (learner is not None and learner.just_asked(question.id))
        return (
            not has_reference(question),
            rests and not due,
            from_library(question) and not due,
        )

    def picked(
        among: Sequence[Question], count: int, beside: Sequence[Question] = ()
    ) -> list[Question]:
        return pick(among, count, rng, tier, learner, emphasis, beside)

    count = how_many(options, learner)
    story = picked(_stories(pool, options), 1) if count > FEWEST_BESIDE else []
    others = [q for q in pool if not story or q.kind != "behavioural"]
    chosen = picked(others, count - len(story), story)
    role = ", ".join(options.roles)
    ordered = [*sorted(chosen, key=lambda q: q.difficulty), *story]
    speaks = leaning.reasons if leaning is not None else {}

    def why(q: Question) -> str:
        if q in story:
            return reason(q, learner, weights, role) + STORY
        return reason(q, learner, weights, role, speaks.get(q.topic, ""))

    return tuple(Choice(q, why(q)) for q in ordered)


def adapted(
    bank: QuestionBank,
    options: Options,
    plan: Collection[Question],
    question: Question,
    learner: Learner,
) -> Choice | None:
    """What to ask instead of a planned question that no longer fits the person's level, as shown
    in this session, or is on a topic that they called not theirs meanwhile; None where the plan
    stands. Named questions and those due always stand."""
    if not options.question_ids and question.topic in _avoided(options, learner):
        return _elsewhere(bank, options, plan, question, learner)
    if options.question_ids or learner.is_due(question.id) or question.kind == "behavioural":
        return None
    planned = {q.id for q in plan}
    pool = [
        q
        for q in fitting(bank, options)
        if q.id not in planned
        and has_reference(q) >= has_reference(question)
        and from_library(q) <= from_library(question)
    ]
    found = nearer(question, pool, plan, learner, random.Random(options.seed))
    if found is None:
        return None
    change = "easier" if found.difficulty < question.difficulty else "harder"
    level = learner.ability(question.topic).aim()
    return Choice(
        found,
        f"After your answers so far it takes the place of a question of difficulty "
        f"{question.difficulty}: {change}, nearer to your level on {found.topic} "
        f"(about {level:.1f} of 5).",
    )


def _elsewhere(
    bank: QuestionBank,
    options: Options,
    plan: Collection[Question],
    question: Question,
    learner: Learner,
) -> Choice | None:
    """A question on a topic that the person did not call not theirs; None where none is left."""
    planned = {q.id for q in plan}
    pool = [
        q
        for q in fitting(bank, options)
        if q.id not in planned | learner.asked.keys()
        and q.topic not in learner.avoided
        and has_reference(q) >= has_reference(question)
    ]
    weights = role_weights(bank.questions(), options.roles)
    found = pick(pool, 1, random.Random(options.seed), _library_last, learner, weights, list(plan))
    if not found:
        return None
    said = f"It takes the place of a question on {question.topic}, which is not your topic."
    return Choice(found[0], f"{said} {reason(found[0], learner, weights, '')}")


def _library_last(question: Question) -> tuple[bool, ...]:
    return (from_library(question),)


def _asking(options: Options, learner: Learner | None) -> Learner | None:
    """The person as these options see them: a topic that is asked for by name is theirs."""
    if learner is None:
        return None
    return replace(learner, avoided=_avoided(options, learner))


def _avoided(options: Options, learner: Learner) -> frozenset[str]:
    return frozenset() if options.topics else learner.avoided


def how_many(options: Options, learner: Learner | None = None) -> int:
    """How many questions fit in the count and the time that the options name."""
    if options.minutes is None:
        return options.count
    pace = learner.pace if learner is not None else PACE
    return max(1, min(options.count, int(options.minutes * 60 / pace)))


def _named(bank: QuestionBank, question_id: str) -> Question:
    found = bank.question(question_id)
    if found is None:
        raise PlanError(f"there is no question {question_id!r}; see `greenroom questions`")
    return found


def _stories(pool: Sequence[Question], options: Options) -> list[Question]:
    """The behavioural questions that a session should have one of; none where it should not."""
    narrow = options.topics or options.document_ids
    if narrow or not (options.roles or options.count >= BEHAVIOURAL_FROM):
        return []
    return [q for q in pool if q.kind == "behavioural" and q.key_points]
