"""Rows of a batch in, graded rows out, as the contract of ``grade --batch`` has them.

Invariant: every row in gives exactly one row out, in order, whatever is wrong with it; a grader
sees nothing of a row but what it may know (never its score, label or raters).
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from agent.ahead import in_order
from agent.alternatives import Disputed, grade_disputed
from agent.feedback import feedback_ungraded
from agent.grades import (
    LOST,
    Grade,
    Grader,
    GradeRequest,
    PointGrade,
    Scored,
    Ungraded,
    UngradedReason,
)
from agent.points import bare_reference, names_a_level
from corpus.schema import KeyPoint, Misconception, Question, Reference, Span

Weak = Literal["weak"]
Resolve = Callable[[str], Question | None]
Search = Callable[[str], Reference | Weak | None]
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


def grade_rows(
    lines: Iterable[str],
    grader: Grader,
    resolve_question: Resolve,
    search_reference: Search,
    disputed: Disputed = lambda _: (),
    clock: Callable[[], float] = time.perf_counter,
    workers: int = 1,
) -> Iterator[dict[str, Any]]:
    """Grade JSON Lines. Blank lines are no rows; `line` in an invalid row counts them all the same.

    `disputed` finds what other sources say on the points of a question that a row names by its id.
    `clock` gives seconds; it is read before and after each row for `latency_ms`. `workers` rows are
    graded at a time; they come out in order.
    """

    def graded(numbered: tuple[int, str]) -> dict[str, Any]:
        number, line = numbered
        started = clock()
        row = _read(line)
        if isinstance(row, CaseRow):
            grade = grade_row(row, grader, resolve_question, search_reference, disputed)
            out: dict[str, Any] = {"id": row.id, **grade_as_json(grade)}
        else:
            out = _invalid(row, number, grader)
        out["latency_ms"] = round((clock() - started) * 1000, 1)
        return out

    return in_order(graded, ((n, x) for n, x in enumerate(lines, 1) if x.strip()), workers)


def grade_row(
    row: CaseRow,
    grader: Grader,
    resolve_question: Resolve,
    search_reference: Search,
    disputed: Disputed = lambda _: (),
) -> Grade:
    """Grade one row against the first that it has: points, a question, references, a search."""
    question = resolve_question(row.question_id) if row.question_id and not row.key_points else None
    if question is not None and (question.key_points or question.reference is not None):
        request = _request_of(question, row)
        return grade_disputed(grader, request, disputed(question) if row.answer.strip() else ())
    requests = _requests(row)
    if requests:
        return _best([grader.grade(request) for request in requests])
    # Without anything to hold it against, only an answer without content can be graded.
    grade = grader.grade(GradeRequest(row.question, row.answer))
    if isinstance(grade, Scored) or grade.reason != "no_reference":
        return grade
    found = search_reference(row.question)
    if found is None:
        return grade
    if isinstance(found, Reference):
        return grader.grade(GradeRequest(row.question, row.answer, found))
    return _weak(grade)


def grade_as_json(grade: Grade) -> dict[str, Any]:
    """A grade as the contracts show it, without `id` and `latency_ms`."""
    scored = isinstance(grade, Scored)
    return {
        "status": "graded" if scored else "ungraded",
        "reason": grade.reason if isinstance(grade, Ungraded) else None,
        "score": grade.score if isinstance(grade, Scored) else None,
        "confidence": grade.confidence if isinstance(grade, Scored) else None,
        "label": grade.label if isinstance(grade, Scored) else None,
        "points": [point_as_json(p) for p in grade.points] if isinstance(grade, Scored) else [],
        "flags": list(grade.flags),
        "feedback": grade.feedback,
        "grader": {
            "name": grade.grader.name,
            "version": grade.grader.version,
            "model": grade.grader.model,
            "measured": grade.grader.measured,
        },
    }


def point_as_json(point: PointGrade) -> dict[str, Any]:
    """One point with its quotes from both sides."""
    # The words nearest to a missing point serve to ask the candidate; they are no evidence.
    answer = point.answer_span if point.verdict != "missing" else None
    source = point.source_span
    return {
        "id": point.id,
        "text": point.text,
        "weight": point.weight,
        "verdict": point.verdict,
        "score": point.score,
        "confidence": point.confidence,
        "by": point.by,
        "answer_span": None
        if answer is None
        else {"start": answer.start, "end": answer.end, "quote": answer.quote},
        "source_span": None if source is None else span_as_json(source),
        "other_source_span": None if point.other_span is None else span_as_json(point.other_span),
    }


def span_as_json(span: Span) -> dict[str, Any]:
    """A passage of a source."""
    return {
        "document_id": span.document_id,
        "path": span.path,
        "start": span.start,
        "end": span.end,
        "quote": span.quote,
    }


def _read(line: str) -> CaseRow | str | int | None:
    """The row, or the id of a row that cannot be graded, or None where it has none."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    try:
        row = CaseRow.model_validate(data)
    except ValidationError:
        given = data.get("id")
        return given if isinstance(given, str | int) and not isinstance(given, bool) else None
    ids = [p.id for p in row.key_points or ()]
    return row if len(set(ids)) == len(ids) else row.id


def _invalid(row_id: str | int | None, line: int, grader: Grader) -> dict[str, Any]:
    grade = Ungraded(
        "invalid_row",
        (),
        f"Not graded: line {line} is not a row with id, question and answer as text.",
        grader.info,
    )
    return {"id": row_id, "line": line, **grade_as_json(grade)}


def _request_of(question: Question, row: CaseRow) -> GradeRequest:
    """The bank's request for a row's answer; the row may name more misconceptions."""
    request = GradeRequest.of(question, row.answer)
    known = (*request.misconceptions, *_misconceptions(row))
    return dataclasses.replace(request, misconceptions=known)


def _requests(row: CaseRow) -> list[GradeRequest]:
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


def _best(grades: list[Grade]) -> Grade:
    """The grade by the reference that serves the answer best; the first of equals.

    None where a model was lost over one of them: that one might have served it better.
    """
    for grade in grades:
        if isinstance(grade, Ungraded) and grade.reason in LOST:
            return grade
    scored = [g for g in grades if isinstance(g, Scored)]
    return max(scored, key=lambda g: g.score) if scored else grades[0]


def _weak(grade: Ungraded) -> Ungraded:
    reason: UngradedReason = "weak_retrieval"
    return Ungraded(reason, grade.flags, feedback_ungraded(reason), grade.grader)
