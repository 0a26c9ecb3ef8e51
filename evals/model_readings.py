"""What a language model says of marked answers before any calibration, beside what people say.

Invariant: an answer in which nothing may count is not read, because a grader would not ask a model
about it; one that the model said nothing usable about is counted, not made up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.flags import inspect
from agent.grades import GradeRequest, Verdict
from agent.llm.faults import InvalidOutputError, ModelUnavailableError
from agent.llm.labels import Probabilities
from agent.llm.locating import Located, Locator
from agent.llm.marking import Labeller, PointMarker
from agent.segments import segments
from evals.cases import Row, question_of
from evals.grading_run import each_row
from evals.journal import Journal
from evals.means import WORKERS
from evals.read_ahead import request_of
from index.embedder import Embedder


@dataclass(frozen=True, slots=True)
class ReadPoint:
    """One key point of one answer: the model's probabilities as they came, the words that code
    found, and people's verdict."""

    qid: str
    row: Probabilities
    located: Located
    human: Verdict


@dataclass(frozen=True, slots=True)
class Readings:
    """The points of `answers` answers; of `unusable` others the model said nothing usable."""

    points: tuple[ReadPoint, ...]
    answers: int
    unusable: int


def read_answers(
    rows: Sequence[Row],
    model: Labeller,
    embedder: Embedder,
    *,
    workers: int = WORKERS,
    journal: Journal | None = None,
    hang_up: Callable[[], None] = lambda: None,
) -> Readings:
    """Have the model read every answer that the journal does not know.

    Raises `ModelUnavailableError` where it is lost: what was read by then is in the journal.
    """
    asked = [row for row in rows if _says_something(row)]
    outs = each_row(
        asked, functools.partial(_read, PointMarker(model)),
        workers=workers, journal=journal, hang_up=hang_up,
    )  # fmt: skip
    locator = Locator(embedder)
    usable = [(row, out) for row, out in zip(asked, outs, strict=True) if out["reason"] is None]
    points = tuple(p for row, out in usable for p in _points(row, out, locator))
    return Readings(points, len(usable), len(asked) - len(usable))


def _read(marker: PointMarker, row: Row) -> Row:
    request, said = _request(row)
    try:
        found = marker.read_raw(request, request.key_points, said)
    except ModelUnavailableError as error:
        return {"reason": "model_unavailable", "feedback": str(error)}
    except InvalidOutputError as error:
        return {"reason": "invalid_model_output", "feedback": str(error)}
    return {"reason": None, "rows": [list(r) for r in found.rows]}


def _points(row: Row, out: Row, locator: Locator) -> list[ReadPoint]:
    request, _ = _request(row)
    inspected = inspect(request.question, request.answer)
    located = locator.locate(request, request.key_points, inspected)
    return [
        ReadPoint(
            question_of(row), (p[0], p[1], p[2], p[3]), where, row["verdicts"][where.point.id]
        )
        for p, where in zip(out["rows"], located, strict=True)
    ]


def _says_something(row: Row) -> bool:
    inspected = inspect(row["question"], row["answer"])
    return "empty" not in inspected.flags and bool(segments(inspected.cleaned.text))


def _request(row: Row) -> tuple[GradeRequest, str]:
    """The row as a grader gets it, and the answer as a model gets it."""
    request = request_of(row)
    return request, inspect(request.question, request.answer).cleaned.text
