"""What a suite gives: figures with their intervals, text for a terminal, tables, plots, rows.

Invariant: a result depends on the data and the product only; what depends on the clock is in a
result whose `timings` is true, and goes to a file of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    @property
    def shown(self) -> str:
        """With three places and its interval, as far as there is one, for a terminal."""
        if math.isnan(self.value):
            return "not defined"
        value = f"{round(self.value, 3) + 0.0:.3f}"  # no -0.000
        return value if math.isnan(self.low) else f"{value} [{self.low:.3f}, {self.high:.3f}]"

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
    """One line of a plot, or one group of bars: points by x, as (x, y); `counts` is how much each
    point rests on, where that is to be seen."""

    label: str
    points: tuple[tuple[float, float], ...]
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as data, with a sentence that says how to read it.

    ``lines`` are joined, ``dots`` are not (equal ones make a larger dot), ``bars`` stand at x = 0,
    1 … with a name of `ticks` each. `diagonal` draws where x equals y, `limits` a rule across at
    each of these y. `unit` makes both axes go from 0 to 1.
    """

    title: str
    note: str
    x: str
    y: str
    kind: Literal["lines", "dots", "bars"]
    series: tuple[Line, ...]
    diagonal: bool = False
    ticks: tuple[str, ...] = ()
    limits: tuple[float, ...] = ()
    unit: bool = False


Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, with a sentence that says what they tell. An empty cell is None.

    A `folded` one is long: a page shows it when it is opened.
    """

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False

    def as_json(self) -> dict[str, Any]:
        """The table as plain data, a row an object."""
        rows = [dict(zip(self.head, map(_plain_cell, row), strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows}


@dataclass(frozen=True, slots=True)
class Result:
    """All of one suite's run. `rows` are its cases; `details` is whatever else the report keeps.

    A run over several files or suites has a result for each in `parts`. All baseline figures whose
    names begin with `covers` belong to this run: one that it lacks is lost. `pace` is a result of
    its own, whose `timings` is true: what the same run says of time. `notes` are what a reader has
    to know before the figures: a part that was drawn, data that was trained on.
    """

    suite: str
    text: str
    figures: tuple[Figure, ...]
    details: dict[str, Any]
    rows: tuple[dict[str, Any], ...] = ()
    plots: tuple[Plot, ...] = ()
    faults: tuple[str, ...] = ()
    timings: bool = False
    title: str = ""
    tables: tuple[Table, ...] = ()
    parts: tuple[Result, ...] = ()
    covers: str | None = None
    pace: Result | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as plain data, without the cases."""
        report = {
            "suite": self.suite,
            "figures": [figure.as_json() for figure in self.figures],
            "faults": list(self.faults),
            "details": self.details,
        }
        if self.notes:
            report["notes"] = list(self.notes)
        if self.tables:
            report["tables"] = [table.as_json() for table in self.tables]
        if self.parts:
            # Their figures and faults stand above already.
            report["sections"] = [
                {"title": part.title} | _without(part.as_json(), "figures", "faults")
                for part in self.parts
            ]
        return report


def joined(
    suite: str, parts: Sequence[Result], more: str = "", covers: str | None = None
) -> Result:
    """One result of several: its figures, faults and rows are theirs, a row says whose it is.

    `more` ends the text.
    """
    return Result(
        suite,
        "\n\n".join([*(part.text for part in parts), *([more] if more else [])]),
        tuple(figure for part in parts for figure in part.figures),
        {},
        tuple({"suite": p.suite, "of": p.title} | row for p in parts for row in p.rows),
        faults=tuple(fault for part in parts for fault in part.faults),
        parts=tuple(parts),
        covers=covers,
    )


def noted(result: Result, *notes: str) -> Result:
    """The result with more notes, which the text has under its first line."""
    first, *rest = result.text.split("\n")
    text = "\n".join([first, *(f"  {note}" for note in notes), *rest])
    return replace(result, text=text, notes=(*result.notes, *notes))


def plain(value: float) -> float | None:
    """A number as JSON has it: four decimals, null where it is not defined."""
    return None if math.isnan(value) else round(value, 4)


def _plain_cell(cell: Cell) -> Cell:
    return plain(cell) if isinstance(cell, float) else cell


def _without(report: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in names}
