"""How a running `greenroom serve` is found: ``serve.json`` in the data folder.

Invariant: the file is the person's alone (0600, it holds the key), is there only while the server
is ready, and counts only while the process that wrote it lives. That process holds a lock, which
the system lets go of when it dies in whatever way.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agent.llm.endpoint import Endpoint
from agent.serving.faults import ServingError

NAME = "serve.json"
_LOCK = "serve.lock"
_TRIES = 10  # readers hold the lock for a moment
_BETWEEN = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Announcement:
    """A server that is ready. `url` ends in /v1; with `uds` it is reached through that socket.
    `pid`: of the `greenroom serve` that looks after it. `started`: ISO 8601, UTC."""

    url: str
    model: str
    api_key: str = field(repr=False)
    pid: int
    started: str
    uds: str | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where to ask."""
        return Endpoint(self.url, self.model, self.api_key, self.uds)


def running(home: Path) -> Announcement | None:
    """The server that is ready; None where there is none, or what is written of it is stale or
    damaged. Changes nothing and never raises."""
    announced = _read(home / NAME)
    return announced if announced and not _is_free(home / _LOCK) else None


@contextmanager
def claimed(home: Path) -> Iterator[None]:
    """Be the one server of this data folder; what a dead one left there is removed.

    Raises ServingError where another is alive.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / _LOCK).open("a") as lock:
        if not _taken(lock.fileno()):
            other = _read(home / NAME)
            which = f" (process {other.pid})" if other else ""
            raise ServingError(
                f"another `greenroom serve` runs for {home}{which}: stop it with Ctrl-C, "
                "or give this one another --home"
            )
        withdraw(home)
        try:
            yield
        finally:
            withdraw(home)


def announce(home: Path, announcement: Announcement) -> None:
    """Write the file, whole at once."""
    made = home / f".{NAME}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        made.unlink()
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(announcement), stream)
    made.replace(home / NAME)


def withdraw(home: Path) -> None:
    """Remove the file, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        (home / NAME).unlink()


def _read(path: Path) -> Announcement | None:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Announcement).validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _taken(descriptor: int) -> bool:
    """Whether the lock could be had; the process keeps it until it ends."""
    if sys.platform == "win32":  # vLLM does not run there
        return True
    import fcntl

    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN)
        else:
            return True
    return False


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        with path.open("rb") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
