"""The suite ``performance``: what a person waits for, on a folder of their documents.

Sample: ``greenroom eval performance --data ~/notes --home /tmp/fresh`` ingests the folder into that
home (or reuses it), then times queries, grades, start-up and memory.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.grades import GradeRequest
from evals.grade_speed import grade_speed
from evals.performance import (
    COMMAND,
    Timing,
    bare_encoder_time,
    first_question_time,
    grade_time,
    help_time,
    peak_memory_mb,
    query_time,
    timing,
)

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from corpus.schema import Question

MEMORY_TARGET_MB = 1536.0
INGEST_TARGET = 1.3  # times the bare encoder
ROUNDS = 3
WORDS = 150  # of the answers that are graded
MOST = 60  # grades and queries timed


def run_suite(
    workspace: Workspace, data: Path, grader: str
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """The table as text and as data, and a row for each figure."""
    workspace.ingest([data])
    workspace.warm()
    questions = [q for q in workspace.questions() if q.reference and q.key_points]
    ratios = [_ingest_ratio(workspace, data) for _ in range(ROUNDS)]
    timings = [
        help_time(),
        first_question_time(workspace.home),
        grade_time(workspace.grader(grader), _requests(questions)),
        *grade_speed(workspace.embedder, workspace.judge, questions),
        query_time(workspace.searcher(), [q.question for q in questions[:: _step(questions)]]),
        timing("ingest / bare encoder (ratio)", ratios, INGEST_TARGET),
    ]
    with tempfile.TemporaryDirectory() as home:
        memory = peak_memory_mb([*COMMAND, "ingest", str(data), "--home", home])
    rows = [asdict(t) for t in timings]
    rows.append({"name": "peak memory of ingest, MB", "value": memory, "target": MEMORY_TARGET_MB})
    text = "\n".join([*map(_line, timings), f"peak memory of ingest: {memory:.0f} MB (1536)"])
    return text, {"figures": rows}, rows


def _step(items: list[Question]) -> int:
    return max(1, len(items) // MOST)


def _requests(questions: list[Question]) -> list[GradeRequest]:
    """Answers of 150 words made of other questions' references: on topic, and never cached."""
    chosen = questions[:: _step(questions)][: MOST + 1]
    requests = []
    for question, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        if question.reference is None or other.reference is None:
            continue
        words = f"{question.reference.text} {other.reference.text}".split()
        answer = " ".join(itertools.islice(itertools.cycle(words), WORDS))
        requests.append(GradeRequest.of(question, answer))
    return requests


def _ingest_ratio(workspace: Workspace, data: Path) -> float:
    """Seconds of a whole ingest of the folder into a new store, over the bare encoder's for the
    same passages."""
    from agent.settings import load_settings
    from agent.workspace import Workspace as Opened
    from index.passage import read

    with tempfile.TemporaryDirectory() as home:
        fresh = Opened(load_settings(home=Path(home)))
        fresh.__dict__["embedder"] = workspace.embedder
        fresh.searcher()  # has the bundled library embedded before the clock starts
        start = time.perf_counter()
        fresh.ingest([data])
        whole = time.perf_counter() - start
        passages = [c for c in fresh.store.chunks() if c.source == "user"]
        texts = [read(c.title, c.heading, c.text).text for c in passages]
        fresh.close()
    return whole / bare_encoder_time(workspace.embedder, texts)


def _line(row: Timing) -> str:
    target = "" if row.target is None else f"  (target {row.target:g})"
    return (
        f"{row.name}: median {row.median:.3f}, 95th percentile {row.p95:.3f}, "
        f"from {row.least:.3f} to {row.most:.3f}, n={row.repeats}{target}"
    )
