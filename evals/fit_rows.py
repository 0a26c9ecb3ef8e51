"""Fits how sure a row's mark is, and shows what asking below a confidence means.

``python -m evals.fit_rows DATA``, with the folder of the graded files, prints ROW_CONFIDENCE of
`agent.score` and the share of verdicts that are right above each border for ASK_BELOW.
Invariant: dev questions of ours, and the graded training questions that the judge never saw.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from agent.batch import grade_row
from agent.case_rows import CaseRow
from agent.embedded import EmbeddedGrader
from agent.grades import PointGrade, Scored
from agent.score import confidence_features
from agent.trained_judge import TrainedJudge
from evals.cases import Row, marks_rows
from evals.confidence import Sureness, calibration_error
from evals.fit_points import development
from evals.marks import split_of
from evals.training_data import read_lines
from index.embedder import TransformerEmbedder

FILES = ("scientsbank_train", "beetle_train", "saf_training")
ROWS = 200  # of each file
NEAR = 0.25  # the mark is right where it is no farther than this from a person's
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """Graded rows: `features` [n, 3] of `agent.score`, whether the mark was near, weights that sum
    to n, and the question of each."""

    features: npt.NDArray[np.float64]
    near: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    questions: list[str]


def grade(row: Row, grader: EmbeddedGrader) -> tuple[PointGrade, ...] | None:
    """The points of a row, or None where it has no mark."""
    made = grade_row(CaseRow.model_validate(row), grader, lambda _: None, lambda _: None)
    return made.points if isinstance(made, Scored) and made.points else None


def held_out(data: Path, name: str) -> list[Row]:
    """Graded rows of a training file to questions that the judge never saw, at most `ROWS`."""
    held = [r for r in read_lines(data / f"{name}.jsonl") if split_of(r["qid"]) == "dev"]
    return random.Random(0).sample(held, min(ROWS, len(held)))


def fitted(rows: Rows) -> tuple[LogisticRegression, float]:
    """The model on all rows, and its calibration error on questions it did not see."""
    held = np.zeros(len(rows.near))
    for train, test in GroupKFold(FOLDS).split(rows.features, rows.near, rows.questions):
        model = LogisticRegression().fit(
            rows.features[train], rows.near[train], rows.weights[train]
        )
        held[test] = model.predict_proba(rows.features[test])[:, 1]
    whole = LogisticRegression().fit(rows.features, rows.near, rows.weights)
    return whole, calibration_error(Sureness(held, rows.near.astype(np.float64), ()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the constants and what they are worth."""
    from agent.judges import calibration_of
    from agent.score import score_of

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of the graded files")
    data = parser.parse_args(arguments).data
    judge = TrainedJudge()
    grader = EmbeddedGrader(TransformerEmbedder(), judge, calibration_of(judge))
    sets: dict[str, Sequence[Row]] = {n: marks_rows(m) for n, m in development().items()}
    for name in FILES:
        sets[name] = held_out(data, name)
    features, near, weights, questions, sure = [], [], [], [], []
    for rows in sets.values():
        for row in rows:
            points = grade(row, grader)
            if points is None:
                continue
            features.append(confidence_features(points))
            near.append(abs(score_of(points) - float(row["score"])) <= NEAR)
            weights.append(1.0 / len(rows))  # each set counts alike
            questions.append(str(row["qid"]))
            verdicts = row.get("verdicts") or {}
            sure += [(p.confidence, p.verdict == verdicts[p.id]) for p in points if verdicts]
    scaled = np.array(weights) * len(weights) / sum(weights)
    model, error = fitted(Rows(np.array(features), np.array(near), scaled, questions))
    constants = (*model.intercept_, *model.coef_[0])
    sys.stdout.write(f"ROW_CONFIDENCE = ({', '.join(f'{c:.2f}' for c in constants)})\n")
    sys.stdout.write(f"calibration error on other questions {error:.3f}\n")
    confidences, right = (np.array(c) for c in zip(*sure, strict=True))
    for border in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8):
        told = confidences >= border
        sys.stdout.write(
            f"ASK_BELOW {border}: {told.mean():.3f} told, {right[told].mean():.3f} right\n"
        )


if __name__ == "__main__":
    main()
