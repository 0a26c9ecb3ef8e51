"""Where output goes: data to stdout, everything else to stderr.

Invariant: with ``--json`` nothing but JSON reaches stdout; colour and progress bars appear only on
a terminal and never with ``NO_COLOR``.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ui.text import plain as shown

NO_INPUT = "GREENROOM_NO_INPUT"
WIDTH = 100  # characters a line, off a terminal

if TYPE_CHECKING:
    from rich.console import Console


def encode(value: Any) -> str:
    """One line of JSON, non-ASCII text kept readable; NaN and infinities are refused."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate of the input, which only an escape can carry
        return json.dumps(value, allow_nan=False)
    return text


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
    sys.stderr.write(shown(message) + "\n")


def console(*, stderr: bool = False, plain: bool = False) -> Console:
    """A Rich console; off a terminal it prints plain text at a fixed width. `plain` keeps
    colour and all that moves away from a terminal too."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    terminal = stream.isatty()
    colour = terminal and not plain and not os.environ.get("NO_COLOR")
    return Console(
        stderr=stderr,
        width=None if terminal else WIDTH,
        # Rich itself would believe FORCE_COLOR, and keep bold under NO_COLOR.
        color_system="auto" if colour else None,
        highlight=False,
        emoji=False,  # ":name:" of a document stays as it is
    )


def may_ask(*, json: bool = False) -> bool:
    """Whether a person sits at both ends and questions are not forbidden (``--no-input``).

    With `json` stdout carries rows, and the questions go to stderr.
    """
    forbidden = os.environ.get(NO_INPUT) == "1"
    return not forbidden and sys.stdin.isatty() and (sys.stderr if json else sys.stdout).isatty()


def replace_closed() -> None:
    """Put the null device in place of a stream that the caller closed (``>&-``): Python has None
    there, and the next file opened would take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Open until the process ends, as the one in whose place it stands.
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: JSON is UTF-8, and a person's text must come out; and
    take what is typed, whatever bytes it has."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte that is typed must end nothing
