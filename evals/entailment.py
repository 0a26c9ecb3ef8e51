"""The suite ``entailment``: whether the judge reads one text as saying another, on labelled pairs.

One case: {"premise": "A man is indoors drinking tea.", "hypothesis": "A man is outdoors.",
"label": "contradiction"}. The premise is the judge's passage, the hypothesis its point.
Invariant: whether a set was trained on stands beside its figures, and so does the share of the
hypothesis's words in the premise, which understands nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from agent.judge import VERDICTS, Judge, Pair
from agent.words import share_said
from corpus.schema import GreenroomError
from evals.asked import set_name
from evals.json_rows import json_rows
from evals.metrics import RESAMPLES, Estimate, Rows, estimate, shown
from evals.provenance import LEARNT
from evals.result import Cell, Figure, Goal, Line, Plot, Result, Table
from evals.sampling import spread
from evals.text_table import aligned
from evals.training_data import MEASURE_ONLY
from index.threads import cores, in_order

Doubles = npt.NDArray[np.float64]
ENTAILED = frozenset({"entailment", "paraphrase"})
KNOWN = ENTAILED | {"contradiction", "neutral", "not_entailment", "not_paraphrase"}
AT_A_TIME = 32  # pairs, always the same ones together
OVERLAP_ENTAILED = 0.8  # share of the hypothesis's words from which the floor says yes
_COVERED = VERDICTS.index("covered")
_AGAINST = VERDICTS.index("contradicted")


class PairFileError(GreenroomError):
    """A file of pairs cannot be measured on."""


class LabelledPair(BaseModel):
    """A row of a file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: StrictStr | StrictInt
    premise: StrictStr = Field(min_length=1)
    hypothesis: StrictStr = Field(min_length=1)
    label: StrictStr


@dataclass(frozen=True, slots=True)
class Told:
    """A set's rows with what one system says of each: float [n] that the premise says the
    hypothesis, whether it does, and how much more the one than the opposite."""

    rows: tuple[LabelledPair, ...]
    score: Doubles
    yes: npt.NDArray[np.bool_]
    side: Doubles


def run_entailment(
    paths: Sequence[Path], judge: Judge, most: int | None, seed: int = 0, resamples: int = RESAMPLES
) -> Result:
    """One table of all files. Raises `PairFileError` for a row that cannot be used."""
    figures: list[Figure] = []
    cells: list[tuple[Cell, ...]] = []
    cases: list[dict[str, Any]] = []
    named: dict[str, Path] = {}
    for path in paths:
        named[set_name(path, named)] = path
    sets = {name: read_pairs(path) for name, path in named.items()}  # all, before any is judged
    for name, rows in sets.items():
        drawn = tuple(spread(rows, most, lambda row: row.hypothesis))
        told = {"judge": _judged(drawn, judge), "word-overlap": _overlap(drawn)}
        found = {s: _figures(t, seed, resamples) for s, t in told.items()}
        figures += [
            Figure(f"{name}/{s}/{metric}", e.value, e.low, e.high, _goal(s))
            for s, measured in found.items()
            for metric, e in measured.items()
        ]
        cells.append(_row(name, len(drawn), len(rows), found))
        cases += _cases(name, told["judge"])
    table = _table(cells)
    drawn_from = sum(1 for row in cells if row[1] != row[2])
    note = f"A fixed draw of at most {most:,} rows of each file." if drawn_from else ""
    return Result(
        "entailment", aligned(table), tuple(figures), {"sets": len(cells)}, tuple(cases),
        (_plot(figures),), title="pairs", tables=(table,), notes=(note,) if note else (),
    )  # fmt: skip


def read_pairs(path: Path) -> tuple[LabelledPair, ...]:
    """The rows; every label is one that is known."""
    rows = []
    for number, given in json_rows(path, PairFileError):
        try:
            row = LabelledPair.model_validate(given)
        except ValidationError as error:
            raise PairFileError(
                f"{path} line {number} is no pair with id, premise, hypothesis and label"
            ) from error
        if row.label not in KNOWN:
            raise PairFileError(
                f"{path} line {number}: label {row.label!r} is none of {sorted(KNOWN)}"
            )
        rows.append(row)
    if not rows:
        raise PairFileError(f"{path} has no rows")
    return tuple(rows)


def _judged(rows: tuple[LabelledPair, ...], judge: Judge) -> Told:
    pairs = [Pair(row.hypothesis, row.premise) for row in rows]
    parts = [pairs[i : i + AT_A_TIME] for i in range(0, len(pairs), AT_A_TIME)]
    chances = np.concatenate(list(in_order(judge.judge, parts, cores()))).astype(np.float64)
    return Told(
        rows, chances[:, _COVERED], chances.argmax(axis=1) == _COVERED,
        chances[:, _COVERED] - chances[:, _AGAINST],
    )  # fmt: skip


def _overlap(rows: tuple[LabelledPair, ...]) -> Told:
    shares = np.array([share_said(row.hypothesis, row.premise) for row in rows])
    return Told(rows, shares, shares >= OVERLAP_ENTAILED, shares)


def _figures(told: Told, seed: int, resamples: int) -> dict[str, Estimate]:
    """Figures by name; pairs with the same hypothesis are drawn together. NaN where a set has
    labels of one kind only."""
    entailed = np.array([row.label in ENTAILED for row in told.rows])
    known = entailed | np.array([row.label == "contradiction" for row in told.rows])
    groups = [row.hypothesis for row in told.rows]
    measures: dict[str, Callable[[Rows], float]] = {
        "balanced_accuracy": lambda at: _balanced(entailed[at], told.yes[at]),
        "auc": lambda at: _auc(entailed[at], told.score[at]),
        "auc_against_contradiction": lambda at: _auc(
            entailed[at][known[at]], told.side[at][known[at]]
        ),
    }
    return {name: estimate(groups, of, seed, resamples) for name, of in measures.items()}


def _balanced(right: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> float:
    if len(np.unique(right)) < 2:
        return float("nan")
    return float(balanced_accuracy_score(right, said))


def _auc(right: npt.NDArray[np.bool_], said: Doubles) -> float:
    return float(roc_auc_score(right, said)) if len(np.unique(right)) == 2 else float("nan")


def _goal(system: str) -> Goal | None:
    return "high" if system == "judge" else None


def _row(name: str, drawn: int, of: int, found: dict[str, dict[str, Estimate]]) -> tuple[Cell, ...]:
    cells = [
        shown(found[system][metric])
        for metric in ("balanced_accuracy", "auc", "auc_against_contradiction")
        for system in ("judge", "word-overlap")
    ]
    learnt = "yes" if name in LEARNT else "no" if name in MEASURE_ONLY else "not known"
    return (name, drawn, of, learnt, *cells)


def _table(cells: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(
        "Does one text say another?",
        "Balanced accuracy and AUC of entailed against everything else, and AUC of entailed "
        "against contradicted; 0.5 is chance. “By words” is what common words alone reach. "
        "Of a set that was trained on, the figures say what was learnt, not how well it does "
        "elsewhere.",
        ("set", "rows", "of", "trained on", "balanced accuracy", "balanced accuracy by words",
         "AUC", "AUC by words", "AUC against contradicted", "AUC against contradicted by words"),
        tuple(cells),
    )  # fmt: skip


def _plot(figures: Sequence[Figure]) -> Plot:
    sides = {
        system: [(f.name.split("/")[0], f.value) for f in figures
                 if f.name.endswith(f"/{system}/auc") and not np.isnan(f.value)]
        for system in ("judge", "word-overlap")
    }  # fmt: skip
    return Plot(
        "Entailed against everything else",
        "Area under the ROC curve; 0.5, the line, is chance.", "", "AUC", "bars",
        tuple(
            Line(system, tuple((float(i), round(value, 4)) for i, (_, value) in enumerate(found)))
            for system, found in sides.items()
        ),
        ticks=tuple(name.replace("_", " ") for name, _ in sides["judge"]),
        limits=(0.5,),
    )  # fmt: skip


def _cases(name: str, told: Told) -> list[dict[str, Any]]:
    return [
        {"file": name, "id": row.id, "human": row.label, "score": round(float(score), 4),
         "entailed": bool(yes)}
        for row, score, yes in zip(told.rows, told.score, told.yes, strict=True)
    ]  # fmt: skip
