"""The eval of a grader on a set of answers that people marked.

One case: {"qid": "1", "question": "What is a stack?", "reference": "A last-in, first-out list.",
"answer": "A queue.", "score": 0.0}. The grader's mark is compared with `score`, its label with
`label`, its verdicts with `verdicts`. Floors stand beside it (`evals.floors`).
Invariant: rows that the grader left ungraded are counted, are wrong for F1, and carry no mark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.grades import Grader
from evals.cases import Case, Graded, grade_all, read_rows
from evals.confidence import area, calibration_error, of_points, of_rows, surest_half
from evals.floors import floors
from evals.judged import Given, covered_auc, given_by, verdict_accuracy, verdict_f1
from evals.kinds import MARGINS, has_margin, margin
from evals.metrics import (
    NUMERIC,
    RESAMPLES,
    Estimate,
    Marks,
    Metric,
    Rows,
    estimate,
    macro_f1,
    three_way,
    two_way,
)
from evals.raters import between_raters, with_raters

Labels = npt.NDArray[np.str_]
Measure = tuple[str, Sequence[str], Callable[[Rows], float]]  # name, groups, what to measure


@dataclass(frozen=True, slots=True)
class Line:
    """One grader's figures on one set, by the name of the metric, and what they were made of."""

    given: Given
    figures: dict[str, Estimate]

    @property
    def grader(self) -> str:
        """Its name."""
        return self.given.name


@dataclass(frozen=True, slots=True)
class Report:
    """All of one run: the grader's line first, then the floors'. `raters`: correlation of single
    markers with each other."""

    graded: Graded
    cases: tuple[Case, ...]
    lines: tuple[Line, ...]
    raters: dict[str, Estimate]

    @property
    def marked(self) -> int:
        """How many rows the grader marked."""
        return sum(case.graded for case in self.cases)

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return len({case.qid for case in self.cases})


def grade_file(path: Path, grader: Grader, seed: int = 0, resamples: int = RESAMPLES) -> Report:
    """Grade every row of a JSON Lines file and compare. Raises `GradedFileError` for a row
    without a `score` in [0, 1], naming the line."""
    return report_of(grade_all(path.stem, read_rows(path), grader), seed, resamples)


def report_of(graded: Graded, seed: int = 0, resamples: int = RESAMPLES) -> Report:
    """The figures of rows that are graded already."""
    cases = graded.cases
    own = given_by(graded)
    lines = [
        Line(given, _figures(given, cases, given is own, seed, resamples))
        for given in (own, *floors(graded))
    ]
    return Report(graded, cases, tuple(lines), between_raters(cases, seed, resamples))


def _figures(
    given: Given, cases: Sequence[Case], own: bool, seed: int, resamples: int
) -> dict[str, Estimate]:
    measures = [
        *_of_marks(given, cases),
        *with_raters(given.marks, cases),
        *_of_labels(given, cases),
        *_of_kinds(given, cases),
        *_of_points(given),
        *(_of_confidence(given, cases) if own else ()),
    ]
    return {name: estimate(groups, measure, seed, resamples) for name, groups, measure in measures}


def _of_marks(given: Given, cases: Sequence[Case]) -> Iterator[Measure]:
    got = np.asarray([not math.isnan(mark) for mark in given.marks])
    yield "marked", [case.qid for case in cases], lambda at: float(got[at].mean())
    kept = [i for i, mark in enumerate(given.marks) if not math.isnan(mark)]
    human = np.asarray([cases[i].human for i in kept])
    marks = np.asarray([given.marks[i] for i in kept])
    if kept:
        for name, metric in NUMERIC.items():
            yield name, [cases[i].qid for i in kept], partial(_on_marks, metric, human, marks)


def _of_labels(given: Given, cases: Sequence[Case]) -> Iterator[Measure]:
    told = [i for i, case in enumerate(cases) if case.label is not None]
    groups = [cases[i].qid for i in told]
    for name, fold, least in (("f1_2way", two_way, 2), ("f1_3way", three_way, 3)):
        people = np.asarray([fold(str(cases[i].label)) for i in told])
        labels = [given.labels[i] for i in told]
        ours = np.asarray([x if x == "ungraded" else fold(x) for x in labels])
        if len(set(people)) >= least:
            yield name, groups, partial(_on_labels, people, ours)


def _of_kinds(given: Given, cases: Sequence[Case]) -> Iterator[Measure]:
    kinds, marks = [case.kind for case in cases], np.asarray(given.marks)
    for name, against in MARGINS.items():
        if has_margin(cases, against):
            yield name, [case.qid for case in cases], partial(margin, kinds, marks, against)


def _of_points(given: Given) -> Iterator[Measure]:
    groups = [point.qid for point in given.points]
    if groups:
        yield "verdict_accuracy", groups, verdict_accuracy(given.points)
        yield "verdict_f1", groups, verdict_f1(given.points)
        yield "covered_auc", groups, covered_auc(given.points)


def _of_confidence(given: Given, cases: Sequence[Case]) -> Iterator[Measure]:
    for prefix, sureness in (("", of_rows(cases)), ("point_", of_points(given.points))):
        if sureness.groups:
            yield f"{prefix}ece", sureness.groups, partial(calibration_error, sureness)
            yield f"{prefix}aurc", sureness.groups, partial(area, sureness)
            yield f"{prefix}surest_half", sureness.groups, partial(surest_half, sureness)


def _on_marks(of: Metric, human: Marks, given: Marks, at: Rows) -> float:
    return of(human[at], given[at])


def _on_labels(human: Labels, given: Labels, at: Rows) -> float:
    return macro_f1(human[at].tolist(), given[at].tolist())
