"""A made-up history for the tests of the page on progress: twelve interviews on the bundled
library, marked by a grader that can be computed by hand.

Invariant: written as an interview writes it, without a model and without its graph, which would
take most of the time.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rehearsal import WordGrader

from agent.grades import GradeRequest
from agent.history import History
from agent.interview import HISTORY
from agent.pool import Options
from agent.records import TurnRecord
from agent.settings import load_settings
from agent.state import Reply
from agent.workspace import Workspace
from corpus.schema import Question

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
NASTY = "<script>alert(1)</script> **b** {x} \"' ${y} & <img src=x onerror=alert(2)>"
DAYS_AGO = (40, 36, 33, 30, 24, 20, 15, 11, 7, 3, 1, 0)
EACH = 3  # questions an interview


def library(home: Path) -> tuple[Question, ...]:
    """The questions of the bundled library with key points; its topics as the app has them."""
    workspace = Workspace(load_settings(home=home))
    found = tuple(q for q in workspace.questions() if q.key_points)
    workspace.close()
    return found


def practise(
    home: Path,
    bank: tuple[Question, ...],
    person: str = "local",
    end: datetime = NOW,
    interviews: int = len(DAYS_AGO),
) -> tuple[str, ...]:
    """Interviews over the forty days up to `end`; the ids of the questions asked. Every answer
    says the first key point word for word, later ones the second too; some are skipped."""
    asked: list[str] = []
    history = History(home / HISTORY)
    for number, days in enumerate(DAYS_AGO[:interviews]):
        session_id = f"{person}-{number}"
        start = end - timedelta(days=days, hours=1)
        chosen = [bank[(number * EACH + n) % 15] for n in range(EACH)]
        asked += [q.id for q in chosen]
        history.begin(session_id, person, Options(count=EACH), _written(start))
        history.save_plan(session_id, chosen)
        for n, question in enumerate(chosen):
            skips = number % 4 == 3 and n == 0
            said = " ".join(p.text.lower() for p in question.key_points[: 1 + (number > 5)])
            _reply(history, session_id, n, question, "skip" if skips else said, start)
        history.finish(session_id, _written(start + timedelta(minutes=EACH)))
    history.close()
    return tuple(asked)


def _reply(
    history: History, session_id: str, n: int, question: Question, said: str, start: datetime
) -> None:
    """One question put and answered, a minute each, as the interview writes it down."""
    number, intent = n + 1, "skip" if said == "skip" else "answer"
    put, answered = (_written(start + timedelta(minutes=n, seconds=s)) for s in (0, 50))
    history.open_turn(
        TurnRecord(session_id, number, n, 0, "question", question.question, "", (), put)
    )
    reply: Reply = {"kind": "answer", "text": said, "verdicts": {}}
    history.save_reply(session_id, number, reply, answered)
    history.save_intent(session_id, number, intent)
    if intent == "answer":
        grade = WordGrader().grade(GradeRequest.of(question, said))
        history.save_grade(session_id, number, grade)
        history.save_standing(session_id, number, grade)


def _written(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def with_markup(bank: tuple[Question, ...]) -> tuple[Question, ...]:
    """The bank with a question, a topic and a key point that hold markup."""
    first = bank[0]
    points = (dataclasses.replace(first.key_points[0], text=f"one {NASTY}"), *first.key_points[1:])
    return (dataclasses.replace(first, topic=NASTY, question=NASTY, key_points=points), *bank[1:])
