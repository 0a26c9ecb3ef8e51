"""How often somebody may do something: token buckets, one for each key.

Invariant: time is an argument, and the number of keys that are remembered is bounded.
"""

from __future__ import annotations

from collections import OrderedDict

_MOST_KEYS = 10_000  # the key used longest ago is forgotten first


class Buckets:
    """`burst` at once, and then `per_second` on average, for each key."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float, most_wait: float = 0.0) -> float | None:
        """Take one of a key's tokens: the seconds to wait for it, or None, and nothing taken, where
        those are more than `most_wait`. `now` is in seconds of a clock that does not go back."""
        level, then = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._per_second)
        wait = max(0.0, (1.0 - level) / self._per_second)
        granted = wait <= most_wait
        self._levels[key] = (level - 1.0 if granted else level, now)
        while len(self._levels) > _MOST_KEYS:
            self._levels.popitem(last=False)
        return wait if granted else None
