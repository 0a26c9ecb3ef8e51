"""The interview as the terminal and the web app use it: start, answer, confirm, stop, read back.

Invariant: a reply is in the history before anything is made of it, and only the first reply to a
turn counts. Hence a kill loses nothing, asks nothing twice, and a double submission is one.
"""

from __future__ import annotations

import dataclasses
import random
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from agent.addenda import writable
from agent.alternatives import Disputed
from agent.debrief import Report, report
from agent.driver import Driver
from agent.flow import Flow
from agent.grades import Grader, Verdict
from agent.history import History
from agent.marking import Marking, Retriever
from agent.notebook import Clock, Notebook
from agent.plan import Options, PlanError, QuestionBank
from agent.records import SessionRecord, SessionSummary, TurnRecord, summary
from agent.second_look import SecondLook
from agent.state import Reply
from agent.turns import Turn, turn_of
from corpus.schema import GreenroomError

HISTORY = "history.db"
CHECKPOINTS = "checkpoints.db"


class SessionNotFoundError(GreenroomError):
    """No session has this id."""


class TurnError(GreenroomError):
    """A reply does not fit the turn that is pending."""


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Interview:
    """All sessions of one data folder. Safe for several threads; each session runs in one."""

    def __init__(
        self,
        home: Path,
        bank: QuestionBank,
        grader: Grader,
        retriever: Retriever | None = None,
        clock: Clock = utc_now,
        rng: random.Random | None = None,
        disputed: Disputed | None = None,
    ) -> None:
        """Opens the history in `home`; LangGraph and the checkpoints come with the first answer.

        `rng` draws the seed of a session that names none, and the ids of sessions.
        """
        self.history = History(home / HISTORY)
        self._book = Notebook(self.history, clock)
        self._flow = Flow(self._book, bank)
        self._marking = Marking(self._book, grader, retriever, disputed)
        self.second_look = SecondLook(self._book, self._marking)
        self._driver = Driver(home / CHECKPOINTS, self.history, self._flow, self._marking)
        self._rng = rng or random.SystemRandom()

    def warm(self, session_id: str | None = None) -> None:
        """Load what the first answer needs (LangGraph, a second; with the id of a session also the
        grader and what it makes of the pending question's reference). To be called in a thread of
        its own while the candidate reads; it changes nothing."""
        self._driver.thread()
        last = self.history.last_turn(session_id) if session_id else None
        if last is not None and last.kind in ("question", "follow_up"):
            self._marking.warm(self.history.question(last.session_id, last.position))

    def close(self) -> None:
        """Close the stores."""
        self._driver.close()
        self.history.close()

    def start(self, options: Options, person: str = "local", session_id: str | None = None) -> Turn:
        """Begin a session and put its first question. With the id of one already begun: its
        pending turn. Raises `agent.plan.PlanError` where the options leave nothing to ask."""
        session_id = session_id or uuid.UUID(int=self._rng.getrandbits(128), version=4).hex[:12]
        with self._driver.alone(session_id):
            if self.history.session(session_id) is None:
                self.history.begin(session_id, person, self._seeded(options), self._book.now())
                try:
                    # The graph takes these two steps again, to the same effect, when it is loaded
                    # for the first answer: the first question need not wait for it.
                    state = self._flow.plan({"session_id": session_id})
                    self._flow.ask({"session_id": session_id, **state})
                except PlanError:
                    self.history.forget(session_id)
                    raise
            self._driver.drive(session_id)
            return self._last(session_id)

    def answer(self, session_id: str, text: str, expected_turn: int | None = None) -> Turn:
        """Reply to the pending turn, and get the next.

        A turn answered before is not answered again: the pending one is returned. The text is kept
        as it is, but for lone surrogates, which no file can hold. Raises `TurnError` for a turn
        not yet put, `SessionNotFoundError`.
        """
        reply: Reply = {"kind": "answer", "text": writable(text), "verdicts": {}}
        return self._reply(session_id, reply, expected_turn)

    def confirm(
        self, session_id: str, verdicts: Mapping[str, Verdict], expected_turn: int | None = None
    ) -> Turn:
        """Say, of the points that were put, by id, what one had said. Points left out keep the
        grader's guess. Where nothing waits to be confirmed, the pending turn is returned. Raises
        `TurnError` for an unknown verdict or point."""
        for verdict in verdicts.values():
            if verdict not in get_args(Verdict):
                known = ", ".join(get_args(Verdict))
                raise TurnError(f"{verdict!r} is no verdict; use one of: {known}")
        reply: Reply = {"kind": "confirm", "text": "", "verdicts": dict(verdicts)}
        return self._reply(session_id, reply, expected_turn)

    def stop(self, session_id: str) -> Turn:
        """End the session now; its report."""
        return self._reply(session_id, {"kind": "stop", "text": "", "verdicts": {}}, None)

    def current(self, session_id: str) -> Turn:
        """The pending turn (or the report), after finishing what a kill cut off."""
        self._record(session_id)
        with self._driver.alone(session_id):
            self._driver.drive(session_id)
            return self._last(session_id)

    def turns(self, session_id: str) -> tuple[Turn, ...]:
        """Every turn so far in order, the pending one last."""
        record = self._record(session_id)
        turns, plan = self.history.turns(session_id), self.history.plan(session_id)
        made = report(record, plan, turns)
        return tuple(turn_of(turns, i, plan, made) for i in range(len(turns)))

    def sessions(self, person: str | None = None) -> list[SessionSummary]:
        """All sessions (of one person), the newest first."""
        return [
            summary(record, self.history.plan(record.id), self.history.turns(record.id))
            for record in self.history.sessions(person)
        ]

    def report(self, session_id: str) -> Report:
        """How a session went, also before its end."""
        record = self._record(session_id)
        return report(record, self.history.plan(session_id), self.history.turns(session_id))

    def forget(self, session_id: str) -> None:
        """Really delete a session. Raises `SessionNotFoundError`."""
        self._record(session_id)
        with self._driver.alone(session_id):
            self._driver.thread().forget(session_id)
            self.history.forget(session_id)

    def forget_document(self, document_id: str) -> list[str]:
        """Really delete the questions from a document with all replies to them and quotes of it;
        returns the sessions concerned, which end. Only a document that is deleted itself stays
        forgotten."""
        sessions = self.history.forget_document(document_id, self._book.now())
        for session_id in sessions:
            with self._driver.alone(session_id):
                self._driver.thread().forget(session_id)
                self._close_early(session_id)
        return sessions

    def forget_all(self) -> None:
        """Really delete every session."""
        for record in self.history.sessions():
            self._driver.thread().forget(record.id)
        self.history.forget_all()

    def _reply(self, session_id: str, reply: Reply, expected: int | None) -> Turn:
        self._record(session_id)
        with self._driver.alone(session_id):
            self._driver.drive(session_id)
            pending = self.history.last_turn(session_id)
            if pending is not None and _fits(pending, reply, expected):
                when = self._book.now()
                self.history.save_reply(session_id, pending.number, reply, when)
                self._driver.drive(session_id)
            return self._last(session_id)

    def _close_early(self, session_id: str) -> None:
        last = self.history.last_turn(session_id)
        if self.history.session(session_id) and (last is None or last.kind != "report"):
            total = max(self.history.plan(session_id), default=0) + 1
            number = last.number if last else 0
            self._book.open(
                {"session_id": session_id, "number": number, "position": total, "attempt": 0},
                "report",
                "",
                "A document of this session was forgotten.",
            )

    def _last(self, session_id: str) -> Turn:
        turns, plan = self.history.turns(session_id), self.history.plan(session_id)
        final = turns[-1].kind == "report"
        made = report(self._record(session_id), plan, turns) if final else None
        return turn_of(turns, len(turns) - 1, plan, made)

    def _record(self, session_id: str) -> SessionRecord:
        record = self.history.session(session_id)
        if record is None:
            raise SessionNotFoundError(
                f"there is no session {session_id!r}; see `greenroom sessions list`"
            )
        return record

    def _seeded(self, options: Options) -> Options:
        if options.seed is not None:
            return options
        return dataclasses.replace(options, seed=self._rng.getrandbits(32))


def _fits(pending: TurnRecord, reply: Reply, expected: int | None) -> bool:
    """Whether a reply is for the pending turn; False where it comes a second time."""
    if expected is not None and expected > pending.number:
        raise TurnError(f"turn {expected} was not put yet; turn {pending.number} is pending")
    if pending.kind == "report" or (expected is not None and expected < pending.number):
        return False
    if reply["kind"] == "confirm":
        if pending.kind != "confirm":
            return False
        for point in reply["verdicts"]:
            if point not in pending.unsure:
                known = ", ".join(pending.unsure)
                raise TurnError(f"the point {point!r} was not put; those that were: {known}")
    return True
