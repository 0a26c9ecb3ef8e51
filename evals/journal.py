"""Graded rows on disk as they come, so that a run that was cut off goes on where it was.

Invariant: a row is taken from here only where row, grader, version and model are the same; a line
that a crash cut is no row.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from agent.grades import LOST, GraderInfo

Row = dict[str, Any]


class Journal:
    """The rows of one run. Not for several threads."""

    def __init__(self, path: Path, info: GraderInfo) -> None:
        self._path = path
        self._grader = [info.name, info.version, info.model]
        self._known = dict(_read(path))

    def known(self, row: Row) -> Row | None:
        """What was made of the row before, if it was."""
        return self._known.get(self._key(row))

    def keep(self, row: Row, out: Row) -> None:
        """Write it down, unless it is one that another try may mark."""
        if out["reason"] in LOST:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"key": self._key(row), "out": out})
        with self._path.open("a", encoding="utf-8") as stream:
            # A new line first: the last one may be cut.
            stream.write(f"\n{line}\n")

    def remove(self) -> None:
        """The run is whole: nothing is to be gone on with."""
        self._path.unlink(missing_ok=True)

    def _key(self, row: Row) -> str:
        text = json.dumps([self._grader, row], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> list[tuple[str, Row]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    found = []
    for line in text.split("\n"):
        try:
            kept = json.loads(line)
            found.append((str(kept["key"]), dict(kept["out"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
