"""How many threads compute: one for each text, and as many texts at a time as there are processors.

Two threads that share the products of one text wait for each other at every one of them, which on a
busy machine is most of the time, and a text's last bits would depend on how many there are.
Invariant: no more than `workers` items are worked on, and as many again wait with their results, so
that an endless input needs no endless memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def cores() -> int:
    """The processors that this process may use, 1 at least."""
    # process_cpu_count() is newer than the oldest Python that is supported.
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def one_for_torch() -> None:
    """From now on torch computes with one thread in the thread that calls."""
    import torch

    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)


def one_for_numpy() -> None:
    """From now on NumPy computes products with one thread, in the whole process.

    They are small here. A second thread would gain nothing and then spin for a while, on the
    processor that another answer is waiting for.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


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
