"""`greenroom serve` without its words: a launch is looked after until the end is asked for.

Invariant: one service a data folder; its address and key stay the same over its restarts, so that
clients find it again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.serving.announcement import Announcement, announce, claimed, withdraw
from agent.serving.ending import End
from agent.serving.faults import ServingError
from agent.serving.launch import Launch, command, environment
from agent.serving.logbook import cause, last_lines, open_log
from agent.serving.probe import Probe
from agent.serving.process import ServerProcess
from agent.serving.restarts import Patience, Restarts
from agent.serving.supervisor import GaveUpError, Pace, Supervisor, Surroundings

_PRIVATE = 0o077  # a socket that the server makes is the person's alone


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears what happens: `tell` takes lines, `ready` every announcement."""

    tell: Callable[[str], None]
    ready: Callable[[Announcement], None]


def serve(
    launch: Launch,
    home: Path,
    end: End,
    listener: Listener,
    *,
    given: Mapping[str, str],
    patience: Patience | None = None,
    pace: Pace | None = None,
) -> None:
    """Serve until the end is asked for. `given` is the environment to start from.

    Raises ServingError: another one runs for this folder, or the server failed too often (with the
    last lines of its log).
    """
    service = _Service(launch, home, listener, given)
    with claimed(home):
        around = Surroundings(
            launch=service.start,
            probe=Probe(service.endpoint),
            wait=end.wait,
            clock=time.monotonic,
            ready=service.ready,
            lost=service.lost,
            tell=listener.tell,
        )
        restarts = Restarts(patience or Patience(), random.Random())
        try:
            Supervisor(around, restarts, pace or Pace()).run()
        except GaveUpError as error:
            raise ServingError(f"{error}{service.why()}") from error


class _Service:
    """What one launch needs of files and processes."""

    def __init__(
        self, launch: Launch, home: Path, listener: Listener, given: Mapping[str, str]
    ) -> None:
        self._launch = launch
        self._home = home
        self._listener = listener
        self._given = given
        self._log: Path | None = None
        self.endpoint = self._announcement().endpoint

    def start(self) -> ServerProcess:
        """Start the server. Raises OSError where that cannot be."""
        self._log = open_log(self._home, first=self._log is None)
        uds = self._launch.address.uds
        if uds is not None and uds.is_socket():
            uds.unlink()  # what a server that was killed left there
        return ServerProcess(
            command(self._launch),
            environment(self._launch, self._given),
            self._log,
            umask=_PRIVATE if uds else -1,
        )

    def ready(self) -> None:
        """Let others know."""
        announcement = self._announcement()
        announce(self._home, announcement)
        self._listener.ready(announcement)

    def lost(self) -> None:
        """Let nobody come any more."""
        withdraw(self._home)

    def why(self) -> str:
        """The end of the log, for the person."""
        if self._log is None:
            return ""
        lines = last_lines(self._log, 200)
        self._listener.tell("\n".join(["the last lines of its log:", *lines[-8:]]))
        said = cause(lines)
        return f"; {said[:300] if said else 'it said nothing'} (see {self._log})"

    def _announcement(self) -> Announcement:
        launch = self._launch
        return Announcement(
            url=launch.address.url,
            model=launch.choice.name,
            api_key=launch.key,
            pid=os.getpid(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            uds=str(launch.address.uds) if launch.address.uds else None,
        )
