"""Work done ahead of its use, in a thread: files are parsed while the encoder computes.

Invariant: every item comes out once and in order; an exception of the producer reaches the consumer
after the items before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Full, Queue
from typing import Final, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.1


class _End:
    """Follows the last item."""


_END: Final = _End()


def ahead(
    items: Iterable[T], weigh: Callable[[T], int], budget: int, depth: int
) -> Iterator[list[T]]:
    """Draw `items` in a thread, at most `depth` ahead, and give them out in lots.

    A lot is what is ready, at least one item, at most a weight of `budget` (one heavier item makes
    a lot alone): the consumer never waits while it could work. Closing the iterator ends the thread
    after the item it is at.
    """
    queue: Queue[T | _End] = Queue(depth)
    stopped = threading.Event()

    def offer(item: T | _End) -> None:
        while not stopped.is_set():
            try:
                queue.put(item, timeout=_POLL_SECONDS)
            except Full:
                continue
            return

    def draw() -> None:
        try:
            for item in items:
                offer(item)
                if stopped.is_set():
                    return
        finally:
            offer(_END)

    executor = ThreadPoolExecutor(1, "read-ahead")
    drawn = executor.submit(draw)
    try:
        yield from _lots(queue, weigh, budget)
        drawn.result()
    finally:
        stopped.set()
        executor.shutdown(wait=False)


def _lots(queue: Queue[T | _End], weigh: Callable[[T], int], budget: int) -> Iterator[list[T]]:
    lot: list[T] = []
    weight = 0
    while True:
        try:
            item = queue.get(block=not lot)
        except Empty:
            yield lot
            lot, weight = [], 0
            continue
        if isinstance(item, _End):
            if lot:
                yield lot
            return
        if lot and weight + weigh(item) > budget:
            yield lot
            lot, weight = [], 0
        lot.append(item)
        weight += weigh(item)
