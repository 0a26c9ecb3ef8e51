"""A real terminal for tests: tmux, driven by keys and read from the screen.

Invariant: every terminal has a tmux server of its own, which ends with it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

COMMAND = (sys.executable, "-m", "ui.cli")
ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """A terminal of so many columns in which one command runs after another."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 50) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed")
        self.home = home
        self._server = f"greenroom-{uuid.uuid4().hex[:8]}"
        size = ("-x", str(columns), "-y", str(rows))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(ROOT), "PS1= exec sh")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tmux("kill-server")

    def run(self, *arguments: str, into: str = "") -> None:
        """Start a command on a cleared screen; its exit code is printed at its end."""
        quoted = " ".join(f"'{part}'" for part in (*COMMAND, *arguments))
        self._keys("-l", f"clear; GREENROOM_HOME='{self.home}' {quoted} {into}; echo left: $?\n")
        self._tmux("clear-history")

    def type(self, *lines: str) -> None:
        """Type lines, each with Enter; without any, Enter alone."""
        for line in lines or ("",):
            if line:
                self._keys("-l", line)
            self._keys("Enter")

    def press(self, key: str) -> None:
        """Press a key by tmux's name: ``C-c``, ``C-d``."""
        self._keys(key)

    def paste(self, text: str) -> None:
        """Paste text as a terminal does it, bracketed where the command asks for that."""
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")

    def screen(self) -> str:
        """All that is and was on the screen, lines joined that were wrapped by the terminal."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-")

    def coloured(self) -> str:
        """As `screen`, with the escape sequences of colours and weights."""
        return self._tmux("capture-pane", "-p", "-e", "-S", "-")

    def lines(self) -> list[str]:
        """The lines as they stand on the screen."""
        return [line.rstrip() for line in self._tmux("capture-pane", "-p", "-S", "-").splitlines()]

    def wait(self, pattern: str, seconds: float = 60) -> str:
        """The screen, once its last line that is not empty matches. Fails where it never does."""
        end = time.monotonic() + seconds
        while True:
            screen = self.screen().rstrip()
            last = screen.splitlines()[-1] if screen else ""
            if re.search(pattern, last):
                return screen
            if time.monotonic() > end:
                raise AssertionError(f"no {pattern!r} in {seconds} s; the screen:\n{screen}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL the command that runs."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", shell], capture_output=True, text=True, check=True
        )
        for pid in found.stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    def _keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._server, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        )
        return done.stdout
