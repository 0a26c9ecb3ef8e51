"""A second look at a mark: another answer to the same question, or a disagreement.

Invariant: the interview's own marks, its flow and all averages stay as they are; text is kept
before anything is graded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent.addenda import Addenda, Disagreement, Retry, writable
from agent.grades import Grade, PointGrade, Scored
from agent.hint_costs import capped, caps
from agent.marking import Marking
from agent.notebook import Notebook
from agent.records import Standing, TurnRecord, standings
from agent.schedule import rating_of
from corpus.schema import GreenroomError, Question

LONGEST_REASON = 2000  # characters


class SecondLookError(GreenroomError):
    """There is no mark to look at again, or nothing was said about it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One key point before and after; None where a grade does not have it."""

    id: str
    text: str
    before: PointGrade | None
    after: PointGrade | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two grades of one question. `said` is what the first is of, `answer` what the second is."""

    question: Question
    before: Grade
    after: Grade
    said: str
    answer: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every key point of either grade, in the order of the first."""
        old, new = _points(self.before), _points(self.after)
        return tuple(
            Change(i, (old.get(i) or new[i]).text, old.get(i), new.get(i))
            for i in dict.fromkeys((*old, *new))
        )


class SecondLook:
    """Second looks at the sessions of one history."""

    def __init__(self, book: Notebook, marking: Marking) -> None:
        self._book = book
        self._marking = marking
        self._addenda = Addenda(book.history.database)

    def last_marked(self, session_id: str, *, closed: bool = False) -> Standing:
        """The question that was marked last; with `closed` one that is over, so that its missed
        points were shown. Raises `SecondLookError` where there is none."""
        self._refuse_early(session_id)
        turns = self._book.history.turns(session_id)
        marked = [t for t in turns if t.standing is not None]
        if closed and turns and turns[-1].kind != "report":
            marked = [t for t in marked if t.position != turns[-1].position]
        if not marked:
            raise SecondLookError("nothing is marked yet; answer a question first")
        return self._standing(session_id, marked[-1].position, turns)

    def retry(self, session_id: str, answer: str, position: int | None = None) -> Comparison:
        """Grade another answer to the question at `position` (the one marked last that is over),
        beside its first mark. Neither the debrief nor the progress counts it. Raises
        `SecondLookError` where there is no such question or it has no mark."""
        stand = self._stand(session_id, position, closed=True)
        if stand.grade is None:
            raise SecondLookError("this question has no mark to compare with; it was skipped")
        kept = self._addenda.add_retry(
            session_id, self._number(session_id, stand), writable(answer), self._book.now()
        )
        grade = self._marking.alone(stand.question, kept.answer)
        self._addenda.save_retry_grade(kept, grade)
        return Comparison(stand.question, stand.grade, grade, stand.text, kept.answer)

    def disagree(self, session_id: str, reason: str, position: int | None = None) -> Comparison:
        """Keep why the mark of a question (the last one) is found wrong, and grade all that was
        said once more, as one text. Both marks are kept; the first goes on counting. Raises
        `SecondLookError` where there is no mark, or no reason of a fitting length."""
        why = writable(" ".join(reason.split()))
        if not why:
            raise SecondLookError("say what is wrong with the mark: !disagree REASON")
        if len(why) > LONGEST_REASON:
            raise SecondLookError(
                f"the reason has {len(why):,} characters; shorten it to {LONGEST_REASON:,}"
            )
        stand = self._stand(session_id, position, closed=False)
        if stand.grade is None:
            raise SecondLookError("this question has no mark to disagree with")
        number, now = self._number(session_id, stand), self._book.now()
        kept = self._addenda.add_disagreement(session_id, number, why, now, stand.grade)
        grade = self._regraded(session_id, stand)
        self._addenda.save_regrade(kept, grade)
        return Comparison(stand.question, stand.grade, grade, stand.text, stand.text)

    def rate(self, session_id: str, word: str, position: int | None = None) -> Standing:
        """Say how well a question (the last one) was recalled (again, hard, good or easy), in place
        of what its mark says; its due date follows. Raises `agent.schedule.RatingError`."""
        stand = self._stand(session_id, position, closed=False)
        self._addenda.rate(session_id, stand.position, rating_of(word), self._book.now())
        return stand

    def retries(self, session_id: str) -> list[Retry]:
        """All answers tried again in a session; one that a kill left without a grade gets it."""
        return [self._graded(r) for r in self._addenda.retries(session_id)]

    def disagreements(self, session_id: str) -> list[Disagreement]:
        """All disagreements of a session."""
        return self._addenda.disagreements(session_id)

    def cases(self, session_id: str) -> list[dict[str, Any]]:
        """The disagreements as rows that ``greenroom grade --batch`` reads, with the reason and
        both marks beside."""
        return [self._case(d) for d in self.disagreements(session_id)]

    def _case(self, about: Disagreement) -> dict[str, Any]:
        stand = self._at(about.session_id, about.number)
        question = stand.question
        return {
            "id": f"{about.session_id}-{about.number}-{about.attempt}",
            "question_id": question.id,
            "question": question.question,
            "answer": stand.text,
            "reference": question.reference.text if question.reference else None,
            "key_points": [
                {"id": p.id, "text": p.text, "weight": p.weight} for p in question.key_points
            ],
            "misconceptions": [asdict(m) for m in question.misconceptions],
            "reason": about.reason,
            "marked": asdict(about.before),
            "regraded": asdict(about.regrade) if about.regrade else None,
        }

    def _graded(self, retry: Retry) -> Retry:
        if retry.grade is not None:
            return retry
        stand = self._at(retry.session_id, retry.number)
        self._addenda.save_retry_grade(retry, self._marking.alone(stand.question, retry.answer))
        return next(
            r
            for r in self._addenda.retries(retry.session_id)
            if (r.number, r.attempt) == (retry.number, retry.attempt)
        )

    def _regraded(self, session_id: str, stand: Standing) -> Grade:
        turns = self._book.history.turns(session_id)
        most = caps(t for t in turns if t.position == stand.position)
        return capped(self._marking.alone(stand.question, stand.text), most)

    def _stand(self, session_id: str, position: int | None, *, closed: bool) -> Standing:
        if position is None:
            return self.last_marked(session_id, closed=closed)
        self._refuse_early(session_id)
        turns = self._book.history.turns(session_id)
        stand = self._standing(session_id, position, turns)
        if closed and turns[-1].kind != "report" and turns[-1].position == position:
            raise SecondLookError("this question is not over yet; answer or skip it first")
        return stand

    def _refuse_early(self, session_id: str) -> None:
        session = self._book.history.session(session_id)
        if session and session.withheld:
            raise SecondLookError(
                "in a real interview the marks come with the debrief; look at them again then"
            )

    def _standing(self, session_id: str, position: int, turns: Sequence[TurnRecord]) -> Standing:
        for stand in standings(self._book.history.plan(session_id), turns):
            if stand.position == position:
                return stand
        raise SecondLookError(f"question {position + 1} of this interview was not answered")

    def _at(self, session_id: str, number: int) -> Standing:
        turns = self._book.history.turns(session_id)
        position = next(t.position for t in turns if t.number == number)
        return self._standing(session_id, position, turns)

    def _number(self, session_id: str, stand: Standing) -> int:
        turns = self._book.history.turns(session_id)
        return max(t.number for t in turns if t.position == stand.position and t.is_answer)


def _points(grade: Grade) -> Mapping[str, PointGrade]:
    return {p.id: p for p in grade.points} if isinstance(grade, Scored) else {}
