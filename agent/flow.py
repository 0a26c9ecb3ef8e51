"""The steps of the conversation: plan, ask, understand, tell, follow up, go on, debrief.

Invariant: a step may run twice (after a kill) and leaves the same behind as once, because what it
writes to the history is keyed by session and turn. Code alone decides where a reply leads.
"""

from __future__ import annotations

from typing import Literal

from agent.attempts import moment
from agent.grades import Scored
from agent.hint_costs import price_of_next, still_open
from agent.hints import MOST_HINTS, hint, hint_target, probe, why
from agent.intents import read_intent
from agent.marking import HOPELESS
from agent.notebook import Notebook
from agent.plan import Options, QuestionBank, adapted, choices
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
            # As of the beginning, so that a plan made again after a kill is the same.
            learner = (
                self._book.learner(session.person, moment(session.started)) if session else None
            )
            chosen = choices(self._bank, options, recent, learner)
            self._book.history.save_plan(
                session_id, [c.question for c in chosen], [c.reason for c in chosen]
            )
            planned = self._book.history.plan(session_id)
        return {"total": len(planned), "number": 0, "finished": False, **_fresh(0)}

    def ask(self, state: State) -> State:
        """Put the question at the state's position, or one that fits the person better by now."""
        self._adapt(state)
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
        hints, hinted = state["hints"], None
        if state["intent"] == "hint":
            hints += 1
            note, hinted = self._hint(state, hints)
        elif state["intent"] == "why":
            reason = self._book.history.reason(state["session_id"], state["position"])
            note = f"{reason} {why(self._book.question(state))}".strip()
        else:
            note = "Here is the question again."
        opened = self._book.open(state, state["kind"], state["prompt"], note, hinted=hinted)
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

    def _hint(self, state: State, number: int) -> tuple[str, str | None]:
        """Hint `number` in words, with its price, and the point that it aims at."""
        standing, question = grade_of(state["standing"]), self._book.question(state)
        most = self._book.hint_caps(state)
        points = still_open(standing.points if isinstance(standing, Scored) else (), most)
        said = f"{' '.join(state['prompts'])} {self._book.said(state)}"
        note = hint(question, points, said, number)
        aims_at = hint_target(question, points) if number <= MOST_HINTS else None
        return (f"{note} {price_of_next(aims_at, most)}" if aims_at else note), aims_at

    def _probe(self, state: State) -> str | None:
        standing = grade_of(state["standing"])
        if not isinstance(standing, Scored):
            return None
        points = still_open(standing.points, self._book.hint_caps(state))
        found = probe(self._book.question(state), points, self._book.said(state), state["prompts"])
        return found.text if found else None

    def _adapt(self, state: State) -> None:
        """Plan another question for this place where the answers so far call for it; never for
        the first, and never for one that was put already."""
        session = self._book.history.session(state["session_id"])
        if session is None or state["position"] == 0:
            return
        learner = self._book.learner(session.person, self._book.moment())
        plan = self._book.history.plan(session.id).values()
        question = self._book.question(state)
        better = adapted(self._bank, session.options, plan, question, learner)
        if better is not None:
            self._book.history.swap_question(
                session.id, state["position"], better.question, better.reason
            )


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
