"""The plots of a graded set: marks beside the markers', confidence, risk by coverage, kinds.

Invariant: a plot is data with a sentence that says how to read it and what it shows here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.cases import Case
from evals.confidence import Sureness, bands, of_points, of_rows, risks
from evals.grading import Report
from evals.metrics import Marks
from evals.result import Line, Plot

STEPS = 5  # of the markers' mark
CURVE = 50  # places on a curve of risk by coverage


def plots(report: Report) -> tuple[Plot, ...]:
    """All that the set has matter for."""
    cases = [case for case in report.cases if case.graded]
    if not cases:
        return ()
    sure = {"marks": of_rows(cases)}
    verdicts = of_points(report.lines[0].given.points)
    if verdicts.groups:
        sure["verdicts"] = verdicts
    found = [_agreement(cases), _reliability(sure), _coverage(sure)]
    return (*found, _kinds(report)) if any(case.kind for case in cases) else tuple(found)


def _agreement(cases: Sequence[Case]) -> Plot:
    human = np.array([case.human for case in cases])
    given = np.array([case.mark for case in cases])
    band = np.clip((human * STEPS).astype(int), 0, STEPS - 1)
    filled = [b for b in range(STEPS) if (band == b).any()]
    means = tuple((float(human[band == b].mean()), float(given[band == b].mean())) for b in filled)
    spread = means[-1][1] - means[0][1]
    return Plot(
        "Mark given against the markers' mark",
        "Each dot is an answer, a larger one several; the line joins the mean marks given. On the "
        "diagonal both marks are the same, above it the grader is kinder. From the worst answers "
        f"to the best the mean mark given changes by {spread:+.2f}.",
        "the markers' mark, 0 to 1", "mark given, 0 to 1", "dots",
        (Line("answers", tuple(zip(human.tolist(), given.tolist(), strict=True))),
         Line("mean", means)),
        True, unit=True,
    )  # fmt: skip


def _reliability(sure: dict[str, Sureness]) -> Plot:
    lines = tuple(
        Line(name, tuple((b.said, b.right) for b in found), tuple(b.count for b in found))
        for name, found in ((name, bands(sureness)) for name, sureness in sure.items())
    )
    first = next(iter(sure.values()))
    said, right = float(first.said.mean()), float(first.right.mean())
    return Plot(
        "Is its confidence honest?",
        "How often the grader was right, by how sure it said it was; a larger dot rests on more "
        "of them. On the diagonal it knows how sure it may be; below it boasts. Of marks it says "
        f"{said:.0%} on average, and is right (within a quarter of the markers' mark) in "
        f"{right:.0%}.",
        "confidence it gave, 0 to 1", "share that was right", "lines", lines, True, unit=True,
    )  # fmt: skip


def _coverage(sure: dict[str, Sureness]) -> Plot:
    curves = {name: risks(sureness) for name, sureness in sure.items()}
    name, curve = list(curves.items())[-1]
    half = float(curve[(len(curve) + 1) // 2 - 1])
    return Plot(
        "Does it know when it knows?",
        "The share of errors among its surest answers: at 0.5, among the surer half. A line that "
        f"starts low and rises knows; a flat one does not. In the surer "
        f"half of {name} {half:.0%} are wrong, in all of them {curve[-1]:.0%}.",
        "share kept, surest first", "share of the kept that is wrong", "lines",
        tuple(Line(name, _thinned(curve)) for name, curve in curves.items()), unit=True,
    )  # fmt: skip


def _thinned(curve: Marks) -> tuple[tuple[float, float], ...]:
    at = np.unique(np.linspace(0, len(curve) - 1, CURVE).astype(int))
    return tuple((float((i + 1) / len(curve)), float(curve[i])) for i in at)


def _kinds(report: Report) -> Plot:
    groups: dict[str, list[Case]] = {}
    for case in report.cases:
        if case.graded:
            groups.setdefault(case.kind or "other", []).append(case)
    means = {
        kind: (float(np.mean([c.human for c in mine])), float(np.mean([c.mark for c in mine])))
        for kind, mine in groups.items()
    }
    order = sorted(means, key=lambda kind: (-means[kind][0], kind))
    sides = zip(*(means[kind] for kind in order), strict=True)
    human, given = (tuple((float(i), y) for i, y in enumerate(side)) for side in sides)
    farthest = max(order, key=lambda kind: abs(means[kind][1] - means[kind][0]))
    return Plot(
        "Mean mark by kind of answer",
        "Both bars of a kind should be the same height. They are farthest apart for "
        f"“{farthest.replace('_', ' ')}”: people give {means[farthest][0]:.2f}, the grader "
        f"{means[farthest][1]:.2f}.",
        "", "mean mark", "bars", (Line("people", human), Line(report.lines[0].grader, given)),
        ticks=tuple(kind.replace("_", " ") for kind in order),
    )  # fmt: skip
