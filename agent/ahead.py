"""Work on many items at a time, its results in the order of the items.

Invariant: no more than `workers` items are worked on, and as many again wait with their results, so
that an endless input needs no endless memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from agent.grades import Grader

WAITING = 16  # rows at a time where a language model marks: most of them wait for its server
Item = TypeVar("Item")
Made = TypeVar("Made")


def cores() -> int:
    """The processors that this process may use, 1 at least."""
    # process_cpu_count() is newer than the oldest Python that is supported.
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def rows_at_a_time(grader: Grader) -> int:
    """How many rows are best graded at a time: one a processor, or many where a server works."""
    return cores() if grader.info.name == "embedded" else WAITING


def in_order(work: Callable[[Item], Made], items: Iterable[Item], workers: int) -> Iterator[Made]:
    """`work` of each item. What it raises is raised when its turn has come; the rest is dropped."""
    if workers <= 1:
        yield from map(work, items)
        return
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
