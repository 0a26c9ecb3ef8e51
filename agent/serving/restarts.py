"""When a server that failed is started again, and when no more.

Invariant: a pure rule; time and randomness are arguments.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """`first_s`, `longest_s`: the shortest and the longest wait. More than `most` failures within
    `window_s`, or `most_unready` before it was ever ready, and it is not started again."""

    first_s: float = 1.0
    longest_s: float = 60.0
    window_s: float = 900.0
    most: int = 5
    most_unready: int = 2


class Restarts:
    """Counts failures. The wait doubles with each in the window; half of it is random, so that
    servers that failed together do not come back together."""

    def __init__(self, patience: Patience, chance: random.Random) -> None:
        self._patience = patience
        self._chance = chance
        self._failures: deque[float] = deque()
        self._unready = 0
        self._was_ready = False

    def ready(self) -> None:
        """The server was ready once: what fails now is not the set-up."""
        self._was_ready = True

    def after(self, now: float) -> float | None:
        """Seconds to wait after a failure at `now` (seconds); None to give up."""
        patience = self._patience
        self._failures.append(now)
        while self._failures[0] < now - patience.window_s:
            self._failures.popleft()
        if not self._was_ready:
            self._unready += 1
            if self._unready >= patience.most_unready:
                return None
        count = len(self._failures)
        if count > patience.most:
            return None
        wait = min(patience.longest_s, patience.first_s * 2.0 ** (count - 1))
        return wait / 2 + self._chance.uniform(0, wait / 2)

    def tally(self) -> str:
        """What was counted, in words."""
        if not self._was_ready:
            return f"it did not start {self._unready} times"
        minutes = self._patience.window_s / 60
        return f"it failed {len(self._failures)} times within {minutes:.0f} minutes"
