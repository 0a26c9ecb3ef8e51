"""An interview without a person: answers from a file, a row of JSON for every turn.

Invariant: every row read is used once, in order; when the file ends the session is finished.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, StrictStr

from agent.batch import grade_as_json
from agent.plan import MOST_QUESTIONS, Options, choose
from ui.contracts import question_json
from ui.rows import RowsError, read_rows
from ui.workspaces import LOCAL

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.turns import Turn
    from agent.workspace import Workspace


SHAPE = '{"answer": "…"} or {"question_id": "…", "answer": "…"}'


class AnswerRow(BaseModel):
    """A row of ``quiz --answers``; other fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    answer: StrictStr
    question_id: StrictStr | None = None


def read_answers(path: Path) -> list[AnswerRow]:
    """The rows of the file. Raises RowsError naming the first bad line."""
    rows = read_rows(path, AnswerRow, SHAPE)
    if not rows:
        raise RowsError(f"{path} holds no answers; a row looks like {SHAPE}")
    return rows


def run_scripted(
    workspace: Workspace, path: Path, options: Options, count: int | None, follow_ups: bool
) -> Iterator[dict[str, Any]]:
    """Hold the interview that the file answers; its rows, the report last."""
    rows = read_answers(path)
    interview = workspace.interview
    ids = _question_ids(workspace, rows, options, count, follow_ups)
    turn = interview.start(
        dataclasses.replace(
            options,
            question_ids=ids,
            follow_ups=follow_ups,
            ask_when_unsure=False,
            closing=False,
        )
    )
    waiting = deque(rows)
    while not turn.finished:
        if not waiting:
            turn = interview.stop(turn.session_id)
        elif _is_for(waiting[0], turn):
            turn = interview.answer(turn.session_id, waiting.popleft().answer, turn.number)
        else:  # a follow-up, or a question put again after a hint, that the file passes over
            turn = interview.answer(turn.session_id, "skip", turn.number)
    yield from session_rows(interview, turn.session_id)


def _is_for(row: AnswerRow, turn: Turn) -> bool:
    """Whether a row answers this turn: it names no question, or the turn's."""
    named = row.question_id
    return named is None or (turn.question is not None and named == turn.question.id)


def _question_ids(
    workspace: Workspace,
    rows: list[AnswerRow],
    options: Options,
    count: int | None,
    follow_ups: bool,
) -> tuple[str, ...]:
    """The questions in the order of the rows: those named, the others from a plan."""
    named = [row.question_id for row in rows]
    free = min(named.count(None), count or len(rows))
    planned: deque[str] = deque()
    if free:
        recent = workspace.interview.history.recent(LOCAL)
        # As many more as are named: those are not asked twice.
        most = min(free + len(named) - named.count(None), MOST_QUESTIONS)
        leaning = workspace.interview.leaning(options)
        wanted = dataclasses.replace(options, count=most)
        plan = choose(workspace.ready(), wanted, recent, leaning=leaning)
        planned.extend(q.id for q in plan if q.id not in named)
    ids: list[str] = []
    for row_id in named:
        if row_id is not None:
            # With follow-ups, neighbouring rows about one question are one conversation.
            if not (follow_ups and ids and ids[-1] == row_id):
                ids.append(row_id)
        elif planned:
            ids.append(planned.popleft())
    return tuple(ids[:count])


def session_rows(interview: Interview, session_id: str) -> Iterator[dict[str, Any]]:
    """A row for every turn that was answered, then the report."""
    turns = interview.turns(session_id)
    grades = {t.marked.number: t.marked.grade for t in turns if t.marked}
    for turn in turns:
        if turn.kind not in ("question", "follow_up") or turn.reply is None:
            continue
        if turn.intent == "stop":
            continue
        grade = grades.get(turn.number)
        yield {
            "turn": turn.number,
            "session_id": session_id,
            "kind": turn.kind,
            "prompt": turn.prompt,
            "question": question_json(turn.question) if turn.question else None,
            "answer": turn.reply,
            "intent": turn.intent,
            "reason": turn.reason,
            "grade": grade_as_json(grade) if grade else None,
        }
    yield {"report": asdict(interview.report(session_id))}
