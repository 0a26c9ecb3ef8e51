"""Waiting for what another thread brings, with time limits that a silent or babbling server cannot
stretch, and doing several such things at once.

Invariant: no call here waits longer than its limits, whatever the thread behind it does; threads
are daemons, so that one that hangs does not keep the program alive.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from agent.llm.faults import PassingError

T = TypeVar("T")
_here = threading.local()


def given_up() -> bool:
    """Whether this thread works for somebody who waits no more."""
    abandoned: threading.Event | None = getattr(_here, "abandoned", None)
    return abandoned is not None and abandoned.is_set()


class _End:
    """The last thing in a queue; `error` is what ended the work, if something did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def watched(
    start: Callable[[], Iterator[T]], first: float, between: float, whole: float = math.inf
) -> Iterator[T]:
    """The items of an iterator that is made and run in a thread of its own.

    Raises `PassingError` where the first item takes longer than `first` seconds, any later one
    longer than `between`, or all of them longer than `whole`, and whatever the iterator raises.
    """
    items: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    abandoned = threading.Event()

    def run() -> None:
        _here.abandoned = abandoned
        try:
            for item in start():
                if abandoned.is_set():
                    return
                items.put(item)
        except Exception as error:  # noqa: BLE001 - carried to the thread that waits, and raised there
            items.put(_End(error))
        else:
            items.put(_End())

    threading.Thread(target=run, name="language-model", daemon=True).start()
    limit, begun = first, time.monotonic()
    try:
        while True:
            left = begun + whole - time.monotonic()
            try:
                item = items.get(timeout=max(0.0, min(limit, left)))
            except queue.Empty:
                if left < limit:
                    raise PassingError(f"the reply took longer than {whole:g} s") from None
                raise PassingError(f"nothing came for {limit:g} s") from None
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
            limit = between
    finally:
        abandoned.set()


def within(call: Callable[[], T], limit: float) -> T:
    """The result of a call, if it comes within `limit` seconds; else `PassingError`."""
    return next(watched(lambda: iter((call(),)), limit, limit))


def begun(call: Callable[[], T]) -> Callable[[], T]:
    """Begin a call in a thread of its own; what is returned waits for its result, or raises."""
    done: queue.SimpleQueue[tuple[T] | _End] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((call(),))
        except Exception as error:  # noqa: BLE001 - carried to the thread that waits, and raised there
            done.put(_End(error))

    def waited() -> T:
        item = done.get()
        if isinstance(item, _End):
            raise item.error or RuntimeError("a call ended without a result")
        return item[0]

    threading.Thread(target=run, name="marking", daemon=True).start()
    return waited


def at_once(calls: Sequence[Callable[[], T]], most: int) -> list[T]:
    """The results of all calls in order, at most `most` running at a time.

    The first failure ends it: calls not begun are left out, and its error is raised.
    """
    if len(calls) <= 1:
        return [call() for call in calls]
    waiting = deque(enumerate(calls))
    done: queue.SimpleQueue[tuple[int, T] | _End] = queue.SimpleQueue()

    def run() -> None:
        while True:
            try:
                i, call = waiting.popleft()
            except IndexError:
                return
            try:
                done.put((i, call()))
            except Exception as error:  # noqa: BLE001 - raised by the thread that waits
                done.put(_End(error))
                return

    for _ in range(min(most, len(calls))):
        threading.Thread(target=run, name="marking", daemon=True).start()
    results: dict[int, T] = {}
    while len(results) < len(calls):
        item = done.get()
        if isinstance(item, _End):
            waiting.clear()
            raise item.error or RuntimeError("a call ended without a result")
        results[item[0]] = item[1]
    return [results[i] for i in range(len(calls))]
