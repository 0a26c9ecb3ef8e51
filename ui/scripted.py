"""An interview without a person: answers from a file, a row of JSON for every turn.

Invariant: every row read is used once, in order; when the file ends the session is finished.
"""

from __future__ import annotations

import dataclasses
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.batch import grade_as_json
from agent.plan import Options, choose
from corpus.schema import GreenroomError
from ui.contracts import question_json

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.turns import Turn
    from agent.workspace import Workspace


class AnswersError(GreenroomError):
    """A file of answers cannot be used."""


class AnswerRow(BaseModel):
    """A row of ``quiz --answers``; other fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    answer: str
    question_id: str | None = None


def read_answers(path: Path) -> list[AnswerRow]:
    """The rows of the file. Raises AnswersError naming the first bad line."""
    rows = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                rows.append(AnswerRow.model_validate(json.loads(line)))
            except (ValidationError, ValueError) as error:
                raise AnswersError(
                    f'{path}, line {number}: not an answer; rows are {{"answer"}} or '
                    '{"question_id", "answer"}'
                ) from error
    if not rows:
        raise AnswersError(f"{path} holds no answers")
    return rows


def run_scripted(
    workspace: Workspace, path: Path, options: Options, count: int | None, follow_ups: bool
) -> Iterator[dict[str, Any]]:
    """Hold the interview that the file answers; its rows, the report last."""
    rows = read_answers(path)
    interview = workspace.interview
    ids = _question_ids(workspace, rows, options, count, follow_ups)
    turn = interview.start(
        dataclasses.replace(options, question_ids=ids, follow_ups=follow_ups, ask_when_unsure=False)
    )
    waiting = deque(rows)
    while not turn.finished:
        if turn.kind == "follow_up" and not _answers_here(waiting, turn):
            turn = interview.answer(turn.session_id, "skip", turn.number)
        elif waiting:
            turn = interview.answer(turn.session_id, waiting.popleft().answer, turn.number)
        else:
            turn = interview.stop(turn.session_id)
    yield from session_rows(interview, turn.session_id)


def _answers_here(waiting: deque[AnswerRow], turn: Turn) -> bool:
    """Whether the next row may answer this follow-up: it names no question, or this one."""
    if not waiting:
        return False
    named = waiting[0].question_id
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
        recent = workspace.interview.history.recent("local")
        plan = choose(workspace.ready(), dataclasses.replace(options, count=min(free, 200)), recent)
        planned.extend(q.id for q in plan)
    ids: list[str] = []
    for row_id in named:
        if row_id is not None:
            # With follow-ups, neighbouring rows about one question are one conversation.
            if not (follow_ups and ids and ids[-1] == row_id):
                ids.append(row_id)
        elif planned:
            ids.append(planned.popleft())
    return tuple(ids)


def session_rows(interview: Interview, session_id: str) -> Iterator[dict[str, Any]]:
    """A row for every turn that was answered, then the report."""
    turns = interview.turns(session_id)
    grades = {t.marked.number: t.marked.grade for t in turns if t.marked}
    for turn in turns:
        if turn.kind in ("confirm", "report") or turn.reply is None:
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
            "grade": grade_as_json(grade) if grade else None,
        }
    yield {"report": asdict(interview.report(session_id))}
