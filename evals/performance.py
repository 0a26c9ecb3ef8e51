"""How fast Greenroom is: medians and spread, each beside what it is compared with.

Ratios to a bare baseline of the same run travel between machines; the milliseconds do not.
Invariant: nothing here is asserted; a slow machine gives slow figures, not a failed test.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.grades import Grader, GradeRequest
    from index.embedder import Embedder
    from index.search import Searcher

COMMAND = (sys.executable, "-m", "ui.cli")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, `repeats` times measured: median, 95th percentile, least and most."""

    name: str
    median: float
    p95: float
    least: float
    most: float
    repeats: int
    target: float | None = None


def timing(name: str, seconds: Sequence[float], target: float | None = None) -> Timing:
    """Summarise measurements; `seconds` must not be empty."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Timing(
        name, statistics.median(ordered), p95, ordered[0], ordered[-1], len(ordered), target
    )


def measure(action: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each of `repeats` calls, after one that is not counted."""
    action()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def help_time(repeats: int = 7) -> Timing:
    """``greenroom --help``, a new process each time."""

    def action() -> None:
        subprocess.run([*COMMAND, "--help"], check=True, capture_output=True)

    return timing("greenroom --help", measure(action, repeats), 0.5)


def first_question_time(home: Path, repeats: int = 5) -> Timing:
    """From starting ``greenroom quiz`` in a terminal to the first question on the screen."""
    seconds = [_until_question(home) for _ in range(repeats + 1)][1:]
    return timing("first question of quiz", seconds, 1.5)


def _until_question(home: Path) -> float:
    master, slave = pty.openpty()
    start = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "quiz", "--count", "1", "--home", str(home)],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "dumb", "NO_COLOR": "1"},
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    try:
        while b"Question 1" not in seen and time.perf_counter() - start < 60:
            if select.select([master], [], [], 1)[0]:
                seen += os.read(master, 65536)
        return time.perf_counter() - start
    finally:
        process.kill()
        process.wait()
        os.close(master)


def grade_time(grader: Grader, requests: Iterable[GradeRequest]) -> Timing:
    """A warm grade: the question's reference was read before, as it is while a candidate types."""
    seconds = []
    for request in requests:
        grader.grade(replace(request, answer="something else was said before"))
        start = time.perf_counter()
        grader.grade(request)
        seconds.append(time.perf_counter() - start)
    return timing("warm grade", seconds[1:], 0.150)


def query_time(searcher: Searcher, queries: Sequence[str]) -> Timing:
    """A query of the hybrid ranking, the encoder's pass included."""
    for query in queries[:3]:
        searcher.search(query)
    seconds = []
    for query in queries:
        start = time.perf_counter()
        searcher.search(query)
        seconds.append(time.perf_counter() - start)
    return timing("query", seconds, 0.030)


def bare_encoder_time(embedder: Embedder, texts: Sequence[str]) -> float:
    """Seconds the encoder alone needs for these texts."""
    start = time.perf_counter()
    embedder.embed(texts)
    return time.perf_counter() - start


def peak_memory_mb(arguments: Sequence[str]) -> float:
    """The largest resident set of a command and its children, MB (Linux and macOS)."""
    script = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
    )
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return int(result.stdout) / unit
