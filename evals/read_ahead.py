"""How long a person waits for a mark where the model has read ahead, as it does in an interview.

The question is read while they read it, the answer as far as it stood at their last pause.
Invariant: one answer at a time, and nothing else was in the cache before the clock runs.
"""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.grades import GradeRequest
from corpus.schema import KeyPoint
from evals.cases import Row
from evals.marker import open_marker
from evals.means import Means

if TYPE_CHECKING:
    from agent.grades import Grader
    from agent.llm.client import LanguageModel
    from agent.workspace import Workspace

SHARES = (0.0, 0.8)  # of an answer's words that were read ahead
WARM = 2  # answers that do not count: what a server makes ready at its first of a kind


@dataclass(frozen=True, slots=True)
class Waits:
    """`seconds` of each grade, in order, after `share` of the answer was read ahead."""

    share: float
    seconds: tuple[float, ...]


def waits_after(workspace: Workspace, grader: str, rows: Sequence[Row]) -> tuple[Waits, ...]:
    """The waits for each of SHARES. Raises `ModelUnavailableError` where no model answers."""
    found = []
    for share in SHARES:
        with open_marker(workspace, grader, Means(workers=1, bare=True)) as marker:
            if marker.model is None or marker.tap is None:
                return ()  # the embedded grader reads nothing ahead
            seconds = []
            for row in [*rows[:WARM], *rows]:
                marker.tap.salt = uuid.uuid4().hex  # a cache that has nothing of the answer
                seconds.append(_waited(marker.grader, marker.model, request_of(row), share))
            found.append(Waits(share, tuple(seconds[WARM:])))
    return tuple(found)


def request_of(row: Row) -> GradeRequest:
    """A row with key points, as a grader gets it."""
    points: list[dict[str, Any]] = row["key_points"]
    listed = tuple(KeyPoint(p["id"], p["text"], p["weight"]) for p in points)
    return GradeRequest(row["question"], row["answer"], None, listed)


def _waited(grader: Grader, model: LanguageModel, request: GradeRequest, share: float) -> float:
    from agent.llm.marking import PointMarker

    words = request.answer.split(" ")
    draft = " ".join(words[: int(len(words) * share)])
    before = dataclasses.replace(request, answer=draft)
    PointMarker(model).warm(before, before.key_points, draft)
    began = time.perf_counter()
    grader.grade(request)
    return time.perf_counter() - began
