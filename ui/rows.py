"""Files of JSON Lines as people hand them over: with a byte order mark, CRLF, blank lines, or bytes
that are no UTF-8.

Invariant: lines are counted from 1 as an editor counts them, and a line that cannot be used spoils
no other.
"""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corpus.schema import GreenroomError

Row = TypeVar("Row", bound=BaseModel)


class RowsError(GreenroomError):
    """A file of rows cannot be used; the message names the file and the line."""


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file; ``-`` is stdin. Raises OSError where it cannot be read.

    Bytes that are no UTF-8 come as lone surrogates, which no valid row holds.
    """
    stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape")
    try:
        yield lines
    finally:
        lines.detach() if str(path) == "-" else lines.close()


def is_overwritten(path: Path, target: Path | None) -> bool:
    """Whether writing to `target` would destroy the rows themselves; ``-`` may be a file too."""
    try:
        given = os.fstat(sys.stdin.fileno()) if str(path) == "-" else path.stat()
        wanted = target.stat() if target is not None else None
    except (OSError, ValueError):  # one of them is no file
        return False
    return wanted is not None and stat.S_ISREG(wanted.st_mode) and os.path.samestat(given, wanted)


def read_rows(path: Path, model: type[Row], shape: str) -> list[Row]:
    """All rows of a file, checked before any is used; blank lines are no rows.

    `shape` says in an error what a row looks like. Raises RowsError with the first bad line.
    """
    rows = []
    with open_lines(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                line.encode()
                rows.append(model.model_validate(json.loads(line)))
            except (ValueError, RecursionError) as error:
                raise RowsError(
                    f"{path}, line {number}: {_fault(error)}; a row looks like {shape}"
                ) from error
    return rows


def _fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg'].lower()}" if place else first["msg"].lower()
    if isinstance(error, UnicodeEncodeError):
        return "not UTF-8"
    return "not JSON"
