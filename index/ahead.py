"""Work done ahead of its use, in a thread: files are parsed while the encoder computes.

Invariant: every item comes out once and in order; an exception of the producer reaches the consumer
after the items before it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


def ahead(
    items: Iterable[T], weigh: Callable[[T], int], budget: int, room: int
) -> Iterator[list[T]]:
    """Draw `items` in a thread and give them out in lots.

    A lot is what is ready, at least one item, at most a weight of `budget` (one heavier item makes
    a lot alone): the consumer never waits while it could work. Items of the weight `room` wait at
    most, and one more. Closing the iterator ends the thread after the item it is at.
    """
    shelf = _Shelf(weigh, room)

    def draw() -> None:
        try:
            for item in items:
                if not shelf.put(item):
                    return
        finally:
            shelf.end()

    executor = ThreadPoolExecutor(1, "read-ahead")
    drawn = executor.submit(draw)
    try:
        while lot := shelf.take(budget):
            yield lot
        drawn.result()
    finally:
        shelf.close()
        executor.shutdown(wait=False)


class _Shelf(Generic[T]):
    """Items between the thread that makes them and the one that uses them."""

    def __init__(self, weigh: Callable[[T], int], room: int) -> None:
        self._items: deque[tuple[T, int]] = deque()
        self._weigh = weigh
        self._room = room
        self._weight = 0
        self._ended = False
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> bool:
        """Wait for room, then add an item; false where nobody wants it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._weight < self._room)
            weight = max(self._weigh(item), 1)  # an item without weight still takes memory
            self._items.append((item, weight))
            self._weight += weight
            self._changed.notify_all()
            return not self._closed

    def take(self, budget: int) -> list[T]:
        """Wait for an item, then take what there is within the budget; empty at the end."""
        lot: list[T] = []
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._ended)
            taken = 0
            while self._items and (not lot or taken + self._items[0][1] <= budget):
                item, weight = self._items.popleft()
                lot.append(item)
                taken += weight
            self._weight -= taken
            self._changed.notify_all()
        return lot

    def end(self) -> None:
        """No more items will come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """No more items are wanted."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
