"""An interview without a person: answers from a file, a row of JSON for every turn.

Invariant: a row answers its own question or none, once and in order; what cannot be used is said;
when the file ends the session is finished.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, StrictStr

from agent.batch import grade_as_json
from agent.plan import MOST_QUESTIONS, Options, choose
from ui import output
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
    waiting, ids = _cast(workspace, rows, options, count, follow_ups)
    unused = len(rows) - len(waiting)
    named = frozenset(row.question_id for row in rows if row.question_id is not None)
    turn = interview.start(
        dataclasses.replace(
            options,
            question_ids=ids,
            follow_ups=follow_ups,
            ask_when_unsure=False,
            closing=False,
        )
    )
    while not turn.finished:
        if not waiting:
            turn = interview.stop(turn.session_id)
        elif _is_for(waiting[0], turn, named):
            turn = interview.answer(turn.session_id, waiting.popleft().answer, turn.number)
        elif waiting[0].question_id is None:  # the question that is put now is another row's
            waiting.popleft()
            unused += 1
        else:  # a follow-up, or a question put again after a hint, that the file passes over
            turn = interview.answer(turn.session_id, "skip", turn.number)
    if unused := unused + len(waiting):
        output.note(f"{unused} of {len(rows)} rows were not used: no question was left for them")
    yield from session_rows(interview, turn.session_id)


def _is_for(row: AnswerRow, turn: Turn, named: Collection[str]) -> bool:
    """Whether a row answers this turn: its question's, or, of a row that has none, any turn but
    one that puts a question which another row names."""
    asked = turn.question.id if turn.question is not None else None
    if row.question_id is None:
        return turn.kind != "question" or asked not in named
    return row.question_id == asked


def _cast(
    workspace: Workspace,
    rows: list[AnswerRow],
    options: Options,
    count: int | None,
    follow_ups: bool,
) -> tuple[deque[AnswerRow], tuple[str, ...]]:
    """The rows that can be used, each with the question that it answers, and the questions in
    asking order. With follow-ups a row that names no question has none: it may answer a
    follow-up."""
    planned = _planned(workspace, rows, options, count)
    ids: list[str] = []
    waiting: deque[AnswerRow] = deque()
    for row in rows:
        wanted = row.question_id
        if wanted is None and planned:
            wanted = planned.popleft()
        # With follow-ups, neighbouring rows about one question are one conversation.
        again = follow_ups and bool(ids) and wanted == ids[-1]
        room = len(ids) < (count or len(rows))
        if wanted is not None and room and not again:
            ids.append(wanted)
        if follow_ups and row.question_id is None:
            waiting.append(row)
        elif wanted is not None and (again or room):
            waiting.append(row.model_copy(update={"question_id": wanted}))
    return waiting, tuple(ids)


def _planned(
    workspace: Workspace, rows: list[AnswerRow], options: Options, count: int | None
) -> deque[str]:
    """Questions for the rows that name none, other than those that are named."""
    named = [row.question_id for row in rows if row.question_id is not None]
    free = min(len(rows) - len(named), count or len(rows))
    if not free:
        return deque()
    recent = workspace.interview.history.recent(LOCAL)
    # As many more as are named: those are not asked twice.
    most = min(free + len(named), MOST_QUESTIONS)
    leaning = workspace.interview.leaning(options)
    wanted = dataclasses.replace(options, count=most)
    plan = choose(workspace.ready(), wanted, recent, leaning=leaning)
    return deque(q.id for q in plan if q.id not in named)


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
