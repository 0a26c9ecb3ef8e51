"""How the level on a topic came about, answer by answer, with its uncertainty.

Invariant: the last step is what `agent.learner` believes now; an answer without a mark is no step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.ability import TOPIC_SD, Ability, ability_of, at, beginner, updated
from agent.attempts import Attempt


@dataclass(frozen=True, slots=True)
class Step:
    """What mark was to be expected on a middling question at a moment, in [0, 1], and between which
    bounds it lay with a probability of 95%. `mark` is that of the answer just given; None for the
    last step, which is the present."""

    when: datetime
    expected: float
    low: float
    high: float
    mark: float | None


def course_of(done: Sequence[Attempt], topic: str, now: datetime) -> tuple[Step, ...]:
    """The steps on a topic up to `now`, from all attempts of a person; none where nothing on it was
    marked. Where it begins is what the answers on all topics let expect today."""
    marked = sorted(
        (a for a in done if a.topic == topic and a.score is not None), key=lambda a: a.when
    )
    if not marked:
        return ()
    overall = ability_of((a.answered for a in done), now)
    known = beginner(overall.level, TOPIC_SD)
    steps = []
    for attempt in marked:
        known = updated(known, attempt.answered)
        steps.append(_step(known, attempt.when, attempt.score))
    return (*steps, _step(at(known, now), now, None))


def _step(known: Ability, when: datetime, mark: float | None) -> Step:
    low, high = known.interval()
    return Step(when, known.expected(), low, high, mark)
