"""Rows as ``grade --batch`` takes them, and the requests that a grader is given for them.

Invariant: of a row nothing is read but what a grader may know (never its score, label or raters),
and a key point's id stands once in it.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from agent.grades import GradeRequest
from agent.points import bare_reference, names_a_level
from corpus.schema import KeyPoint, Misconception, Question, Reference

R = TypeVar("R", bound=BaseModel)

Text = Annotated[StrictStr, Field(min_length=1)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PointRow(_Row):
    """A key point as it comes in a row; a missing or null weight is 1."""

    id: Text
    text: Text
    weight: Weight | None = None


class MisconceptionRow(_Row):
    """A misconception as it comes in a row."""

    text: Text
    why: StrictStr = ""
    contradicts: StrictStr | None = None


class CaseRow(_Row):
    """A row to be graded. An `id` that is a whole number is given back as that number."""

    id: StrictStr | StrictInt
    question: StrictStr
    answer: StrictStr
    reference: StrictStr | None = None
    references: tuple[StrictStr, ...] | None = None
    key_points: tuple[PointRow, ...] | None = None
    misconceptions: tuple[MisconceptionRow, ...] | None = None
    question_id: StrictStr | None = None


def read_row(line: str) -> CaseRow | str | int | None:
    """The row of a line of JSON; of one that cannot be graded its id, None where it has none."""
    row = row_of(line, CaseRow)
    if not isinstance(row, CaseRow):
        return row
    ids = [p.id for p in row.key_points or ()]
    return row if len(set(ids)) == len(ids) else row.id


def row_of(line: str, kind: type[R]) -> R | str | int | None:
    """A line of JSON as a row of this kind; of one that is none its id, None where it has none."""
    try:
        line.encode()  # a line that is no UTF-8 comes with lone surrogates, and is no JSON either
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    try:
        return kind.model_validate(data)
    except ValidationError:
        given = data.get("id")
        return given if isinstance(given, str | int) and not isinstance(given, bool) else None


def request_of(question: Question, row: CaseRow) -> GradeRequest:
    """The bank's request for a row's answer; the row may name more misconceptions."""
    request = GradeRequest.of(question, row.answer)
    known = (*request.misconceptions, *_misconceptions(row))
    return dataclasses.replace(request, misconceptions=known)


def requests_of(row: CaseRow) -> list[GradeRequest]:
    """One request for the row's own key points, or one for each of its references."""
    known = _misconceptions(row)
    references = _references(row)
    # A rubric that is a scale has no points; what a full answer says is in its reference.
    scale = references and all(names_a_level(p.text) for p in row.key_points or ())
    if row.key_points and not scale:
        points = tuple(
            KeyPoint(p.id, p.text, 1.0 if p.weight is None else p.weight) for p in row.key_points
        )
        first = references[0] if references else None
        return [GradeRequest(row.question, row.answer, first, points, known)]
    return [GradeRequest(row.question, row.answer, r, (), known) for r in references]


def _misconceptions(row: CaseRow) -> tuple[Misconception, ...]:
    return tuple(Misconception(m.text, m.why, m.contradicts) for m in row.misconceptions or ())


def _references(row: CaseRow) -> list[Reference]:
    """The references of a row, each once. `path` says which of several a span quotes."""
    found: dict[str, Reference] = {}
    if row.reference and row.reference.strip():
        found[row.reference] = bare_reference(row.reference)
    for i, text in enumerate(row.references or ()):
        if text.strip() and text not in found:
            found[text] = bare_reference(text, f"references[{i}]")
    return list(found.values())
