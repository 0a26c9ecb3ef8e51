"""The interview as the terminal and the web app use it: start, answer, confirm, stop, read back.

Invariant: a reply is in the history before anything is made of it, and only the first reply to a
turn counts. Hence a kill loses nothing, asks nothing twice, and a double submission is one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import random
import uuid
from collections.abc import Mapping
from pathlib import Path

from agent.addenda import Addenda, writable
from agent.alternatives import Disputed
from agent.candidate import Leaning
from agent.closing import LookUp
from agent.debrief import Report, report
from agent.driver import Driver
from agent.flow import Flow
from agent.grades import Grader, Verdict
from agent.history import History
from agent.history_rows import UnreadableSessionError
from agent.interviewer import CandidateOf, FixedInterviewer, Interviewer, candidate_of
from agent.marking import Marking, Retriever
from agent.notebook import Clock, Notebook, utc_now
from agent.plan import Options, PlanError, QuestionBank
from agent.records import SessionRecord, SessionSummary, shown, summary
from agent.replies import TurnError as TurnError
from agent.replies import check_verdicts, fits
from agent.second_look import SecondLook
from agent.state import Reply
from agent.turns import Marked, Turn, marks_of, turn_of
from corpus.schema import GreenroomError

HISTORY = "history.db"
CHECKPOINTS = "checkpoints.db"


class SessionNotFoundError(GreenroomError):
    """No session has this id."""


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
        interviewer: Interviewer | None = None,
        candidates: CandidateOf = candidate_of,
        database_url: str | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        """Opens the history in `home`, or in the PostgreSQL database at `database_url`; LangGraph
        and the checkpoints come with the first answer.

        `rng` draws the seed of a session that names none, and the ids of sessions. `interviewer`
        words what is said (fixed words where there is none), to the `candidates` that persons are;
        `look_up` finds what answers the questions that they ask themselves.
        """
        self.history = History(database_url or home / HISTORY)
        self._book = Notebook(self.history, clock)
        self.interviewer = interviewer or FixedInterviewer()
        self._flow = Flow(self._book, bank, self.interviewer, candidates, look_up)
        self._marking = Marking(self._book, grader, retriever, disputed)
        self.second_look = SecondLook(self._book, self._marking)
        checkpoints = database_url or home / CHECKPOINTS
        self._driver = Driver(checkpoints, self.history, self._flow, self._marking)
        self._rng = rng or random.SystemRandom()

    def leaning(self, options: Options, person: str = "local") -> Leaning | None:
        """Where a person's CV and job lead the choice of questions; None where nowhere."""
        return self._flow.leaning(person, options)

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
        check_verdicts(verdicts.values())
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
        return tuple(turn_of(record, turns, i, plan, made) for i in range(len(turns)))

    def marks(self, session_id: str) -> tuple[Marked, ...]:
        """Every mark of a session, each a question's whole one; none of a real interview that still
        runs."""
        record = self._record(session_id)
        if record.withheld:
            return ()
        return marks_of(self.history.turns(session_id), self.history.plan(session_id))

    def not_my_topics(self, person: str = "local") -> dict[str, str]:
        """The topics that a person called not theirs, each with when (ISO 8601)."""
        return Addenda(self.history.database).avoided(person)

    def ask_again(self, topic: str, person: str = "local") -> bool:
        """Take "not my topic" back. False where it was not said of this topic."""
        return Addenda(self.history.database).unavoid(person, topic)

    def sessions(self, person: str | None = None) -> list[SessionSummary]:
        """All sessions (of one person), the newest first."""
        return [
            summary(record, self.history.plan(record.id), self.history.turns(record.id))
            for record in self.history.sessions(person)
        ]

    def report(self, session_id: str) -> Report:
        """How a session went, also before its end; a real interview's without marks until then."""
        record, turns = self._record(session_id), self.history.turns(session_id)
        return report(record, self.history.plan(session_id), shown(record, turns))

    def forget(self, session_id: str) -> None:
        """Really delete a session, a damaged one too. Raises `SessionNotFoundError`."""
        with contextlib.suppress(UnreadableSessionError):
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

    def forget_all(self) -> int:
        """Really delete every session, damaged ones too; how many there were."""
        ids = self.history.ids()
        for session_id in ids:
            self._driver.thread().forget(session_id)
        self.history.forget_all()
        return len(ids)

    def _reply(self, session_id: str, reply: Reply, expected: int | None) -> Turn:
        self._record(session_id)
        with self._driver.alone(session_id):
            self._driver.drive(session_id)
            pending = self.history.last_turn(session_id)
            if pending is not None and fits(pending, reply, expected):
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
        record = self._record(session_id)
        made = report(record, plan, turns) if final else None
        return turn_of(record, turns, len(turns) - 1, plan, made)

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
