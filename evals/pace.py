"""How fast a language model graded: rows a second, tokens, what its cache saved, and the ratio to a
bare client that sends the same requests.

Invariant: rows that an earlier run had graded count in no figure here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from evals.bare_client import BareRun
from evals.result import Cell, Figure, Result, Table
from evals.server_counters import Counters
from evals.text_table import aligned

NOTE = (
    "Tokens are the server's own count, of all that it did meanwhile. The ratio is the time that a "
    "bare client takes for the same requests over ours: 1 is as fast, 0.95 is the aim."
)
HEAD = (
    "set", "rows", "at a time", "seconds", "rows/s", "tokens read", "from cache", "written",
    "requests", "bare seconds", "ratio",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Round:
    """A part of a set: `rows` that were graded now, in so many seconds. `spent`: what the server
    counted; `bare`: the same requests once more."""

    rows: int
    seconds: float
    spent: Counters | None = None
    bare: BareRun | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """One set. `workers`: rows at a time."""

    name: str
    workers: int
    rounds: tuple[Round, ...]

    @property
    def rows(self) -> int:
        """Rows that were graded now."""
        return sum(r.rows for r in self.rounds)

    @property
    def seconds(self) -> float:
        """What they took."""
        return math.fsum(r.seconds for r in self.rounds)

    @property
    def spent(self) -> Counters | None:
        """What the server counted, None where it does not tell."""
        told = [r.spent for r in self.rounds if r.spent is not None]
        if not told or len(told) < len(self.rounds):
            return None
        return Counters(*map(math.fsum, zip(*map(astuple, told), strict=True)))

    @property
    def bare(self) -> tuple[BareRun, ...]:
        """The bare client's rounds."""
        return tuple(r.bare for r in self.rounds if r.bare is not None)

    @property
    def ratio(self) -> float:
        """The bare client's seconds over ours; NaN where it did not run or failed."""
        if not self.rows or not self.bare or any(b.failed for b in self.bare):
            return math.nan
        return math.fsum(b.seconds for b in self.bare) / self.seconds


def as_result(paces: Sequence[Pace]) -> Result:
    """The paces of a run, for ``timings.json`` and a terminal."""
    table = Table("Pace", NOTE, HEAD, tuple(_row(p) for p in paces))
    figures = tuple(f for p in paces for f in _figures(p))
    return Result("grading", aligned(table), figures, {}, timings=True, tables=(table,))


def _row(pace: Pace) -> tuple[Cell, ...]:
    spent, bare = pace.spent, pace.bare
    hits = spent.hit_share if spent else None
    return (
        pace.name, pace.rows, pace.workers, _short(pace.seconds), _short(_per_second(pace)),
        int(spent.read) if spent else None, None if hits is None else f"{hits:.0%}",
        int(spent.written) if spent else None,
        sum(len(b.waits) for b in bare) if bare else None,
        _short(math.fsum(b.seconds for b in bare)) if bare else None,
        None if math.isnan(pace.ratio) else _short(pace.ratio),
    )  # fmt: skip


def _figures(pace: Pace) -> tuple[Figure, ...]:
    found = {"rows_per_second": _per_second(pace), "ratio_to_bare_client": pace.ratio}
    return tuple(
        Figure(f"{pace.name}/pace/{name}", value, goal="high")
        for name, value in found.items()
        if not math.isnan(value)
    )


def _per_second(pace: Pace) -> float:
    return pace.rows / pace.seconds if pace.rows and pace.seconds else math.nan


def _short(value: float) -> str | None:
    return None if math.isnan(value) else f"{value:.2f}"
