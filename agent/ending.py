"""The steps after the last question: the candidate's own questions, points to confirm, the debrief.

A real interview asks of no point in its course. What the grader is unsure of is put here, the
points that weigh most first, so that the marks of the debrief are as sure as they can be.

Invariant: a step may run twice and leaves the same behind as once; what the candidate asks changes
no mark.
"""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter

from agent.closing import MORE, MOST_ASKED, PROMPT, LookUp, reply_to
from agent.grades import Grade, PointGrade, Scored
from agent.hint_costs import capped, caps
from agent.intents import read_reply
from agent.marking import HOPELESS
from agent.notebook import Notebook
from agent.records import TurnRecord
from agent.score import rescore, to_ask
from agent.state import State
from corpus.schema import Span

MOST_REVIEWED = 6  # points put to the candidate before the debrief
REVIEW = "Before the debrief: did you say {}? I am not sure."
_SPANS: TypeAdapter[tuple[Span, ...]] = TypeAdapter(tuple[Span, ...])


class Ending:
    """The end of a session; `look_up` finds what answers the candidate's questions."""

    def __init__(self, book: Notebook, look_up: LookUp | None = None) -> None:
        self._book = book
        self._look_up = look_up

    def close(self, state: State) -> State:
        """Ask for the candidate's questions, or for more of them."""
        ended: State = {**state, "position": state["total"], "attempt": 0}
        first = state["kind"] != "closing"
        opened = self._book.open(
            ended, "closing", PROMPT if first else MORE, state["note"], cited=_cited(state)
        )
        return {**opened, "position": state["total"], "attempt": 0, **_NOTHING_TO_SAY}

    def converse(self, state: State) -> State:
        """Find the reply to what the candidate asked; it is said with the next turn."""
        text = self._book.text(state, state["number"])
        words = reply_to(text, self._look_up(text) if self._look_up else ())
        cited = _SPANS.dump_python(words.cited, mode="json")
        return {"note": words.text, "cited": list(cited)}

    def review(self, state: State) -> State:
        """Put the next question's unsure points to the candidate, if any are left to put."""
        before = self._book.opened(state)
        if before is not None and before.kind == "confirm":
            position, unsure = before.position, before.unsure
        else:
            position, unsure = self._next_unsure(state)
        if not unsure:
            return {"unsure": []}
        here: State = {**state, "position": position, "attempt": 0}
        prompt = REVIEW.format("these" if len(unsure) > 1 else "this")
        opened = self._book.open(
            here, "confirm", prompt, state["note"], unsure=unsure, cited=_cited(state)
        )
        return {**opened, "position": position, "unsure": list(unsure), **_NOTHING_TO_SAY}

    def mark_reviewed(self, state: State) -> State:
        """Write down what the candidate said of those points; no word leaves the guess standing."""
        reply, number = state["reply"], state["number"]
        verdicts = dict(reply["verdicts"])
        if reply["kind"] == "answer" and (word := read_reply(reply["text"])):
            verdicts = dict.fromkeys(state["unsure"], word)
        verdicts = {i: v for i, v in verdicts.items() if i in state["unsure"]}
        turns = self._book.history.turns(state["session_id"])
        mine = [t for t in turns if t.position == state["position"] and t.number < number]
        last = _last_marked(mine)
        if last is not None and isinstance(last.standing, Scored) and last.grade is not None:
            marked = capped(rescore(last.standing, verdicts), caps(mine))
            self._book.history.save_grade(state["session_id"], number, last.grade)
            self._book.history.save_standing(state["session_id"], number, marked)
        return {"unsure": []}

    def debrief(self, state: State) -> State:
        """End the session."""
        ended: State = {**state, "position": state["total"], "attempt": 0}
        # What was to be said with a question that will not come is left out.
        said = state["note"] if state["position"] >= state["total"] else ""
        cited = _cited(state) if said else ()
        opened = self._book.open(ended, "report", "", said, cited=cited)
        self._book.history.finish(state["session_id"], self._book.now())
        return {**opened, "position": state["total"], "finished": True}

    def after_conversing(self, state: State) -> Literal["close", "review"]:
        """Whether the candidate may ask once more."""
        turns = self._book.history.turns(state["session_id"])
        asked = sum(t.kind == "closing" and t.number <= state["number"] for t in turns)
        return "close" if asked < MOST_ASKED else "review"

    def after_review(self, state: State) -> Literal["listen", "debrief"]:
        """Whether points wait for the candidate."""
        return "listen" if state["unsure"] else "debrief"

    def _next_unsure(self, state: State) -> tuple[int, tuple[str, ...]]:
        """The first question with points to put, and their ids; none where none is left."""
        options = self._book.options(state)
        if options.mode != "interview" or not options.ask_when_unsure:
            return state["position"], ()
        turns = self._book.history.turns(state["session_id"])
        put = {t.position for t in turns if t.kind == "confirm"}
        left = MOST_REVIEWED - sum(len(t.unsure) for t in turns if t.kind == "confirm")
        unsure = [
            (position, point)
            for position in sorted({t.position for t in turns} - put)
            for point in _unsure([t for t in turns if t.position == position])
        ]
        unsure.sort(key=lambda at: (-at[1].weight, at[1].confidence, at[0], at[1].id))
        chosen = unsure[: max(0, left)]
        first = min((position for position, _ in chosen), default=state["position"])
        return first, tuple(point.id for position, point in chosen if position == first)


_NOTHING_TO_SAY: State = {"note": "", "cited": []}


def _cited(state: State) -> tuple[Span, ...]:
    return _SPANS.validate_python(state.get("cited", []))


def _last_marked(turns: list[TurnRecord]) -> TurnRecord | None:
    return next((t for t in reversed(turns) if t.standing is not None), None)


def _unsure(turns: list[TurnRecord]) -> tuple[PointGrade, ...]:
    last = _last_marked(turns)
    standing: Grade | None = last.standing if last else None
    if not isinstance(standing, Scored) or HOPELESS & set(standing.flags):
        return ()
    return to_ask(standing)
