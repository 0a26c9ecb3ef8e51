"""Answers that people marked, and what a grader made of each: from files or from our own marks.

Invariant: every row that was read has one case, in order, also where the grader left it ungraded.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.batch import grade_rows, rows_at_a_time
from agent.case_rows import CaseRow
from agent.grades import Grader, Verdict
from corpus.schema import GreenroomError
from evals.json_rows import json_rows
from evals.marks import MarkedAnswer, Marks

Row = dict[str, Any]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Mark = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class GradedFileError(GreenroomError):
    """A file of marked answers cannot be measured on."""


class _Marked(BaseModel):
    """What people said of an answer; the grader never sees it. All else in a row is kept too."""

    model_config = ConfigDict(extra="allow")

    score: Mark
    answer: Annotated[str, Field(strict=True)]
    label: str | None = None
    kind: str | None = None
    raters: list[Number | None] | None = None
    verdicts: dict[str, Verdict] | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A set of rows with what one grader made of them: `outs` are rows of ``grade --batch``."""

    name: str
    grader: str
    rows: tuple[Row, ...]
    outs: tuple[Row, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """The rows as cases, in order."""
        return tuple(case_of(row, out) for row, out in zip(self.rows, self.outs, strict=True))


@dataclass(frozen=True, slots=True)
class Case:
    """One marked answer with what the grader made of it.

    `human` in [0, 1]; `raters` are single markers' marks (NaN where one gave none); `verdicts` are
    people's, by point.
    """

    qid: str
    human: float
    label: str | None
    out: Row
    kind: str | None = None
    raters: tuple[float, ...] = ()
    verdicts: dict[str, Verdict] | None = None
    question: str = ""
    answer: str = ""

    @property
    def graded(self) -> bool:
        """Whether it has a mark."""
        return bool(self.out["status"] == "graded")

    @property
    def mark(self) -> float:
        """The grader's mark; NaN where there is none."""
        return float(self.out["score"]) if self.graded else math.nan

    @property
    def given_label(self) -> str:
        """The grader's label, or ``ungraded``."""
        return str(self.out["label"]) if self.graded else "ungraded"


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a JSON Lines file, each with a `score` in [0, 1] and all that a grader needs. One
    without an `id` gets the number of its line.

    Raises `GradedFileError` with the line and what is wrong.
    """
    found = [_row(row, n, path) for n, row in json_rows(path, GradedFileError)]
    if not found:
        raise GradedFileError(f"{path} has no rows; name a file of marked answers with --data")
    return tuple(found)


def marks_rows(marks: Marks) -> tuple[Row, ...]:
    """Marked answers as rows with key points, and a reference where there is one; a second mark is
    a rater's."""
    return tuple(_marks_row(marks, a) for a in marks.answers)


def sample(rows: Sequence[Row], most: int) -> tuple[Row, ...]:
    """Whole questions, drawn by a hash of their ids, until the next would make it more than `most`
    rows; at least two questions where there are two. The rows keep their order."""
    by_question: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        by_question[question_of(row)].append(i)
    drawn: list[int] = []
    order = sorted(by_question, key=lambda qid: hashlib.sha256(qid.encode()).digest())
    for taken, qid in enumerate(order):
        if taken >= 2 and len(drawn) + len(by_question[qid]) > most:
            break
        drawn += by_question[qid]
    return tuple(rows[i] for i in sorted(drawn))


def grade_all(name: str, rows: Sequence[Row], grader: Grader) -> Graded:
    """Have every row graded, on all processors."""
    lines = [json.dumps(row) for row in rows]
    workers = rows_at_a_time(grader)
    outs = grade_rows(lines, grader, lambda _: None, lambda _: None, workers=workers)
    return Graded(name, grader.info.name, tuple(rows), tuple(outs))


def question_of(row: Row) -> str:
    """What groups the answers to one question."""
    named = (row.get(key) for key in ("qid", "question_id", "question"))
    return str(next((name for name in named if name is not None and name != ""), None))


def case_of(row: Row, out: Row) -> Case:
    """A row with its outcome."""
    raters = tuple(math.nan if r is None else float(r) for r in row.get("raters") or ())
    return Case(
        question_of(row), float(row["score"]), row.get("label"), out, row.get("kind"), raters,
        row.get("verdicts"), str(row.get("question", "")), str(row["answer"]),
    )  # fmt: skip


def _row(row: Any, number: int, path: Path) -> Row:
    try:
        _Marked.model_validate(row)
        named: Row = {"id": number} | row
        # A row that the grader cannot read is a fault of the file, not of the grader.
        points = CaseRow.model_validate(named).key_points or ()
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the row"
        raise GradedFileError(f"{path} line {number}: {where}: {fault['msg']}") from error
    if len({point.id for point in points}) < len(points):
        raise GradedFileError(f"{path} line {number}: key_points: two of them have the same id")
    return named


def _marks_row(marks: Marks, answer: MarkedAnswer) -> Row:
    question = marks.questions[answer.question_id]
    second = marks.second_answers.get(answer.id)
    row = {
        "id": answer.id,
        "qid": answer.question_id,
        "question_id": answer.question_id,  # the points below come first where both count
        "question": question.question,
        "key_points": [point.model_dump() for point in question.key_points],
        "answer": answer.answer,
        "kind": answer.kind,
        "score": answer.score,
        "verdicts": dict(answer.verdicts),
    }
    if question.reference is not None:
        row["reference"] = question.reference
    return row if second is None else row | {"raters": [answer.score, second.score]}
