"""What a suite gives: figures with their intervals, text for a terminal, plots, rows.

Invariant: a result depends on the data and the product only; what depends on the clock is in a
result whose `timings` is true, and goes to a file of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Goal = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number under a name that stays, such as ``mohler/embedded/r``.

    `low` and `high` bound its 95% interval (NaN without one); `goal` says which way is better, None
    where a change is neither; `limit` is what it must reach on that side.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    goal: Goal | None = None
    limit: float | None = None

    @property
    def kept(self) -> bool:
        """Whether it reaches its limit; true without one."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.goal == "high" else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """The figure as plain data; what is not defined is null."""
        return {
            "name": self.name,
            "value": plain(self.value),
            "low": plain(self.low),
            "high": plain(self.high),
            "goal": self.goal,
            "limit": self.limit,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot, or one group of bars: points by x, as (x, y)."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as data, with a sentence that says how to read it.

    ``lines`` are joined, ``dots`` are not; `diagonal` draws where x equals y.
    """

    title: str
    note: str
    x: str
    y: str
    kind: Literal["lines", "dots"]
    series: tuple[Line, ...]
    diagonal: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """All of one suite's run. `rows` are its cases; `details` is whatever else the report keeps."""

    suite: str
    text: str
    figures: tuple[Figure, ...]
    details: dict[str, Any]
    rows: tuple[dict[str, Any], ...] = ()
    plots: tuple[Plot, ...] = ()
    faults: tuple[str, ...] = ()
    timings: bool = False

    def as_json(self) -> dict[str, Any]:
        """The report as plain data, without the cases."""
        return {
            "suite": self.suite,
            "figures": [figure.as_json() for figure in self.figures],
            "faults": list(self.faults),
            "details": self.details,
        }


def plain(value: float) -> float | None:
    """A number as JSON has it: four decimals, null where it is not defined."""
    return None if math.isnan(value) else round(value, 4)
