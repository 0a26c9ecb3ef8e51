"""The report at the end of a session: what was covered, missed and wrong, and what to read next.

Invariant: means are over graded questions only; what was not graded, skipped or marked by the
candidate is counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.grades import MarkedBy, PointGrade, Scored, Ungraded, Verdict
from agent.pool import Mode
from agent.records import SessionRecord, Standing, TurnRecord, standings
from agent.score import ASK_BELOW
from corpus.schema import Question, Span

_MOST_TO_READ = 5  # passages a topic


@dataclass(frozen=True, slots=True)
class PointLine:
    """One key point as it ended: `quote` is the candidate's words, `source` the passage, `other`
    that of a source that says otherwise."""

    question_id: str
    question: str
    text: str
    weight: float
    verdict: Verdict
    by: MarkedBy
    unsure: bool  # the grader's guess, below the confidence from which it is told
    quote: str | None
    source: Span | None
    other: Span | None = None


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question as it ended. `score` is None where it was not graded; `reason` says why.
    `seconds` is the time from each thing put to its reply, added up."""

    question_id: str
    question: str
    outcome: Literal["graded", "ungraded", "skipped"]
    score: float | None
    reason: str | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of questions, and the mean score of the graded ones (None where there are none).

    `self_marked` is the share, 0 to 1, of all marked points that the candidate marked.
    """

    asked: int
    graded: int
    ungraded: int
    skipped: int
    mean: float | None
    points: int
    self_marked: float

    def remainder(self, whose: str) -> list[str]:
        """What stands beside the graded ones, in words; `whose` names who marked points."""
        said = [f"{self.ungraded} not graded"] if self.ungraded else []
        said += [f"{self.skipped} skipped"] if self.skipped else []
        if self.self_marked:
            said.append(f"{self.self_marked:.0%} of the points marked by {whose}")
        return said


@dataclass(frozen=True, slots=True)
class TopicReport:
    """How one topic went. `read_next` are passages, those that would have gained most first."""

    topic: str
    tally: Tally
    questions: tuple[QuestionLine, ...]
    covered: tuple[PointLine, ...]
    partial: tuple[PointLine, ...]
    missed: tuple[PointLine, ...]
    wrong: tuple[PointLine, ...]
    read_next: tuple[Span, ...]
    further_reading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A session in full. Times are ISO 8601; `finished` is None for a session that still runs."""

    session_id: str
    person: str
    started: str
    finished: str | None
    planned: int
    overall: Tally
    topics: tuple[TopicReport, ...]
    mode: Mode = "study"


def report(
    session: SessionRecord, plan: dict[int, Question], turns: Sequence[TurnRecord]
) -> Report:
    """The report of a session from what the history holds of it; also before its end."""
    stands, used = standings(plan, turns), _seconds(turns)
    topics = dict.fromkeys(s.question.topic for s in stands)
    return Report(
        session.id,
        session.person,
        session.started,
        session.finished,
        len(plan),
        _tally(stands),
        tuple(_topic(t, [s for s in stands if s.question.topic == t], used) for t in topics),
        session.options.mode,
    )


def _seconds(turns: Sequence[TurnRecord]) -> dict[int, float]:
    """Seconds that were spent on each question, by its position."""
    used: dict[int, float] = {}
    for turn in turns:
        if turn.kind in ("question", "follow_up") and turn.answered is not None:
            passed = datetime.fromisoformat(turn.answered) - datetime.fromisoformat(turn.asked)
            used[turn.position] = used.get(turn.position, 0.0) + passed.total_seconds()
    return used


def _topic(topic: str, stands: Sequence[Standing], used: Mapping[int, float]) -> TopicReport:
    # Of a choice, what was not needed is mentioned only where it was said.
    lines = [
        _line(s, p) for s in stands for p in s.points if p.weight > 0 or p.verdict == "covered"
    ]

    def having(verdict: Verdict) -> tuple[PointLine, ...]:
        return tuple(line for line in lines if line.verdict == verdict)

    lacking = [s for s in stands if any(p.weight > 0 and p.verdict != "covered" for p in s.points)]
    further = dict.fromkeys(r for s in lacking for r in s.question.further_reading)
    return TopicReport(
        topic,
        _tally(stands),
        tuple(_question(s, used.get(s.position)) for s in stands),
        having("covered"),
        having("partial"),
        having("missing"),
        having("contradicted"),
        _read_next(stands),
        tuple(further),
    )


def _read_next(stands: Sequence[Standing]) -> tuple[Span, ...]:
    lost = sorted(
        (
            (p.weight * (1 - p.score), s, p)
            for s in stands
            for p in s.points
            if p.weight > 0 and p.score < 0.95
        ),
        key=lambda entry: -entry[0],
    )
    found = (_passage(stand, point) for _, stand, point in lost)
    return tuple(dict.fromkeys(span for span in found if span))[:_MOST_TO_READ]


def _passage(stand: Standing, point: PointGrade) -> Span | None:
    """The part of the question's reference that holds the point's source, or that source."""
    parts = stand.question.reference.spans if stand.question.reference else ()
    source = point.source_span
    if source is None or source.document_id == "key_points":
        return parts[0] if parts else None
    for part in parts:
        same = part.document_id == source.document_id
        if same and part.start <= source.start and source.end <= part.end:
            return part
    return source


def _line(stand: Standing, point: PointGrade) -> PointLine:
    return PointLine(
        stand.question.id,
        stand.question.question,
        point.text,
        point.weight,
        point.verdict,
        point.by,
        point.by == "grader" and point.confidence < ASK_BELOW,
        point.answer_span.quote if point.answer_span else None,
        point.source_span,
        point.other_span,
    )


def _question(stand: Standing, seconds: float | None) -> QuestionLine:
    question_id, text = stand.question.id, stand.question.question
    if isinstance(stand.grade, Scored):
        return QuestionLine(question_id, text, "graded", stand.grade.score, None, seconds)
    if stand.skipped:
        reason = "not_my_topic" if stand.not_my_topic else None
        return QuestionLine(question_id, text, "skipped", None, reason, seconds)
    reason = stand.grade.reason if isinstance(stand.grade, Ungraded) else None
    return QuestionLine(question_id, text, "ungraded", None, reason, seconds)


def _tally(stands: Sequence[Standing]) -> Tally:
    scores = [s.grade.score for s in stands if isinstance(s.grade, Scored)]
    skipped = sum(s.skipped for s in stands)
    points = sum(len(s.points) for s in stands)
    own = sum(s.marked_by("candidate") for s in stands)
    return Tally(
        asked=len(stands),
        graded=len(scores),
        ungraded=len(stands) - len(scores) - skipped,
        skipped=skipped,
        mean=round(sum(scores) / len(scores), 3) if scores else None,
        points=points,
        self_marked=round(own / points, 3) if points else 0.0,
    )
