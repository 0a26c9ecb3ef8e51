"""Being asked to end: Ctrl-C, SIGTERM, or a terminal that is closed.

Invariant: the handler only writes to a pipe. An exception that it raised could be swallowed by the
code it interrupts, and leave the server running.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not on every system


class End:
    """Whether the end was asked for, and by which signal."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self.signal: signal.Signals | None = None

    def wait(self, seconds: float) -> bool:
        """Wait so long, or less where the end is asked for; whether it is."""
        if self.signal is None and select.select([self._reader], [], [], max(0.0, seconds))[0]:
            self.signal = signal.Signals(os.read(self._reader, 1)[0])
        return self.signal is not None


@contextmanager
def end_asked() -> Iterator[End]:
    """Take the signals that end a command. Only for the main thread."""
    reader, writer = os.pipe()

    def ask(number: int, _frame: FrameType | None) -> None:
        os.write(writer, bytes([number]))

    taken = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.signal(number, ask) for number in taken}
    try:
        yield End(reader)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
