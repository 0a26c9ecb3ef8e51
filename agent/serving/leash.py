"""Holds a server, and lets go of nothing: a program that runs between supervisor and server.

    python leash.py SECONDS COMMAND…

It leads the process group in which the server and its engines live. Where the supervisor goes away
in whatever way, the pipe at standard input closes, and the group is stopped: SIGTERM, SECONDS to
end, SIGKILL. Invariant: it uses the standard library alone, and no server outlives its supervisor.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType


def main(arguments: list[str]) -> int:
    """Run the command; its exit code, 128 and more where a signal ended it."""
    # The group's SIGTERM reaches this process too. A handler, unlike "ignore", is not inherited.
    signal.signal(signal.SIGTERM, _stay)
    child = subprocess.Popen(arguments[1:], stdin=subprocess.DEVNULL)
    watch = threading.Thread(target=_watch, args=(child, float(arguments[0])), daemon=True)
    watch.start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _stay(_number: int, _frame: FrameType | None) -> None:
    pass


def _watch(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Stop the whole group, this process with it, once the pipe closes."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    end = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
