"""A server's processes: started in a session of their own, stopped all together.

Invariant: after `stop` no process of the group is left, whatever state it was in.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_AFTER_KILL = 10.0  # seconds for the system to take away what was killed
_GLANCE = 0.1  # seconds between looks


class ServerProcess:
    """A running server with its engines, and the file that takes what they print.

    `grace`: seconds between SIGTERM and SIGKILL. `umask`: of the files it makes, -1 for our own.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        grace: float = 20.0,
        umask: int = -1,
    ) -> None:
        """Start it. Raises OSError where it cannot be started or the log not be written."""
        self._grace = grace
        self._log = log
        with log.open("ab") as output:
            self._leash = subprocess.Popen(
                # -I: the folder of the script has no say in what it imports.
                [sys.executable, "-I", str(_LEASH), str(grace), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
                umask=umask,
            )

    @property
    def group(self) -> int:
        """The id of the process group."""
        return self._leash.pid

    def exit_code(self) -> int | None:
        """The server's exit code, None while it runs."""
        return self._leash.poll()

    def written(self) -> int:
        """Bytes in the log: they grow while the server does something."""
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def stop(self) -> None:
        """Stop every process of the group: SIGTERM, the grace, SIGKILL."""
        if group_members(self.group):
            _signal(self.group, signal.SIGTERM)
            if not _vanishes(self.group, self._grace):
                _signal(self.group, signal.SIGKILL)
                _vanishes(self.group, _AFTER_KILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._leash.wait(timeout=_AFTER_KILL)
        if self._leash.stdin:
            self._leash.stdin.close()


def group_members(group: int) -> tuple[int, ...]:
    """The ids of a group's processes that are not dead. Where the system does not list processes
    the group's own id stands for all of them."""
    listing = Path("/proc")
    if not (listing / "self" / "stat").exists():
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return ()
        return (group,)
    return tuple(int(p.name) for p in listing.iterdir() if p.name.isdecimal() and _in(p, group))


def _in(process: Path, group: int) -> bool:
    """Whether a process is of the group and still runs: the dead wait there until somebody asks."""
    try:
        stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # gone meanwhile
        return False
    state, _parent, of = stat.rpartition(")")[2].split()[:3]
    return int(of) == group and state not in "ZX"


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _vanishes(group: int, seconds: float) -> bool:
    """Whether the group is gone within so many seconds."""
    end = time.monotonic() + seconds
    while group_members(group):
        if time.monotonic() >= end:
            return False
        time.sleep(_GLANCE)
    return True
