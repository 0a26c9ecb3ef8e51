"""The steps that mark an answer: find a reference, grade, merge, ask where the grader is unsure.

Invariant: a grade that stands in the history is not made anew, and only points that were put to the
candidate can be marked by the candidate.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from agent.alternatives import Disputed, grade_disputed
from agent.grades import Grade, Grader, GradeRequest, Scored, Ungraded
from agent.hint_costs import capped
from agent.intents import read_reply
from agent.notebook import Notebook
from agent.plan import has_reference
from agent.score import merge, rescore, to_ask
from agent.state import State, grade_of, grade_to_json
from corpus.questions.behavioural import rubric
from corpus.schema import Question, Reference

MOST_CONFIRMED = 3  # points put to the candidate after one answer
HOPELESS = frozenset({"empty", "injection", "question_copied"})  # flags that end all probing

Retriever = Callable[[Question], Reference | None]
"""Finds what to grade a question against that has nothing; None where nothing found is likely."""


class Marking:
    """The marking steps, with a grader, a retriever and a finder of disputes."""

    def __init__(
        self,
        book: Notebook,
        grader: Grader,
        retriever: Retriever | None,
        disputed: Disputed | None = None,
    ) -> None:
        self._book = book
        self._grader = grader
        self._retriever = retriever
        self._disputed = disputed

    def warm(self, question: Question) -> None:
        """Let the grader load, and keep what it makes of the reference; the mark is thrown away."""
        if has_reference(question):
            self._grader.grade(GradeRequest.of(question, "ready"))

    def retrieve(self, state: State) -> State:
        """Find something to grade against for a question that has nothing: for one about the
        candidate's own work what any good story has, for another a passage."""
        question = self._book.question(state)
        if has_reference(question):
            return {}
        if question.kind == "behavioural":
            complete = dataclasses.replace(question, key_points=rubric(question.question))
        elif self._retriever and (found := self._retriever(question)) is not None:
            complete = dataclasses.replace(question, reference=found)
        else:
            return {}
        place = state["session_id"], state["position"]
        self._book.history.replace_question(*place, complete)
        return {}

    def grade(self, state: State) -> State:
        """Grade the answer just given, on its own."""
        session_id, number = state["session_id"], state["number"]
        turn = self._book.history.turn(session_id, number)
        grade = turn.grade if turn else None
        if grade is None:
            # "I don't know" is graded as what it is worth: an answer with nothing in it.
            said = self._book.text(state, number) if state["intent"] == "answer" else ""
            grade = self.alone(self._book.question(state), said)
            self._book.history.save_grade(session_id, number, grade)
        return {"grade": grade_to_json(grade)}

    def settle(self, state: State) -> State:
        """Merge the grade into how the question stands; find what the grader is unsure of. Raises
        ValueError where nothing was graded: a step was left out."""
        grade, before = grade_of(state["grade"]), grade_of(state["standing"])
        if grade is None:
            raise ValueError(f"turn {state['number']} of {state['session_id']} has no grade")
        standing = self._merged(state, before, grade)
        unsure: tuple[str, ...] = ()
        if isinstance(grade, Scored) and isinstance(standing, Scored):
            unsure = self._unsure(state, grade, standing)
        self._book.history.save_standing(state["session_id"], state["number"], standing)
        return {
            "before": state["standing"],
            "standing": grade_to_json(standing),
            "unsure": list(unsure),
            "gained": state["attempt"] == 0 or _mark(standing) > _mark(before),
        }

    def confirm(self, state: State) -> State:
        """Put to the candidate the points that the grader is unsure of."""
        many = len(state["unsure"]) > 1
        prompt = f"Did you say {'these' if many else 'this'}? I am not sure."
        return self._book.open(state, "confirm", prompt, unsure=tuple(state["unsure"]))

    def mark(self, state: State) -> State:
        """Write down what the candidate said of those points; no word leaves the guess standing.
        Raises ValueError where there is no mark to confirm: a step was left out."""
        reply = state["reply"]
        verdicts = dict(reply["verdicts"])
        if reply["kind"] == "answer" and (word := read_reply(reply["text"])):
            verdicts = dict.fromkeys(state["unsure"], word)
        verdicts = {i: v for i, v in verdicts.items() if i in state["unsure"]}
        grade, before = grade_of(state["grade"]), grade_of(state["before"])
        if not isinstance(grade, Scored):
            raise ValueError(f"turn {state['number']} of {state['session_id']} confirms no grade")
        marked = rescore(grade, verdicts)
        # Merged anew: a guess that the candidate denies must not undo an earlier answer.
        standing = self._merged(state, before, marked)
        self._book.history.save_grade(state["session_id"], state["number"], marked)
        self._book.history.save_standing(state["session_id"], state["number"], standing)
        return {
            "grade": grade_to_json(marked),
            "standing": grade_to_json(standing),
            "unsure": [],
            "gained": state["attempt"] == 0 or _mark(standing) > _mark(before),
        }

    def _merged(self, state: State, before: Grade | None, grade: Grade) -> Grade:
        merged = grade
        if isinstance(before, Scored):
            later = [_moved(grade, self._offset(state))] if isinstance(grade, Scored) else []
            merged = merge(before, later)
        return capped(merged, self._book.hint_caps(state))

    def _offset(self, state: State) -> int:
        """Where the last answer begins in all of them joined."""
        return len(self._book.said(state)) - len(self._book.text(state, state["answers"][-1]))

    def _unsure(self, state: State, grade: Scored, standing: Scored) -> tuple[str, ...]:
        options = self._book.options(state)
        if not options.ask_when_unsure or HOPELESS & set(grade.flags):
            return ()
        if options.mode == "interview":
            return ()  # put before the debrief (`agent.ending`)
        offset = self._offset(state)
        # Only words of this answer: older ones were put to the candidate before.
        new = [p.id for p in to_ask(standing) if p.answer_span and p.answer_span.start >= offset]
        return tuple(new[:MOST_CONFIRMED])

    def alone(self, question: Question, said: str) -> Grade:
        """The grade of an answer by itself; nothing is written down."""
        alternatives = self._disputed(question) if self._disputed and said.strip() else ()
        grade = grade_disputed(self._grader, GradeRequest.of(question, said), alternatives)
        searched = self._retriever is not None and not has_reference(question)
        if searched and isinstance(grade, Ungraded) and grade.reason == "no_reference":
            return dataclasses.replace(grade, reason="weak_retrieval")
        return grade


def _moved(grade: Scored, offset: int) -> Scored:
    """The grade with its spans counted in the joined answers, where this one begins at `offset`."""
    points = tuple(
        dataclasses.replace(
            p,
            answer_span=dataclasses.replace(
                p.answer_span, start=p.answer_span.start + offset, end=p.answer_span.end + offset
            ),
        )
        if p.answer_span
        else p
        for p in grade.points
    )
    return dataclasses.replace(grade, points=points)


def _mark(grade: Grade | None) -> float:
    return grade.score if isinstance(grade, Scored) else 0.0
