"""What the candidate is shown: a turn, with the grade of the answer before it.

Invariant: a turn is made from the history alone, so that it is the same whenever it is read; but
the marks of a real interview are in no turn before its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.debrief import Report
from agent.grades import AnswerSpan, Grade, Scored, Verdict
from agent.hint_costs import caps
from agent.records import SessionRecord, TurnRecord, joined
from agent.state import TurnKind
from corpus.schema import Question, Span


@dataclass(frozen=True, slots=True)
class Unsure:
    """A point put to the candidate: the words in question, the passage, the grader's guess."""

    id: str
    text: str
    answer_span: AnswerSpan | None
    source_span: Span | None
    guess: Verdict
    confidence: float


@dataclass(frozen=True, slots=True)
class Marked:
    """The mark that an answer got. `grade`'s spans count in `answer`, `standing`'s in `all_said`.

    `closed` says that the question is over: only then may its reference and the points missed be
    shown without giving a follow-up away. `coaching` is advice for the candidate, then too.
    `hinted` has the most that a point could earn in `standing` after hints on it, by its id.
    """

    number: int  # of the turn that was answered
    question: Question
    answer: str
    grade: Grade
    standing: Grade
    all_said: str
    closed: bool
    coaching: tuple[str, ...]
    hinted: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing put to the candidate.

    `number` counts turns from 1, `place` questions from 1 of `total`. `note` answers a word to the
    interviewer (a hint, why, a skip); `reason` says why a question is asked. `reply` and `verdicts`
    are what the candidate did with the turn; None while it is pending. `cited` are the passages
    that the note quotes. A report has no question, nor has "closing", where the candidate asks.
    """

    session_id: str
    number: int
    kind: TurnKind
    question: Question | None
    prompt: str
    place: int
    total: int
    attempt: int
    note: str
    marked: Marked | None
    unsure: tuple[Unsure, ...]
    reply: str | None
    verdicts: Mapping[str, Verdict] | None
    intent: str | None
    report: Report | None
    finished: bool
    reason: str = ""
    cited: tuple[Span, ...] = ()

    @property
    def grade(self) -> Grade | None:
        """The grade of the answer before this turn, if it was just given."""
        return self.marked.grade if self.marked else None

    @property
    def coaching(self) -> tuple[str, ...]:
        """Advice to show after the grade."""
        return self.marked.coaching if self.marked else ()


def turn_of(
    session: SessionRecord,
    turns: Sequence[TurnRecord],
    index: int,
    plan: Mapping[int, Question],
    report: Report | None,
) -> Turn:
    """The turn at `index` of a session's turns; `report` is shown with a turn of that kind."""
    here = turns[index]
    interview = session.options.mode == "interview"
    if interview:
        marked = _marked_later(turns, index, plan) if session.finished else None
        unsure_of = _reviewed(turns[:index], here)
    else:
        marked = _marked(turns, index, turns[:index], plan)
        unsure_of = marked.grade if marked else None
    final = here.kind == "report"
    return Turn(
        here.session_id,
        here.number,
        here.kind,
        plan.get(here.position),
        here.prompt,
        min(here.position + 1, len(plan)),
        len(plan),
        here.attempt,
        here.note,
        marked,
        _unsure(here, unsure_of),
        here.reply["text"] if here.reply else None,
        here.reply["verdicts"] if here.reply else None,
        here.intent,
        report if final else None,
        final,
        here.reason,
        here.cited,
    )


def marks_of(turns: Sequence[TurnRecord], plan: Mapping[int, Question]) -> tuple[Marked, ...]:
    """Every mark of a session, a question's whole one, in asking order."""
    found = (
        _mark(turns, max(t.number for t in turns if t.position == position), plan, closed=True)
        for position in sorted({t.position for t in turns} & plan.keys())
    )
    return tuple(mark for mark in found if mark is not None)


def _marked_later(
    turns: Sequence[TurnRecord], index: int, plan: Mapping[int, Question]
) -> Marked | None:
    """The mark that belongs to a turn of a real interview that is over: with what was said in the
    review before the debrief, which itself brings none."""
    if turns[index].kind == "confirm":
        return None
    asked = [t for t in turns[:index] if t.kind != "confirm"]
    return _marked([*asked, turns[index]], len(asked), turns, plan)


def _marked(
    turns: Sequence[TurnRecord],
    index: int,
    known: Sequence[TurnRecord],
    plan: Mapping[int, Question],
) -> Marked | None:
    """The mark of what was said before the turn at `index`; of a question that is over, the last
    that is `known`."""
    if index == 0:
        return None
    before = turns[index - 1]
    closed = turns[index].position != before.position
    return _mark(known if closed else turns[:index], before.number, plan, closed=closed)


def _mark(
    turns: Sequence[TurnRecord], number: int, plan: Mapping[int, Question], *, closed: bool
) -> Marked | None:
    """The mark of the question that turn `number` belongs to; None where it has none."""
    before = next(t for t in turns if t.number == number)
    question = plan.get(before.position)
    mine = [t for t in turns if t.position == before.position]
    if closed:
        # A question that ends with a follow-up skipped still owes its whole grade.
        before = next((t for t in reversed(mine) if t.standing is not None), before)
    if before.grade is None or before.standing is None or question is None:
        return None
    answers = [t for t in mine if t.is_answer]
    texts = [t.reply["text"] for t in answers if t.reply]
    return Marked(
        answers[-1].number,
        question,
        texts[-1],
        before.grade,
        before.standing,
        joined(texts),
        closed,
        question.coaching if closed else (),
        caps(mine),
    )


def _reviewed(turns: Sequence[TurnRecord], here: TurnRecord) -> Grade | None:
    """How the question under review stood before."""
    mine = (t for t in reversed(turns) if t.position == here.position)
    return next((t.standing for t in mine if t.standing is not None), None)


def _unsure(here: TurnRecord, grade: Grade | None) -> tuple[Unsure, ...]:
    if not isinstance(grade, Scored):
        return ()
    points = {p.id: p for p in grade.points}
    return tuple(
        Unsure(p.id, p.text, p.answer_span, p.source_span, p.verdict, p.confidence)
        for p in (points[i] for i in here.unsure if i in points)
    )
