"""Where output goes: data to stdout, everything else to stderr.

Invariant: with ``--json`` nothing but JSON reaches stdout; colour and progress bars appear only on
a terminal and never with ``NO_COLOR``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

NO_INPUT = "GREENROOM_NO_INPUT"

if TYPE_CHECKING:
    from rich.console import Console


def encode(value: Any) -> str:
    """One line of JSON, non-ASCII text kept readable; NaN and infinities are refused."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(encode(value) + "\n")


def write_rows(rows: Iterable[Any], output: Path | None = None) -> None:
    """JSON Lines, each row written as soon as it is there."""
    with _target(output) as stream:
        for row in rows:
            stream.write(encode(row) + "\n")
            stream.flush()


@contextmanager
def _target(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    with output.open("w", encoding="utf-8") as stream:
        yield stream


def note(message: str) -> None:
    """A line for the person, on stderr."""
    sys.stderr.write(message + "\n")


def console(*, stderr: bool = False) -> Console:
    """A Rich console; off a terminal it prints plain text at a fixed width."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 100
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def may_ask() -> bool:
    """Whether a person sits at both ends and questions are not forbidden (``--no-input``)."""
    forbidden = os.environ.get(NO_INPUT) == "1"
    return not forbidden and sys.stdin.isatty() and sys.stdout.isatty()
