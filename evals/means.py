"""How a language model is kept busy in a run of a suite.

Invariant: no choice made here changes a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORKERS = 16


@dataclass(frozen=True, slots=True)
class Means:
    """`workers`: rows at a time, each with up to eight requests out; `kept`: a folder for rows as
    they come; `bare`: whether a bare client sends the same requests once more."""

    workers: int = WORKERS
    kept: Path | None = None
    bare: bool = False
