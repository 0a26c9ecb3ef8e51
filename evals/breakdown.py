"""Where a grader is right and wrong: tables by question, by band of the mark, by kind of answer.

Invariant: every row of a set is in each table once, except that a table by kind needs kinds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from evals.cases import Case
from evals.grading import Report
from evals.metrics import mae, r
from evals.result import Cell, Table

WORST = 10
SHOWN = 300  # characters of an answer
# Bands of the markers' mark: name, lowest mark, and the mark that the next begins with.
BANDS = (
    ("0", 0.0, math.ulp(0.0)),
    ("above 0, under 0.5", math.ulp(0.0), 0.5),
    ("0.5 and more, under 1", 0.5, 1.0),
    ("1", 1.0, math.inf),
)


def tables(report: Report) -> tuple[Table, ...]:
    """All that the set has matter for; the long ones are folded."""
    found = [by_band(report.cases)]
    if any(case.kind for case in report.cases):
        found.append(by_kind(report))
    return (*found, worst(report.cases), by_question(report.cases))


def by_question(cases: Sequence[Case]) -> Table:
    """For each question how many answers, r, and both mean marks, the worst judged first."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.qid].append(case)
    rows = [_question(qid, mine) for qid, mine in sorted(groups.items())]
    rows.sort(key=lambda row: -_gap(row))
    return Table(
        "By question",
        "A question whose answers get marks far from the markers' has points that the grader "
        "cannot read; the farthest come first.",
        ("question", "n", "r", "mean mark of the markers", "mean mark given"),
        tuple(rows), folded=True,
    )  # fmt: skip


def by_band(cases: Sequence[Case]) -> Table:
    """For each band of the markers' mark how many answers, the mean mark given, how far off."""
    rows: list[tuple[Cell, ...]] = []
    for name, low, end in BANDS:
        mine = [case for case in cases if low <= case.human < end]
        human, given = _marks(mine)
        mean, off = (float(given.mean()), mae(human, given)) if len(given) else (None, None)
        rows.append((name, len(mine), mean, off))
    return Table(
        "By the markers' mark",
        "A grader that knows good from bad gives more in each row than in the row above.",
        ("the markers' mark", "n", "mean mark given", "mean distance from the markers'"),
        tuple(rows),
    )  # fmt: skip


def by_kind(report: Report) -> Table:
    """Mean mark of each kind of answer, by people, the grader and the floors."""
    kinds = [case.kind or "–" for case in report.cases]
    human = np.array([case.human for case in report.cases])
    columns = [human, *(np.array(line.given.marks) for line in report.lines)]
    rows: list[tuple[Cell, ...]] = []
    for kind in dict.fromkeys(kinds):
        mine = np.array([k == kind for k in kinds])
        rows.append((kind, int(mine.sum()), *(_mean(column[mine]) for column in columns)))
    rows.sort(key=lambda row: -float(row[2] or 0))
    return Table(
        "By kind of answer",
        "Excellent answers in plain and in other words belong on top, confident errors and heaps "
        "of terms at the bottom.",
        ("kind", "n", "people", *(line.grader for line in report.lines)),
        tuple(rows),
    )  # fmt: skip


def worst(cases: Sequence[Case]) -> Table:
    """The answers whose mark is farthest from the markers'."""
    order = sorted(
        (i for i, case in enumerate(cases) if case.graded),
        key=lambda i: (-abs(cases[i].mark - cases[i].human), i),
    )
    rows = tuple(
        (
            _short(c.question), _short(c.answer), c.human, c.mark, float(c.out["confidence"]),
            _verdicts(c),
        )
        for c in (cases[i] for i in order[:WORST])
    )  # fmt: skip
    return Table(
        f"The {len(rows)} worst errors",
        "Where the mark given is farthest from the markers'.",
        ("question", "answer", "people", "given", "confidence", "verdicts"),
        rows, folded=True,
    )  # fmt: skip


def _question(qid: str, cases: Sequence[Case]) -> tuple[Cell, ...]:
    human, given = _marks(cases)
    correlation = r(human, given)
    return (
        qid, len(cases), None if math.isnan(correlation) else correlation, _mean(human),
        _mean(given),
    )  # fmt: skip


def _gap(row: tuple[Cell, ...]) -> float:
    people, given = row[-2], row[-1]
    if isinstance(people, float) and isinstance(given, float):
        return abs(people - given)
    return 0.0


def _marks(cases: Sequence[Case]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    kept = [case for case in cases if case.graded]
    return np.array([c.human for c in kept]), np.array([c.mark for c in kept])


def _mean(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if len(kept) else None


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[:SHOWN].rstrip() + "…"


def _verdicts(case: Case) -> str:
    def each() -> Iterator[str]:
        for point in case.out["points"]:
            people = (case.verdicts or {}).get(point["id"])
            wrong = f" (people: {people})" if people not in {None, point["verdict"]} else ""
            yield f"{point['id']} {point['verdict']}{wrong}"

    return ", ".join(each())
