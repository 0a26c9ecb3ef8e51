"""What the history keeps: a session, a turn of it, and the marks they come to.

Invariant: `Standing.text` is the answers joined as the standing grade's spans count them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.grades import Grade, MarkedBy, PointGrade, Scored, Ungraded
from agent.pool import Options
from agent.state import Reply, TurnKind
from corpus.schema import Question, Span

LEAVING = ("skip", "not_my_topic")  # intents with which a question is left
JOINT = "\n\n"  # between an answer and the answers to its follow-ups


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session. Times are ISO 8601 in UTC; `finished` is None while it runs."""

    id: str
    person: str
    options: Options
    started: str
    finished: str | None

    @property
    def withheld(self) -> bool:
        """Whether its marks may not be seen yet: it is a real interview that still runs."""
        return self.options.mode == "interview" and self.finished is None


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One thing said to the candidate and what came of it.

    `grade` is of this turn's answer alone, its spans count in ``reply["text"]``; on a confirmation
    it is the grade of the answer before, with the candidate's own marks. `standing` is the
    question's grade up to here.
    """

    session_id: str
    number: int  # from 1
    position: int  # of the question in the plan, from 0
    attempt: int  # 0 for the first answer, then the follow-ups
    kind: TurnKind
    prompt: str
    note: str
    unsure: tuple[str, ...]  # key points a confirmation asks about
    asked: str
    reply: Reply | None = None
    answered: str | None = None
    intent: str | None = None
    grade: Grade | None = None
    standing: Grade | None = None
    reason: str = ""  # why this question is asked, where the turn puts one
    hinted: str | None = None  # the key point that the note's hint aims at
    cited: tuple[Span, ...] = ()  # the passages that the note quotes

    @property
    def is_answer(self) -> bool:
        """Whether the reply counts as an answer to the question (it was or will be graded)."""
        return self.intent in ("answer", "dont_know") and self.kind in ("question", "follow_up")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one question ended: its grade over all answers, and their joined text."""

    position: int
    question: Question
    grade: Grade | None
    text: str
    skipped: bool
    not_my_topic: bool = False

    @property
    def points(self) -> tuple[PointGrade, ...]:
        """The points of the grade; none where there is no mark."""
        return self.grade.points if isinstance(self.grade, Scored) else ()

    def marked_by(self, by: MarkedBy) -> int:
        """How many points were marked by the grader, or by the candidate."""
        return sum(p.by == by for p in self.points)


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line about a session. `mean` is over the graded questions, None where there are none and
    while a real interview still runs."""

    id: str
    person: str
    started: str
    finished: str | None
    topics: tuple[str, ...]
    total: int
    graded: int
    ungraded: int
    skipped: int
    mean: float | None


def shown(session: SessionRecord, turns: Sequence[TurnRecord]) -> tuple[TurnRecord, ...]:
    """The turns as their person may see them: without marks while those are withheld."""
    if not session.withheld:
        return tuple(turns)
    return tuple(replace(turn, grade=None, standing=None) for turn in turns)


def joined(answers: Sequence[str]) -> str:
    """The text in which a standing grade's spans count."""
    return JOINT.join(answers)


def standings(plan: dict[int, Question], turns: Sequence[TurnRecord]) -> tuple[Standing, ...]:
    """How each question that was put and replied to stands, in asking order."""
    found = []
    for position in sorted({t.position for t in turns if t.kind != "report"} & plan.keys()):
        mine = [t for t in turns if t.position == position]
        answers = [t.reply["text"] for t in mine if t.is_answer and t.reply]
        grade = next((t.standing for t in reversed(mine) if t.standing is not None), None)
        skipped = grade is None and any(t.intent in LEAVING for t in mine)
        if answers or skipped:
            left = any(t.intent == "not_my_topic" for t in mine)
            found.append(Standing(position, plan[position], grade, joined(answers), skipped, left))
    return tuple(found)


def summary(
    session: SessionRecord, plan: dict[int, Question], turns: Sequence[TurnRecord]
) -> SessionSummary:
    """The session in one line."""
    stands = standings(plan, turns)
    scores = [s.grade.score for s in stands if isinstance(s.grade, Scored)]
    return SessionSummary(
        session.id,
        session.person,
        session.started,
        session.finished,
        tuple(dict.fromkeys(q.topic for _, q in sorted(plan.items()))),
        len(plan),
        len(scores),
        sum(isinstance(s.grade, Ungraded) for s in stands),
        sum(s.skipped for s in stands),
        round(sum(scores) / len(scores), 3) if scores and not session.withheld else None,
    )
