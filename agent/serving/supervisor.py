"""Looks after a server: starts it, waits until it is ready, watches it, starts it again.

Invariant: whenever `run` is left, in whatever way, its server is stopped and withdrawn. Time,
waiting and randomness are arguments, so that a day of failures is a test of milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.serving.faults import ServingError
from agent.serving.probe import Health
from agent.serving.restarts import Restarts


class GaveUpError(ServingError):
    """The server failed too often."""


class Server(Protocol):
    """A server that was started."""

    def exit_code(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def written(self) -> int:
        """How much it has printed: grows while it does something."""
        ...

    def stop(self) -> None:
        """Stop it with all its processes."""
        ...


class Token(Protocol):
    """A token that was asked for."""

    def answered(self) -> bool | None:
        """Whether it came; None while that is open."""
        ...


class Prober(Protocol):
    """Asks a server whether it is well."""

    def health(self) -> Health:
        """What it says of itself."""
        ...

    def ask(self, seconds: float) -> Token:
        """Ask its model for one token, to be had within so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, and how often. A start may be silent for `start_s`: weights are read, or kernels
    compiled. A server that was ready is lost after `sick` bad answers in a row of its health, or
    `mute` of its model: the API may be well while the engine behind it hangs."""

    start_s: float = 900.0
    look_s: float = 0.5
    health_s: float = 5.0
    token_s: float = 60.0
    wait_s: float = 120.0
    sick: int = 3
    mute: int = 2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a supervisor is given. `launch` starts a server and `probe` asks it; `wait` sleeps so
    many seconds and says whether the end was asked for; `clock` counts seconds; `ready` and `lost`
    are called when the server can be used and when no more; `tell` takes lines for the person."""

    launch: Callable[[], Server]
    probe: Prober
    wait: Callable[[float], bool]
    clock: Callable[[], float]
    ready: Callable[[], None]
    lost: Callable[[], None]
    tell: Callable[[str], None]


class Supervisor:
    """Runs one server, again and again, until the end is asked for."""

    def __init__(self, around: Surroundings, restarts: Restarts, pace: Pace) -> None:
        self._around = around
        self._restarts = restarts
        self._pace = pace

    def run(self) -> None:
        """Serve until the end is asked for. Raises GaveUpError where the server fails too often,
        OSError where it cannot be started at all."""
        while True:
            trouble = self._one_life()
            if trouble is None:
                return
            delay = self._restarts.after(self._around.clock())
            if delay is None:
                raise GaveUpError(f"the server {trouble}; {self._restarts.tally()}")
            self._around.tell(f"the server {trouble}; it is started again in {delay:.0f} s")
            if self._around.wait(delay):
                return

    def _one_life(self) -> str | None:
        """From a start to its end; why it failed, None where the end was asked for."""
        server = self._around.launch()
        try:
            trouble = self._until_ready(server)
            if trouble is not None or self._around.wait(0):
                return trouble
            self._restarts.ready()
            self._around.ready()
            return self._while_well(server)
        finally:
            self._around.lost()
            server.stop()

    def _until_ready(self, server: Server) -> str | None:
        """Return when it is ready (None), when the end is asked for (None), or why it failed."""
        clock = self._around.clock
        written, heard = server.written(), clock()
        token: Token | None = None
        while not self._around.wait(self._pace.look_s):
            code = server.exit_code()
            if code is not None:
                return f"ended with exit code {code} before it was ready"
            if token is None and self._around.probe.health() == "up":
                token = self._around.probe.ask(self._pace.wait_s)
            if token and token.answered():
                return None
            if token and token.answered() is False:
                token = None
            if server.written() != written:
                written, heard = server.written(), clock()
            elif clock() - heard > self._pace.start_s:
                return f"printed nothing for {self._pace.start_s:.0f} s and was not ready"
        return None

    def _while_well(self, server: Server) -> str | None:
        """Return when the end is asked for (None), or why it was lost."""
        watch = _Watch(self._around, self._pace)
        while not self._around.wait(self._pace.look_s):
            code = server.exit_code()
            if code is not None:
                return f"ended with exit code {code}"
            trouble = watch.look()
            if trouble is not None:
                return trouble
        return None


class _Watch:
    """Counts the bad answers of a server that was ready."""

    def __init__(self, around: Surroundings, pace: Pace) -> None:
        self._around = around
        self._pace = pace
        now = around.clock()
        self._next_health, self._next_token = now + pace.health_s, now + pace.token_s
        self._sick = self._mute = 0
        self._token: Token | None = None

    def look(self) -> str | None:
        """Ask what is due; why the server is lost, None while it is not."""
        now = self._around.clock()
        if now >= self._next_health:
            health = self._around.probe.health()
            self._next_health = self._around.clock() + self._pace.health_s
            self._sick = 0 if health == "up" else self._sick + 1
            if self._sick >= self._pace.sick:
                what = "says that its engine failed" if health == "failing" else "does not answer"
                return f"{what} (asked {self._sick} times)"
        return self._look_at_token(now)

    def _look_at_token(self, now: float) -> str | None:
        if self._token is None:
            if now >= self._next_token:
                self._token = self._around.probe.ask(self._pace.wait_s)
            return None
        answered = self._token.answered()
        if answered is None:
            return None
        self._token, self._next_token = None, now + self._pace.token_s
        self._mute = 0 if answered else self._mute + 1
        if self._mute >= self._pace.mute:
            return f"is up, but its model gives no token (asked {self._mute} times)"
        return None
