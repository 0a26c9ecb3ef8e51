"""Two graders on the same answers: differences of figures, on the same draws of questions.

Sample: "r +0.08 [0.02, 0.14], better in 99% of draws". Invariant: a figure compares rows that both
runs have, and marks that both gave; what only one of them has is counted.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.schema import GreenroomError
from evals.cases import Case, Graded, Row, case_of
from evals.judged import judged, verdict_f1
from evals.metrics import (
    NUMERIC,
    RESAMPLES,
    Estimate,
    Marks,
    Metric,
    Rows,
    draws,
    interval,
    macro_f1,
    three_way,
    two_way,
)
from evals.result import Goal

Measure = Callable[[Rows], float]
Compared = tuple[str, Goal, Sequence[str], Measure, Measure]  # name, goal, questions, now, before
_READ = (
    "score", "answer", "verdicts", "question", "reference", "references", "key_points",
    "misconceptions",
)  # fmt: skip
COMPARED: dict[str, Goal] = {"r": "high", "spearman": "high", "rmse": "low", "mae": "low"}


class EarlierRunError(GreenroomError):
    """An earlier run cannot be compared with."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of both, how far they are apart (this run less the other), and the share of draws
    in which this run is better (equal counts half)."""

    name: str
    goal: Goal
    now: float
    before: float
    apart: Estimate
    better: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One set in both runs. `ungraded` counts rows in both that only one of them marked, `remarked`
    rows whose mark by people, whose answer or whose question (its reference and points too) has
    changed: these are left out, for a difference would be the data's."""

    name: str
    now: str
    before: str
    rows: int
    only_now: int
    only_before: int
    ungraded: int
    remarked: int
    differences: tuple[Difference, ...]


def compare(now: Graded, before: Graded, seed: int = 0, resamples: int = RESAMPLES) -> Comparison:
    """Compare two graders' outcomes on a set, row by row."""
    ours, theirs = _by_key(now), _by_key(before)
    shared = [key for key in ours if key in theirs]
    same = [key for key in shared if _same(ours[key][0], theirs[key][0])]
    left = [case_of(*ours[key]) for key in same]
    right = [case_of(*theirs[key]) for key in same]
    once = sum(a.graded != b.graded for a, b in zip(left, right, strict=True))
    return Comparison(
        now.name, *_called(now, before), len(same), len(ours) - len(shared),
        len(theirs) - len(shared), once, len(shared) - len(same),
        tuple(_differences(left, right, seed, resamples)),
    )  # fmt: skip


def read_run(path: Path) -> dict[str, Graded]:
    """The sets of an earlier run by name, from its output folder, its report.json or its
    rows.jsonl. Raises `EarlierRunError`."""
    rows = path / "rows.jsonl" if path.is_dir() else path.with_name("rows.jsonl")
    rows = path if path.suffix == ".jsonl" else rows
    sets: dict[str, list[tuple[Row, Row]]] = {}
    graders: dict[str, str] = {}
    try:
        for line in rows.read_text(encoding="utf-8").split("\n"):
            if not line.strip():
                continue
            row = json.loads(line)
            if "set" not in row:  # another suite's
                continue
            marked, out = row["marked"], row["out"]
            case = case_of(marked, out)
            _ = case.mark, case.given_label, list(judged(case))  # all that a comparison reads
            sets.setdefault(row["set"], []).append((marked, out))
            graders[row["set"]] = out["grader"]["name"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EarlierRunError(
            f"{rows} does not hold the rows of an earlier `greenroom eval grading --output …` "
            f"({error}); name its folder with --against"
        ) from error
    if not sets:
        raise EarlierRunError(f"{rows} has no graded answers; name a run of the suite grading")
    return {
        name: Graded(name, graders[name], *(tuple(side) for side in zip(*found, strict=True)))
        for name, found in sets.items()
    }


def _called(now: Graded, before: Graded) -> tuple[str, str]:
    """Names that tell the two apart: by the grader, its version, its model, else by the run."""
    for of in (_grader, _version, _model):
        if of(now) != of(before):
            return of(now), of(before)
    return f"{_version(now)}, this run", f"{_version(before)}, the other run"


def _grader(graded: Graded) -> str:
    return graded.grader


def _version(graded: Graded) -> str:
    versions = sorted({str(out["grader"].get("version", "")) for out in graded.outs})
    return " ".join([graded.grader, *versions]).strip()


def _model(graded: Graded) -> str:
    models = sorted({str(out["grader"].get("model", "")) for out in graded.outs})
    return f"{_version(graded)} ({', '.join(models)})"


def _by_key(graded: Graded) -> dict[tuple[str, int], tuple[Row, Row]]:
    """Rows by id; of rows with the same id, by which of them it is."""
    seen: Counter[str] = Counter()
    found = {}
    for row, out in zip(graded.rows, graded.outs, strict=True):
        key = json.dumps(row.get("id"))
        found[key, seen[key]] = (row, out)
        seen[key] += 1
    return found


def _same(ours: Row, theirs: Row) -> bool:
    return all(ours.get(key) == theirs.get(key) for key in _READ)


def _differences(
    now: Sequence[Case], before: Sequence[Case], seed: int, resamples: int
) -> list[Difference]:
    compared = [*_of_marks(now, before), *_of_labels(now, before), *_of_points(now, before)]
    found = []
    for name, goal, groups, ours, theirs in compared:
        everything = np.arange(len(groups))
        value, other = ours(everything), theirs(everything)
        apart = [ours(rows) - theirs(rows) for rows in draws(groups, seed, resamples)]
        gains = np.sign([d if goal == "high" else -d for d in apart if not math.isnan(d)])
        share = float(np.mean(gains + 1) / 2) if len(gains) else math.nan
        found.append(Difference(name, goal, value, other, interval(value - other, apart), share))
    return found


def _of_marks(now: Sequence[Case], before: Sequence[Case]) -> Iterator[Compared]:
    both = [(a, b) for a, b in zip(now, before, strict=True) if a.graded and b.graded]
    if not both:
        return
    human = np.array([a.human for a, _ in both])
    marks = [np.array([case.mark for case in side]) for side in zip(*both, strict=True)]

    def measure(metric: Metric, given: Marks) -> Measure:
        return lambda at: metric(human[at], given[at])

    for name, goal in COMPARED.items():
        ours, theirs = (measure(NUMERIC[name], given) for given in marks)
        yield name, goal, [a.qid for a, _ in both], ours, theirs


def _of_labels(now: Sequence[Case], before: Sequence[Case]) -> Iterator[Compared]:
    told = [(a, b) for a, b in zip(now, before, strict=True) if a.label is not None]

    def measure(side: Sequence[Case], fold: Callable[[str], str]) -> Measure:
        people = np.array([fold(str(case.label)) for case in side])
        given = [case.given_label for case in side]
        ours = np.array([x if x == "ungraded" else fold(x) for x in given])
        return lambda at: macro_f1(people[at].tolist(), ours[at].tolist())

    for name, fold in (("f1_2way", two_way), ("f1_3way", three_way)):
        if told and len({fold(str(a.label)) for a, _ in told}) == int(name[3]):
            ours, theirs = (measure(side, fold) for side in zip(*told, strict=True))
            yield name, "high", [a.qid for a, _ in told], ours, theirs


def _of_points(now: Sequence[Case], before: Sequence[Case]) -> Iterator[Compared]:
    ours, theirs = ([point for case in side for point in judged(case)] for side in (now, before))
    if ours:
        yield "verdict_f1", "high", [p.qid for p in ours], verdict_f1(ours), verdict_f1(theirs)
