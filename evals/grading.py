"""The eval of a grader on a file of answers that people marked.

One case: {"qid": "1", "question": "What is a stack?", "reference": "A last-in, first-out list.",
"answer": "A queue.", "score": 0.0}. The grader's mark is compared with `score`, its label with
`label`. Floors stand beside it: a constant, the answer's length, its word overlap.
Invariant: rows that the grader left ungraded are counted, are wrong for F1, and carry no mark.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.batch import grade_rows
from agent.grades import Grader
from agent.score import CORRECT_FROM
from agent.words import content_words
from evals.metrics import (
    NUMERIC,
    RESAMPLES,
    Estimate,
    Marks,
    Metric,
    estimate,
    macro_f1,
    three_way,
    two_way,
)

Rows = npt.NDArray[np.int64]
Labels = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the file with what the grader made of it."""

    qid: str
    human: float
    label: str | None
    out: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One grader's figures on one file, by the name of the metric."""

    grader: str
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Report:
    """All of one run: the grader first, then the floors."""

    file: str
    rows: int
    graded: int
    questions: int
    raters_r: float | None  # mean correlation between pairs of raters, where there are several
    lines: tuple[Line, ...]
    cases: tuple[Case, ...]


def grade_file(path: Path, grader: Grader, seed: int = 0, resamples: int = RESAMPLES) -> Report:
    """Grade every row of a JSON Lines file and compare. Raises ValueError for a row without
    a numeric `score`, naming the line."""
    text = path.read_text(encoding="utf-8")
    rows = [_row(line, n, path) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [json.dumps(row) for row in rows]
    outs = list(grade_rows(lines, grader, lambda _: None, lambda _: None))
    cases = tuple(
        Case(str(row.get("qid", row.get("id"))), float(row["score"]), row.get("label"), out)
        for row, out in zip(rows, outs, strict=True)
    )
    return report_of(path.name, rows, cases, grader.info.name, seed, resamples)


def report_of(
    name: str,
    rows: Sequence[dict[str, Any]],
    cases: tuple[Case, ...],
    grader: str,
    seed: int,
    resamples: int,
) -> Report:
    """The table for rows that are graded already."""
    graded = [i for i, c in enumerate(cases) if c.out["status"] == "graded"]
    own = [float(c.out["score"]) if c.out["status"] == "graded" else math.nan for c in cases]
    labels = [str(c.out["label"] or "ungraded") for c in cases]
    lines = [_line(grader, cases, own, labels, seed, resamples)]
    for floor, marks in _floors(rows, cases).items():
        by_mark = ["correct" if m >= CORRECT_FROM else "incorrect" for m in marks]
        lines.append(_line(floor, cases, marks, by_mark, seed, resamples))
    questions = len({c.qid for c in cases})
    return Report(
        name, len(cases), len(graded), questions, _raters_r(rows), tuple(lines), cases
    )  # fmt: skip


def report_as_json(report: Report) -> dict[str, Any]:
    """The table as plain data; a figure is null where the data does not define it."""
    return {
        "file": report.file,
        "rows": report.rows,
        "graded": report.graded,
        "questions": report.questions,
        "raters_r": report.raters_r,
        "graders": [
            {
                "grader": line.grader,
                "figures": {
                    name: [_plain(x) for x in (e.value, e.low, e.high)]
                    for name, e in line.figures.items()
                },
            }
            for line in report.lines
        ],
    }


def report_as_text(report: Report) -> str:
    """The table for a terminal: one line a grader, figures with their intervals."""
    head = f"{report.file}: {report.graded} of {report.rows} graded, {report.questions} questions"
    if report.raters_r is not None:
        head += f", raters with each other r {report.raters_r:.2f}"
    out = [head]
    for line in report.lines:
        figures = "  ".join(
            f"{name} {e.value:.2f} [{e.low:.2f}, {e.high:.2f}]" for name, e in line.figures.items()
        )
        out.append(f"  {line.grader:<13}{figures}")
    return "\n".join(out)


def _line(
    name: str,
    cases: Sequence[Case],
    marks: Sequence[float],
    labels: Sequence[str],
    seed: int,
    resamples: int,
) -> Line:
    figures: dict[str, Estimate] = {}
    kept = [i for i, m in enumerate(marks) if not math.isnan(m)]
    human = np.asarray([cases[i].human for i in kept])
    given = np.asarray([marks[i] for i in kept])
    groups = [cases[i].qid for i in kept]
    for metric, of in NUMERIC.items():
        if kept:
            measure = partial(_on_marks, of, human, given)
            figures[metric] = estimate(groups, measure, seed, resamples)
    told = [i for i, c in enumerate(cases) if c.label is not None]
    for metric, fold in (("f1_2way", two_way), ("f1_3way", three_way)):
        people = np.asarray([fold(str(cases[i].label)) for i in told])
        ours = np.asarray([labels[i] if labels[i] == "ungraded" else fold(labels[i]) for i in told])
        if len(set(people)) > (1 if metric == "f1_2way" else 2):
            measure = partial(_on_labels, people, ours)
            figures[metric] = estimate([cases[i].qid for i in told], measure, seed, resamples)
    return Line(name, figures)


def _on_marks(of: Metric, human: Marks, given: Marks, at: Rows) -> float:
    return of(human[at], given[at])


def _on_labels(human: Labels, given: Labels, at: Rows) -> float:
    return macro_f1(human[at].tolist(), given[at].tolist())


def _floors(rows: Sequence[dict[str, Any]], cases: Sequence[Case]) -> dict[str, list[float]]:
    mean = float(np.mean([c.human for c in cases])) if cases else 0.0
    counts = [len(str(row["answer"]).split()) for row in rows]
    longest = max(counts, default=1) or 1
    return {
        "constant": [mean] * len(rows),
        "length": [math.sqrt(n / longest) for n in counts],
        "word-overlap": [_overlap(row) for row in rows],
    }


def _overlap(row: dict[str, Any]) -> float:
    """Share of the reference's content words, less the question's, that the answer has."""
    asked = set(content_words(str(row.get("question", ""))))
    said = set(content_words(str(row["answer"])))
    points = " ".join(str(p.get("text", "")) for p in row.get("key_points") or ())
    texts = [str(t) for t in row.get("references") or [points or row.get("reference") or ""]]
    wanted = [set(content_words(t)) for t in texts]
    shares = [len((w - asked or w) & said) / len(w - asked or w) for w in wanted if w]
    return max(shares, default=0.0)


def _raters_r(rows: Sequence[dict[str, Any]]) -> float | None:
    marks = [row["raters"] for row in rows if len(row.get("raters") or ()) > 1]
    if len(marks) != len(rows) or not rows:
        return None
    table: Marks = np.asarray(marks, dtype=np.float64)
    pairs = [(i, j) for i in range(table.shape[1]) for j in range(i)]
    return float(np.mean([NUMERIC["r"](table[:, i], table[:, j]) for i, j in pairs]))


def _row(line: str, number: int, path: Path) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict) or not isinstance(row.get("score"), int | float):
        raise ValueError(f"{path} line {number} has no numeric score: it cannot be measured")
    return row


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
