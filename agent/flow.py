"""The steps of the conversation: plan, ask, understand, tell, follow up, go on.

Invariant: a step may run twice (after a kill) and leaves the same behind as once, because what it
writes to the history is keyed by session and turn. Code alone decides where a reply leads.
"""

from __future__ import annotations

from typing import Literal

from agent.attempts import moment
from agent.candidate import Leaning, leaning_of
from agent.closing import LookUp, asks
from agent.ending import Ending
from agent.grades import Scored
from agent.intents import read_intent
from agent.interviewer import CandidateOf, Interviewer, Words
from agent.marking import HOPELESS
from agent.notebook import Notebook
from agent.plan import Options, QuestionBank, adapted, choices
from agent.state import State, grade_of
from agent.wording import Wording

MOST_FOLLOW_UPS = 2  # for one question
GOOD_ENOUGH = 0.95  # a question that stands so gets no follow-up
LEFT = (
    "Left; it does not count, and this topic will come seldom. Your progress lists such topics and "
    "takes them back."
)
LEFT_MARKED = f"{LEFT} What you answered before keeps its mark."


class Flow:
    """The conversation's steps, and where each leads."""

    def __init__(
        self,
        book: Notebook,
        bank: QuestionBank,
        interviewer: Interviewer,
        candidate_of: CandidateOf,
        look_up: LookUp | None = None,
    ) -> None:
        self.ending = Ending(book, look_up)
        self._book = book
        self._bank = bank
        self._words = Wording(book, interviewer, candidate_of)
        self._candidate_of = candidate_of

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
            leaning = self.leaning(session.person, options) if session else None
            chosen = choices(self._bank, options, recent, learner, leaning)
            self._book.history.save_plan(
                session_id, [c.question for c in chosen], [c.reason for c in chosen]
            )
            planned = self._book.history.plan(session_id)
        return {"total": len(planned), "number": 0, "finished": False, **_fresh(0)}

    def leaning(self, person: str, options: Options) -> Leaning | None:
        """Where a person's CV and job lead the choice of questions; None where nowhere."""
        return leaning_of(self._bank.questions, self._candidate_of(person, options))

    def ask(self, state: State) -> State:
        """Put the question at the state's position, or one that fits the person better by now."""
        self._adapt(state)
        before = self._book.opened(state)
        prompt = before.prompt if before else self._words.question(state)
        opened = self._book.open(state, "question", prompt, state["note"])
        return {**opened, "prompts": [prompt]}

    def understand(self, state: State) -> State:
        """Take the reply for an answer, a confirmation, or a word to the interviewer."""
        reply = state["reply"]
        if reply["kind"] == "stop":
            intent = "stop"
        elif state["kind"] == "confirm":
            intent = "stop" if read_intent(reply["text"]) == "stop" else "confirm"
        elif state["kind"] == "closing":
            intent = "asked" if asks(reply["text"]) else "nothing_to_ask"
        else:
            intent = str(read_intent(reply["text"]))
            if intent == "not_my_topic":
                self._book.avoid(state["session_id"], self._book.question(state).topic)
        self._book.history.save_intent(state["session_id"], state["number"], intent)
        if intent in ("answer", "dont_know"):
            return {"intent": intent, "answers": [*state["answers"], state["number"]]}
        return {"intent": intent}

    def tell(self, state: State) -> State:
        """Answer a word to the interviewer, and put the same question again."""
        hints, said, hinted = state["hints"], Words(""), None
        if state["intent"] == "hint":
            hints += 1
            if self._book.opened(state) is None:
                said, hinted = self._words.hint(state, hints)
        elif state["intent"] == "why":
            said = Words(self._words.why(state))
        else:
            said = Words("Here is the question again.")
        opened = self._book.open(
            state, state["kind"], state["prompt"], said.text, hinted=hinted, cited=said.cited
        )
        return {**opened, "hints": hints}

    def follow_up(self, state: State) -> State:
        """Ask after the most valuable point that is still open."""
        before = self._book.opened(state)
        found = before.prompt if before else self._words.follow_up(state)
        changed: State = {
            "attempt": state["attempt"] + 1,
            "prompts": [*state["prompts"], found],
        }
        return {**self._book.open({**state, **changed}, "follow_up", found), **changed}

    def advance(self, state: State) -> State:
        """Leave this question for the next."""
        note, open_yet = "", state["standing"] is None
        if state["intent"] == "not_my_topic":
            note = LEFT if open_yet else LEFT_MARKED
        elif state["intent"] == "skip" and open_yet:
            note = "Skipped. It does not count."
        return _fresh(state["position"] + 1, note)

    def after_understanding(
        self, state: State
    ) -> Literal[
        "debrief", "mark", "mark_reviewed", "advance", "tell", "retrieve", "converse", "review"
    ]:
        """Where a reply leads."""
        match state["intent"]:
            case "stop":
                return "debrief"
            case "confirm":
                later = self._book.options(state).mode == "interview"
                return "mark_reviewed" if later else "mark"
            case "asked":
                return "converse"
            case "nothing_to_ask":
                return "review"
            case "skip" | "not_my_topic":
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
            and self._words.probe(state) is not None
        )
        return "follow_up" if worth_it else "advance"

    def after_advancing(self, state: State) -> Literal["ask", "close", "review"]:
        """Whether a question is left, or what ends the session."""
        if state["position"] < state["total"]:
            return "ask"
        return "close" if self._book.options(state).closes else "review"

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
