"""Rows of a batch in, graded rows out, as the contract of ``grade --batch`` has them.

Invariant: every row in gives exactly one row out, in order, whatever is wrong with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any, Literal

from agent.alternatives import Disputed, grade_disputed
from agent.case_rows import CaseRow, read_row, request_of, requests_of
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
from corpus.schema import Question, Reference
from index.threads import cores, in_order

WAITING = 16  # rows at a time where a language model marks: most of them wait for its server
Weak = Literal["weak"]
Resolve = Callable[[str], Question | None]
Search = Callable[[str], Reference | Weak | None]


def rows_at_a_time(grader: Grader) -> int:
    """How many rows are best graded at a time: one a processor, or many where a server works."""
    return cores() if grader.info.name == "embedded" else WAITING


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
        row = read_row(line)
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
        request = request_of(question, row)
        return grade_disputed(grader, request, disputed(question) if row.answer.strip() else ())
    requests = requests_of(row)
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
    scored = grade if isinstance(grade, Scored) else None
    return {
        "status": "graded" if scored else "ungraded",
        "reason": grade.reason if isinstance(grade, Ungraded) else None,
        "score": scored.score if scored else None,
        "confidence": scored.confidence if scored else None,
        "label": scored.label if scored else None,
        "points": [_point_as_json(p) for p in scored.points] if scored else [],
        "flags": list(grade.flags),
        "feedback": grade.feedback,
        "grader": asdict(grade.grader),
    }


def _point_as_json(point: PointGrade) -> dict[str, Any]:
    """One point with its quotes from both sides."""
    # The words nearest to a missing point serve to ask the candidate; they are no evidence.
    answer = point.answer_span if point.verdict != "missing" else None
    source, other = point.source_span, point.other_span
    return {
        "id": point.id,
        "text": point.text,
        "weight": point.weight,
        "verdict": point.verdict,
        "score": point.score,
        "confidence": point.confidence,
        "by": point.by,
        "answer_span": None if answer is None else asdict(answer),
        "source_span": None if source is None else asdict(source),
        "other_source_span": None if other is None else asdict(other),
    }


def _invalid(row_id: str | int | None, line: int, grader: Grader) -> dict[str, Any]:
    grade = Ungraded(
        "invalid_row",
        (),
        f"Not graded: line {line} is not a row with id, question and answer as text.",
        grader.info,
    )
    return {"id": row_id, "line": line, **grade_as_json(grade)}


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
