"""What is known of a person when a session is planned: levels, what is due, what was asked when.

Invariant: made from attempts and a moment, nothing else; somebody without attempts is a beginner
of whom nothing is claimed.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.ability import MIDDLE, TOPIC_SD, Ability, ability_of, beginner
from agent.attempts import Attempt, reviews
from agent.schedule import Due, schedule
from corpus.schema import Question

SHORT_WHILE = timedelta(hours=12)  # in which no question comes a second time, due or not
ENOUGH_ON_TOPIC = 2  # marked answers from which a topic's level steers the difficulty
ENOUGH_OVERALL = 3  # and those on all topics together
WEAK_BELOW = 0.5  # expected mark on a middling question
PACE = 240.0  # seconds a question, before anything was measured
_TIMED = (10.0, 1800.0)  # seconds that a person may have spent; others left, or were a script


@dataclass(frozen=True, slots=True)
class Learner:
    """A person as of `now`; the mappings are by topic, or by a question's id.

    `pace` is the median of seconds that they spend on a question, `avoided` are the topics that
    they called not theirs.
    """

    now: datetime
    overall: Ability = field(default_factory=beginner)
    topics: Mapping[str, Ability] = field(default_factory=dict)
    due: Mapping[str, Due] = field(default_factory=dict)
    asked: Mapping[str, datetime] = field(default_factory=dict)
    marks: Mapping[str, float] = field(default_factory=dict)
    pace: float = PACE
    avoided: frozenset[str] = frozenset()

    def ability(self, topic: str) -> Ability:
        """The level on a topic; for one never asked, what the others let expect."""
        return self.topics.get(topic) or beginner(self.overall.level, TOPIC_SD)

    def steers(self, topic: str) -> bool:
        """Whether enough is known to choose a difficulty on this topic."""
        own = self.ability(topic).answers
        return own >= ENOUGH_ON_TOPIC or self.overall.answers >= ENOUGH_OVERALL

    def weak(self, topic: str) -> bool:
        """Whether a topic went badly, rather than being merely unknown."""
        ability = self.ability(topic)
        return ability.answers >= ENOUGH_ON_TOPIC and ability.expected(MIDDLE) < WEAK_BELOW

    def is_due(self, question_id: str) -> bool:
        """Whether a question that was asked before should be asked again."""
        there = self.due.get(question_id)
        return there is not None and there.is_due(self.now) and not self.just_asked(question_id)

    def calls_for(self, question: Question) -> bool:
        """Whether a question is due, and on a topic that the person wants to be asked about."""
        return question.topic not in self.avoided and self.is_due(question.id)

    def just_asked(self, question_id: str) -> bool:
        """Whether a question was asked so short a while ago that nothing could be learnt of it."""
        last = self.asked.get(question_id)
        return last is not None and self.now - last < SHORT_WHILE


def learner_of(done: Sequence[Attempt], now: datetime) -> Learner:
    """The person whose attempts these are, as of `now`."""
    if not done:
        return Learner(now)
    overall = ability_of((a.answered for a in done), now)
    by_topic: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in done:
        by_topic[attempt.topic].append(attempt)
    prior = beginner(overall.level, TOPIC_SD)
    timed = [a.seconds for a in done if _TIMED[0] <= a.seconds <= _TIMED[1]]
    in_time = sorted(done, key=lambda a: a.when)
    return Learner(
        now,
        overall,
        {t: ability_of((a.answered for a in mine), now, prior) for t, mine in by_topic.items()},
        schedule(reviews(done)),
        {a.question_id: a.when for a in in_time},
        {a.question_id: a.score for a in in_time if a.score is not None},
        statistics.median(timed) if timed else PACE,
    )
