"""Fits the constants of `agent.calibration` and `agent.score` that turn matches into marks.

Invariant: training files and our own dev answers only, fitted on half of the questions (by a hash),
measured on the rest. Run as ``python -m evals.fit_grader FOLDER`` with the graded files' folder;
threshold and confidence rest on the curves in the tree: after changing one, run it again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear
from sklearn.linear_model import LogisticRegression

from agent.batch import CaseRow, grade_row
from agent.calibration import AUTHORED_CURVE, DERIVED_CURVE, SHARED_SHARE, strength_of
from agent.embedded import EmbeddedGrader
from agent.evidence import Evidence
from agent.grades import GradeRequest, Scored
from agent.points import bare_reference
from agent.score import CORRECT_FROM, confidence_features, row_confidence
from corpus.schema import KeyPoint
from evals.metrics import bias, macro_f1, r, rmse
from index.embedder import TransformerEmbedder

Doubles = npt.NDArray[np.float64]
Curve = tuple[tuple[float, float], ...]
FILES = {"scientsbank_train": 1.0, "beetle_train": 1.0, "saf_training": 2.0}  # and their weights
ROWS = 700  # of each file, drawn with a fixed seed
SWAPPED = 0.5  # weight of answers to another question, whose mark is 0
VERDICT_MARK = {"covered": 1.0, "partial": 0.5, "missing": 0.0}


@dataclass(frozen=True, slots=True)
class Marked:
    """A row with its grade."""

    held_out: bool
    human: float
    correct: bool
    grade: Scored


def basis(strengths: Doubles, knots: Sequence[float]) -> Doubles:
    """Share of each knot in a broken line's value at each strength, [n, knots]."""
    return np.stack([np.interp(strengths, knots, row) for row in np.eye(len(knots))], axis=1)


def fit_curve(shares: Doubles, marks: Doubles, weights: Doubles, knots: Sequence[float]) -> Curve:
    """The growing broken line from 0 to 1 nearest to the marks (weighted least squares).

    `shares` [rows, knots]. Its steps are the unknowns, so that none can fall.
    """
    steps, scale = np.tril(np.ones((len(knots) - 2,) * 2)), np.sqrt(weights)
    left = (shares[:, 1:-1] @ steps) * scale[:, None]
    found = lsq_linear(left, (marks - shares[:, -1]) * scale, bounds=(0, 1)).x
    values = np.minimum(1.0, steps @ found)
    return tuple(zip(knots, (0.0, *(round(float(v), 3) for v in values), 1.0), strict=True))


def row_shares(evidence: Sequence[Evidence], knots: Sequence[float]) -> tuple[float, Doubles]:
    """A row's mean strength and its mean shares, by the points' weights."""
    own = np.array([strength_of(e.whole, len(e.side.tokens)) for e in evidence])
    shared = np.array([e.shared if e.shared is not None else 0.0 for e in evidence])
    strengths = own + SHARED_SHARE * (shared - own)
    shares = np.array([e.point.weight for e in evidence]) / sum(e.point.weight for e in evidence)
    return float(shares @ strengths), shares @ basis(strengths, knots)


def fit_derived(grader: EmbeddedGrader, files: dict[str, list[dict[str, Any]]]) -> None:
    """DERIVED_CURVE: from rows' marks, and from answers given to other questions."""
    knots = [x for x, _ in DERIVED_CURVE]
    shares, marks, weights = [], [], []
    for name, rows in files.items():
        kept = [row for row in rows if not held_out(row["qid"])]
        for row in kept:
            cases = [(row["answer"], row["score"], FILES[name])]
            if name != "beetle_train":  # its questions are all about the same two circuits
                stranger = next(o for o in rows if o["qid"] != row["qid"])
                cases.append((stranger["answer"], 0.0, SWAPPED))
            for answer, mark, weight in cases:
                texts = dict.fromkeys([row["reference"], *(row.get("references") or ())])
                asked = (GradeRequest(row["question"], answer, bare_reference(t)) for t in texts)
                found = [row_shares(e, knots) for e in map(grader.evidence, asked) if e]
                shares.append(max(found, key=lambda x: x[0])[1])
                marks.append(mark)
                weights.append(weight / len(kept))
    curve = fit_curve(np.stack(shares), np.array(marks), np.array(weights), knots)
    say(f"DERIVED_CURVE = {curve}; in the tree {DERIVED_CURVE}")


def fit_authored(grader: EmbeddedGrader, rows: Sequence[dict[str, Any]]) -> None:
    """AUTHORED_CURVE: from verdicts; what contradicts a point is left to the signs of doubt."""
    knots = [x for x, _ in AUTHORED_CURVE]
    pairs = []
    for row in rows:
        points = tuple(KeyPoint(p["id"], p["text"], p["weight"]) for p in row["key_points"])
        for e in grader.evidence(GradeRequest(row["question"], row["answer"], None, points)):
            mark = VERDICT_MARK.get(row["verdicts"][e.point.id])
            if mark is not None:
                pairs.append((strength_of(e.whole, len(e.side.tokens)), mark))
    strengths, marks = np.array(pairs).T
    curve = fit_curve(basis(strengths, knots), marks, np.ones(len(marks)), knots)
    say(f"AUTHORED_CURVE = {curve}; in the tree {AUTHORED_CURVE}")


def graded(grader: EmbeddedGrader, rows: Sequence[dict[str, Any]]) -> list[Marked]:
    """The rows through the product's own path."""
    out = []
    for row in rows:
        grade = grade_row(CaseRow.model_validate(row), grader, lambda _: None, lambda _: None)
        if isinstance(grade, Scored):
            correct = row.get("label") == "correct"
            out.append(Marked(held_out(row["qid"]), float(row["score"]), correct, grade))
    return out


def fit_threshold(files: dict[str, list[Marked]]) -> None:
    """CORRECT_FROM: best mean two-way macro-F1 over the files that have only correct or not."""

    def quality(threshold: float, held: bool) -> list[float]:
        out = []
        for name in ("scientsbank_train", "beetle_train"):
            half = [m for m in files[name] if m.held_out == held]
            ours = [m.grade.label != "contradictory" and m.grade.score >= threshold for m in half]
            out.append(macro_f1([str(m.correct) for m in half], [str(o) for o in ours]))
        return out

    best = max((i / 100 for i in range(30, 90)), key=lambda x: np.mean(quality(x, held=False)))
    for value in (best, CORRECT_FROM):
        say(f"CORRECT_FROM {value}: F1 on the other half {np.round(quality(value, True), 3)}")


def fit_confidence(files: dict[str, list[Marked]]) -> None:
    """ROW_CONFIDENCE: a logistic curve for "within 0.25 of the human mark"; files count alike."""
    every = [(m, 1000 / len(rows)) for rows in files.values() for m in rows if m.grade.points]
    near = np.array([abs(m.grade.score - m.human) <= 0.25 for m, _ in every])
    features = np.array([confidence_features(m.grade.points) for m, _ in every])
    weights = np.array([w for _, w in every])
    fit = np.array([not m.held_out for m, _ in every])
    model = LogisticRegression(C=1.0).fit(features[fit], near[fit], weights[fit])
    say(f"ROW_CONFIDENCE = {np.round([*model.intercept_, *model.coef_[0]], 2)}")
    ours = np.array([row_confidence(m.grade.points) for m, _ in every])
    for name, chances in (("fitted", model.predict_proba(features)[:, 1]), ("in the tree", ours)):
        error = calibration_error(chances[~fit], near[~fit], weights[~fit])
        say(f"  {name}: expected calibration error on the other half {error:.3f}")


def calibration_error(chances: Doubles, hits: npt.NDArray[np.bool_], weights: Doubles) -> float:
    """Mean gap between confidence and truth over ten bins of equal width, by weight."""
    bins = np.minimum((chances * 10).astype(int), 9)
    gaps = [abs(float(weights[bins == b] @ (chances - hits)[bins == b])) for b in range(10)]
    return sum(gaps) / float(weights.sum())


def held_out(qid: str) -> bool:
    return int(hashlib.sha256(qid.encode()).hexdigest(), 16) % 2 == 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines() if x.strip()]


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the graded files")
    grader, folder = EmbeddedGrader(TransformerEmbedder()), parser.parse_args().folder
    files = {name: read(folder / f"{name}.jsonl") for name in FILES}
    for rows in files.values():
        random.Random(0).shuffle(rows)
        del rows[ROWS:]
    fit_derived(grader, files)
    files["dev_answers"] = read(Path(__file__).parent / "data" / "dev_answers.jsonl")
    fit_authored(grader, files["dev_answers"])
    marked = {name: graded(grader, rows) for name, rows in files.items()}
    fit_threshold(marked)
    fit_confidence(marked)
    for name, kept in marked.items():
        people, ours = np.array([(m.human, m.grade.score) for m in kept if m.held_out]).T
        figures = " ".join(f"{of.__name__} {of(people, ours):.3f}" for of in (r, rmse, bias))
        say(f"{name}, other half: {figures}")


if __name__ == "__main__":
    main()
