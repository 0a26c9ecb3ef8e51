"""How each topic stands over all interviews of a person.

Invariant: means weigh every graded question once; what was not graded or was skipped is counted
apart and never enters a mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.debrief import Report, Tally


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """One topic. `mean` is None where nothing was graded; `self_marked` is a share, 0 to 1."""

    topic: str
    sessions: int
    graded: int
    ungraded: int
    skipped: int
    mean: float | None
    self_marked: float


def topic_progress(reports: Iterable[Report]) -> tuple[TopicProgress, ...]:
    """Topics by name, over the given reports."""
    tallies: dict[str, list[Tally]] = {}
    for report in reports:
        for topic in report.topics:
            tallies.setdefault(topic.topic, []).append(topic.tally)
    return tuple(_joined(topic, tallies[topic]) for topic in sorted(tallies))


def _joined(topic: str, tallies: list[Tally]) -> TopicProgress:
    graded = sum(t.graded for t in tallies)
    points = sum(t.points for t in tallies)
    total = sum((t.mean or 0.0) * t.graded for t in tallies)
    own = sum(t.self_marked * t.points for t in tallies)
    return TopicProgress(
        topic,
        len(tallies),
        graded,
        sum(t.ungraded for t in tallies),
        sum(t.skipped for t in tallies),
        round(total / graded, 3) if graded else None,
        round(own / points, 3) if points else 0.0,
    )
