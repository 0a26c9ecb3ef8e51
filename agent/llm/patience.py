"""How long and how often a server is tried: time limits, jittered retries, a circuit breaker.

Invariant: a call ends within `Limits.total` seconds and `Limits.retries` + 1 tries; while the
breaker is open nothing is sent at all.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from agent.llm.faults import (
    ContextOverflowError,
    InvalidOutputError,
    ModelUnavailableError,
    PassingError,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. The first reply may have a long prompt to read on a CPU, and the first
    request with probabilities can take 20 s there."""

    connect: float = 2.0
    first: float = 60.0  # to the first token
    between: float = 15.0  # from one token to the next
    total: float = 120.0  # over all tries; no new try begins after it
    reply: float = 600.0  # a whole reply of words; in JSON with its correction
    retries: int = 3
    wait: float = 0.25  # before the first retry, at most; doubled each time
    longest_wait: float = 4.0


class Breaker:
    """Stops asking a server that fails (Nygard, Release It!, 2007): after `most` failures in a row
    everything is refused for `rest` seconds, then one call is let through as a trial."""

    def __init__(
        self, most: int = 4, rest: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened = 0.0

    def enter(self) -> None:
        """Before a try. Raises `ModelUnavailableError` while the breaker is open."""
        with self._lock:
            if self._failures < self._most:
                return
            now = self._clock()
            if now - self._opened < self._rest:
                raise ModelUnavailableError(
                    "the model server failed several times in a row and is left alone for a while; "
                    "see its log, or `greenroom doctor`"
                )
            self._opened = now  # this call is the trial; the others go on waiting

    def succeeded(self) -> None:
        """The server answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The server did not answer."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._opened = self._clock()


class Patience:
    """Tries calls again where that may help. Thread-safe."""

    def __init__(
        self,
        limits: Limits | None = None,
        breaker: Breaker | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self._breaker = breaker or Breaker(clock=clock)
        self._rng = rng or random.Random()
        self._clock = clock
        self._sleep = sleep

    def call(
        self, once: Callable[[], T], *, insist: bool = True, limits: Limits | None = None
    ) -> T:
        """What `once` returns at the first try that works.

        Without `insist` invalid output is not asked for again; `limits` replaces this patience's.
        Raises `ModelUnavailableError` or `InvalidOutputError` after the last; other errors at once.
        """
        limits = limits or self.limits
        started = self._clock()
        tries = 0
        while True:
            self._breaker.enter()
            try:
                result = once()
            except (PassingError, InvalidOutputError) as error:
                self._count(error)
                wait = self._wait(tries, error, limits)
                tries += 1
                if isinstance(error, InvalidOutputError) and not insist:
                    raise
                over = self._clock() - started + wait > limits.total
                if tries > limits.retries or over:
                    raise _given_up(error, tries) from error
                self._sleep(wait)
            except ContextOverflowError:
                self._breaker.succeeded()
                raise
            else:
                self._breaker.succeeded()
                return result

    def forgive(self) -> None:
        """Another server is asked from now on."""
        self._breaker.succeeded()

    def _count(self, error: PassingError | InvalidOutputError) -> None:
        if isinstance(error, InvalidOutputError):
            self._breaker.succeeded()  # it is there, whatever it says
        elif error.counts:
            self._breaker.failed()

    def _wait(self, tries: int, error: Exception, limits: Limits) -> float:
        """Seconds, drawn from zero to a limit that doubles (full jitter), or what the server asks
        for."""
        asked = error.wait if isinstance(error, PassingError) else None
        most = min(limits.longest_wait, limits.wait * 2**tries)
        drawn = self._rng.uniform(0.0, most)
        return drawn if asked is None else min(asked, limits.longest_wait) + drawn


def _given_up(error: PassingError | InvalidOutputError, tries: int) -> Exception:
    if isinstance(error, InvalidOutputError):
        return error
    times = "once" if tries == 1 else f"{tries} times"
    return ModelUnavailableError(
        f"the model server was tried {times}: {error}; see its log, or `greenroom doctor`"
    )
