"""Where a state's ids lead: its question, what was said, the turn that is opened next.

Invariant: a turn stands in the history before the state that names it is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent.addenda import Addenda
from agent.attempts import attempts, moment
from agent.hint_costs import caps
from agent.history import History
from agent.learner import Learner, learner_of
from agent.plan import Options
from agent.records import TurnRecord, joined
from agent.state import State, TurnKind
from corpus.schema import Question, Span

Clock = Callable[[], datetime]  # of aware times


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Notebook:
    """Reads and writes the history for a state. `clock` dates what is written."""

    def __init__(self, history: History, clock: Clock) -> None:
        self.history = history
        self._clock = clock

    def moment(self) -> datetime:
        """The time."""
        return self._clock()

    def now(self) -> str:
        """The time, ISO 8601 to the second."""
        return self._clock().isoformat(timespec="seconds")

    def options(self, state: State) -> Options:
        """What the session was started with."""
        session = self.history.session(state["session_id"])
        return session.options if session else Options()

    def question(self, state: State) -> Question:
        """The question at the state's position."""
        return self.history.question(state["session_id"], state["position"])

    def text(self, state: State, number: int) -> str:
        """What the candidate wrote in a turn; empty where nothing."""
        turn = self.history.turn(state["session_id"], number)
        return turn.reply["text"] if turn and turn.reply else ""

    def said(self, state: State) -> str:
        """All answers to the question so far, joined as a standing's spans count them."""
        return joined([self.text(state, number) for number in state["answers"]])

    def hint_caps(self, state: State) -> dict[str, float]:
        """The most that each point of the question can earn on which hints were given."""
        turns = self.history.turns(state["session_id"])
        return caps(t for t in turns if t.position == state["position"])

    def learner(self, person: str, now: datetime) -> Learner:
        """What is known of a person from all their sessions, as of `now`."""
        avoided = Addenda(self.history.database).avoided(person)
        topics = frozenset(topic for topic, when in avoided.items() if moment(when) <= now)
        done = attempts(self.history, person, withheld=True)
        return replace(learner_of(done, now), avoided=topics)

    def avoid(self, session_id: str, topic: str) -> None:
        """Keep that a session's person does not want to be asked about a topic."""
        if session := self.history.session(session_id):
            Addenda(self.history.database).avoid(session.person, topic, self.now())

    def opened(self, state: State) -> TurnRecord | None:
        """The turn after the state's, where a step that runs again has opened it before."""
        return self.history.turn(state["session_id"], state["number"] + 1)

    def open(
        self,
        state: State,
        kind: TurnKind,
        prompt: str,
        note: str = "",
        unsure: tuple[str, ...] = (),
        hinted: str | None = None,
        cited: tuple[Span, ...] = (),
    ) -> State:
        """Begin the next turn: written to the history, then returned as the state's change.

        `hinted` is the key point that the hint in `note` aims at, `cited` what the note quotes.
        """
        number = state["number"] + 1
        turn = TurnRecord(
            state["session_id"],
            number,
            state["position"],
            state["attempt"],
            kind,
            prompt,
            note,
            unsure,
            self.now(),
            reason=self.history.reason(state["session_id"], state["position"])
            if kind == "question"
            else "",
            hinted=hinted,
            cited=cited,
        )
        self.history.open_turn(turn)
        return {"number": number, "kind": kind, "prompt": prompt}
