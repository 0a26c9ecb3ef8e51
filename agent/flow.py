"""The steps of the conversation: plan, ask, understand, tell, follow up, go on, debrief.

Invariant: a step may run twice (after a kill) and leaves the same behind as once, because what it
writes to the history is keyed by session and turn. Code alone decides where a reply leads.
"""

from __future__ import annotations

from typing import Literal

from agent.grades import Scored
from agent.hints import hint, probe, why
from agent.intents import read_intent
from agent.marking import HOPELESS
from agent.notebook import Notebook
from agent.plan import Options, QuestionBank, choose
from agent.state import State, grade_of

MOST_FOLLOW_UPS = 2  # for one question
GOOD_ENOUGH = 0.95  # a question that stands so gets no follow-up


class Flow:
    """The conversation's steps, and where each leads."""

    def __init__(self, book: Notebook, bank: QuestionBank) -> None:
        self._book = book
        self._bank = bank

    def plan(self, state: State) -> State:
        """Choose the questions, once. Raises `PlanError`."""
        session_id = state["session_id"]
        if not (planned := self._book.history.plan(session_id)):
            session = self._book.history.session(session_id)
            options = session.options if session else Options()
            recent = self._book.history.recent(session.person) if session else ()
            self._book.history.save_plan(session_id, choose(self._bank, options, recent))
            planned = self._book.history.plan(session_id)
        return {"total": len(planned), "number": 0, "finished": False, **_fresh(0)}

    def ask(self, state: State) -> State:
        """Put the question at the state's position."""
        prompt = self._book.question(state).question
        opened = self._book.open(state, "question", prompt, state["note"])
        return {**opened, "prompts": [prompt]}

    def understand(self, state: State) -> State:
        """Take the reply for an answer, a confirmation, or a word to the interviewer."""
        reply = state["reply"]
        if reply["kind"] == "stop":
            intent = "stop"
        elif state["kind"] == "confirm":
            intent = "stop" if read_intent(reply["text"]) == "stop" else "confirm"
        else:
            intent = str(read_intent(reply["text"]))
        self._book.history.save_intent(state["session_id"], state["number"], intent)
        if intent in ("answer", "dont_know"):
            return {"intent": intent, "answers": [*state["answers"], state["number"]]}
        return {"intent": intent}

    def tell(self, state: State) -> State:
        """Answer a word to the interviewer, and put the same question again."""
        standing = grade_of(state["standing"])
        points = standing.points if isinstance(standing, Scored) else ()
        question = self._book.question(state)
        hints = state["hints"]
        if state["intent"] == "hint":
            said = f"{' '.join(state['prompts'])} {self._book.said(state)}"
            hints += 1
            note = hint(question, points, said, hints)
        elif state["intent"] == "why":
            note = why(question)
        else:
            note = "Here is the question again."
        opened = self._book.open(state, state["kind"], state["prompt"], note)
        return {**opened, "hints": hints}

    def follow_up(self, state: State) -> State:
        """Ask after the most valuable point that is still open."""
        found = self._probe(state)
        if found is None:
            raise ValueError(f"no follow-up is left for turn {state['number']}")
        changed: State = {
            "attempt": state["attempt"] + 1,
            "prompts": [*state["prompts"], found],
        }
        return {**self._book.open({**state, **changed}, "follow_up", found), **changed}

    def advance(self, state: State) -> State:
        """Leave this question for the next."""
        skipped = state["intent"] == "skip" and state["standing"] is None
        return _fresh(state["position"] + 1, "Skipped. It does not count." if skipped else "")

    def debrief(self, state: State) -> State:
        """End the session."""
        ended: State = {**state, "position": state["total"], "attempt": 0}
        note = state["note"] if state["position"] >= state["total"] else ""
        opened = self._book.open(ended, "report", "", note)
        self._book.history.finish(state["session_id"], self._book.now())
        return {**opened, "position": state["total"], "finished": True}

    def after_understanding(
        self, state: State
    ) -> Literal["debrief", "mark", "advance", "tell", "retrieve"]:
        """Where a reply leads."""
        match state["intent"]:
            case "stop":
                return "debrief"
            case "confirm":
                return "mark"
            case "skip":
                return "advance"
            case "hint" | "why" | "repeat":
                return "tell"
            case _:
                return "retrieve"

    def after_grading(self, state: State) -> Literal["confirm", "follow_up", "advance"]:
        """Where a grade leads."""
        if state["unsure"]:
            return "confirm"
        grade, standing = grade_of(state["grade"]), grade_of(state["standing"])
        worth_it = (
            self._book.options(state).follow_ups
            and state["attempt"] < MOST_FOLLOW_UPS
            and state["gained"]
            and isinstance(grade, Scored)
            and isinstance(standing, Scored)
            and standing.score < GOOD_ENOUGH
            and not HOPELESS & set(grade.flags)
            and state["intent"] != "dont_know"
            and self._probe(state) is not None
        )
        return "follow_up" if worth_it else "advance"

    def after_advancing(self, state: State) -> Literal["ask", "debrief"]:
        """Whether a question is left."""
        return "ask" if state["position"] < state["total"] else "debrief"

    def _probe(self, state: State) -> str | None:
        standing = grade_of(state["standing"])
        if not isinstance(standing, Scored):
            return None
        found = probe(
            self._book.question(state), standing.points, self._book.said(state), state["prompts"]
        )
        return found.text if found else None


def _fresh(position: int, note: str = "") -> State:
    """The place before a question of which nothing was said yet."""
    return {
        "position": position,
        "attempt": 0,
        "prompts": [],
        "hints": 0,
        "answers": [],
        "grade": None,
        "standing": None,
        "before": None,
        "gained": False,
        "unsure": [],
        "note": note,
    }
