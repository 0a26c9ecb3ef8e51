"""What the attacks did, as figures with limits, a table in plain words, bars.

Invariant: a limit holds for a group as a whole and for each attack of it; attacks beyond it are
counted and named, so that a mean over many harmless ones hides none that works.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from evals.metrics import Rows, estimate
from evals.result import Figure, Goal, Line, Plot, Result, Table
from evals.robustness import Group, Tried

Values = npt.NDArray[np.float64]
HEAD = ("What was tried", "cases", "mark before", "after", "mean change", "95% below", "worst", "")


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of the change of marks or of the marks after, and what it may reach."""

    name: str
    of: Callable[[Values], float]
    limit: float
    of_change: bool = True
    goal: Goal = "low"

    def value(self, tried: Sequence[Tried]) -> float:
        """The figure over some cases, four decimals."""
        return round(self.of(self._values(tried)), 4)

    def figure(self, name: str, tried: Sequence[Tried], seed: int) -> Figure:
        """The figure with its interval, clustered by question."""
        values = self._values(tried)

        def measure(at: Rows) -> float:
            return round(self.of(values[at]), 4)

        found = estimate([case.qid for case in tried], measure, seed)
        name = f"{name}, {self.name}"
        return Figure(name, found.value, found.low, found.high, self.goal, self.limit)

    def kept(self, tried: Sequence[Tried]) -> bool:
        """Whether the cases of one attack keep the limit."""
        return Figure("", self.value(tried), goal=self.goal, limit=self.limit).kept

    def _values(self, tried: Sequence[Tried]) -> Values:
        return np.asarray([c.shift if self.of_change else c.after for c in tried])


@dataclass(frozen=True, slots=True)
class Sort:
    """One group of attacks: its name in figures, what it is in plain words, its limits."""

    name: str
    title: str
    bounds: tuple[Bound, ...]
    # The side of a change that is bad: 1 a rise, -1 a fall, 0 both.
    bad: int


def _mean(values: Values) -> float:
    return float(values.mean())


def _mean_fall(values: Values) -> float:
    return float(-values.mean())


def _worst(values: Values) -> float:
    return float(values.max())


def _rise(values: Values) -> float:
    return float(np.quantile(values, 0.95))


def _fall(values: Values) -> float:
    return float(-np.quantile(values, 0.05))


def _median_move(values: Values) -> float:
    return float(np.median(np.abs(values)))


def _move(values: Values) -> float:
    return float(np.quantile(np.abs(values), 0.95))


SORTS: Mapping[Group, Sort] = MappingProxyType(
    {
        "empty": Sort("empty", "Instead of an answer",
                      (Bound("mean mark", _mean, 0.05, of_change=False),
                       Bound("worst mark", _worst, 0.2, of_change=False)), 1),
        "swapped": Sort("another question's answer", "Instead of an answer",
                        (Bound("mean mark", _mean, 0.15, of_change=False),), 1),
        "wrong": Sort("wrong answers", "With a wrong answer",
                      (Bound("mean rise", _mean, 0.02),
                       Bound("rise at the 95th percentile", _rise, 0.1)), 1),
        "right": Sort("right answers", "With a right answer",
                      (Bound("mean fall", _mean_fall, 0.1),
                       Bound("fall at the 95th percentile", _fall, 0.1)), -1),
        "neutral": Sort("neutral changes", "Nothing changed in what is said",
                        (Bound("median move", _median_move, 0.1),
                         Bound("move at the 95th percentile", _move, 0.2)), 0),
        "reversed": Sort("reversed answers", "What is said is turned round: the mark must fall",
                         (Bound("mean fall", _mean_fall, 0.1, goal="high"),), 1),
    }
)  # fmt: skip


def as_result(name: str, tried: Sequence[Tried], seed: int = 0) -> Result:
    """The suite's result for one set of answers; figures are named ``name/group, figure``."""
    groups = {g: found for g in SORTS if (found := [c for c in tried if c.group == g])}
    figures = [
        bound.figure(f"{name}/{SORTS[group].name}", found, seed)
        for group, found in groups.items()
        for bound in SORTS[group].bounds
    ]
    over = [c for found in groups.values() for c in _by_attack(found).values() if not _kept(c)]
    figures.append(Figure(f"{name}/attacks beyond a limit", float(len(over)), goal="low"))
    tables = tuple(_table(group, found) for group, found in groups.items())
    return Result(
        "robustness",
        _text(name, len(tried), figures, tables),
        tuple(figures),
        {"beyond_a_limit": [f"{c[0].group}/{c[0].attack.name}" for c in over]},
        tuple(case.as_row() for case in tried),
        tuple(_plot(group, found) for group, found in groups.items() if group != "swapped"),
        tables=tables,
    )


def _by_attack(tried: Sequence[Tried]) -> dict[str, list[Tried]]:
    found: dict[str, list[Tried]] = defaultdict(list)
    for case in tried:
        found[case.attack.name].append(case)
    return found


def _kept(tried: Sequence[Tried]) -> bool:
    return all(bound.kept(tried) for bound in SORTS[tried[0].group].bounds)


def _table(group: Group, tried: Sequence[Tried]) -> Table:
    sort = SORTS[group]
    limits = "; ".join(
        f"{b.name} {'at least' if b.goal == 'high' else 'at most'} {b.limit:g}" for b in sort.bounds
    )
    rows = tuple(_row(sort, cases) for cases in _by_attack(tried).values())
    return Table(sort.title, f"For each row: {limits}.", HEAD, rows)


def _row(sort: Sort, tried: Sequence[Tried]) -> tuple[str | int | float, ...]:
    before = np.asarray([c.before for c in tried])
    after = np.asarray([c.after for c in tried])
    # Of marks where there was no answer to begin with, of changes elsewhere.
    moved = after if sort.bounds[0].of_change is False else after - before
    bad = np.abs(moved) if not sort.bad else sort.bad * moved
    sign = sort.bad or 1
    figures = (before.mean(), after.mean(), (after - before).mean())
    tail = (sign * np.quantile(bad, 0.95), sign * bad.max())
    return (
        tried[0].attack.says,
        len(tried),
        *(round(float(v), 3) for v in (*figures, *tail)),
        "" if _kept(tried) else "beyond",
    )


def _plot(group: Group, tried: Sequence[Tried]) -> Plot:
    sort = SORTS[group]
    mean = sort.bounds[0]
    by_name = _by_attack(tried)
    of_marks = not mean.of_change
    heights = [
        float(np.mean([c.after if of_marks else c.shift for c in cases]))
        for cases in by_name.values()
    ]
    what = "the mark it gets" if of_marks else "how far the mark moves"
    sides = {1: (mean.limit,), -1: (-mean.limit,), 0: (-mean.limit, mean.limit)}[sort.bad]
    if mean.goal == "high":
        sides = (-mean.limit,)
    return Plot(
        sort.title,
        f"A bar is {what} on average; the line is the limit. Shorter is better."
        if mean.goal == "low"
        else f"A bar is {what} on average; every bar should reach below the line.",
        "",
        "mark" if of_marks else "change of the mark",
        "bars",
        (Line(sort.title, tuple((float(i), round(h, 4)) for i, h in enumerate(heights))),),
        ticks=tuple(name.replace("_", " ") for name in by_name),
        limits=sides,
    )


def _text(name: str, cases: int, figures: Sequence[Figure], tables: Sequence[Table]) -> str:
    lines = [f"{name}: {cases} attacked answers"]
    for figure in figures:
        lines.append(_line(figure))
    for table in tables:
        lines += ["", f"{table.title}. {table.note}"]
        heads = "".join(f"{head:>13}" for head in HEAD[1:-1])
        lines.append(f"  {HEAD[0]:<52}{heads}")
        lines += [
            f"  {row[0]!s:<52}{row[1]:>13}"
            + "".join(f"{value:>+13.3f}" for value in row[2:-1])
            + f"  {row[-1]}"
            for row in table.rows
        ]
    return "\n".join(line.rstrip() for line in lines)


def _line(figure: Figure) -> str:
    said = figure.name.split("/", 1)[-1]
    if figure.limit is None:
        return f"       {said}: {figure.value:g}"
    side = "at least" if figure.goal == "high" else "at most"
    return f"  {'ok  ' if figure.kept else 'OVER'} {said}: {figure.shown} ({side} {figure.limit:g})"
