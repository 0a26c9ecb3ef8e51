"""Fits what turns the judge's probabilities into chances, and says what the constants rest on.

``python -m evals.fit_grader`` measures on the dev questions of the library and of other subjects,
and on plain answers to them; ``--write`` puts the calibration beside the weights. Invariant: a
figure that is printed comes from folds that share no question, and no test question is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from agent.calibration import Borders, Calibration
from agent.embedded import EmbeddedGrader
from agent.judge import VERDICTS
from agent.trained_judge import CARD, TrainedJudge
from evals.confidence import Sureness, calibration_error
from evals.fit_points import (
    Doubles,
    Numbers,
    Points,
    decided,
    development,
    read_points,
    row_marks,
    together,
)
from evals.metrics import macro_f1, r, rmse
from index.embedder import TransformerEmbedder

FOLDS = 5
STRENGTH = 1.0  # of the regularisation, on standardised features


def fitted_to(features: Doubles, verdicts: Numbers, counts: Doubles) -> Pipeline:
    """A multinomial logistic regression on standardised features."""
    made = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    return made.fit(features, verdicts, logisticregression__sample_weight=counts)


def calibration_of(fitted: Pipeline) -> Calibration:
    """The fitted model on the features as they come."""
    scaler, logistic = fitted.steps[0][1], fitted.steps[1][1]
    weights = logistic.coef_ / scaler.scale_
    bias = logistic.intercept_ - weights @ scaler.mean_
    return Calibration(
        weights=tuple(tuple(round(float(w), 5) for w in row) for row in weights),
        bias=tuple(round(float(b), 5) for b in bias),
    )


def held_out_chances(points: Points) -> Doubles:
    """The chances of each point from a model that saw no answer to its question, [n, 4]."""
    out = np.zeros((len(points.verdicts), len(VERDICTS)))
    for train, test in GroupKFold(FOLDS).split(points.features, points.verdicts, points.questions):
        fitted = fitted_to(points.features[train], points.verdicts[train], points.counts[train])
        out[test] = fitted.predict_proba(points.features[test])
    return out


def report(parts: Mapping[str, Points], joined: Points) -> None:
    """What the choices would give on each part, those best on the mean of the parts first; answers
    to other questions stand apart. `joined` is all parts together, in this order."""
    held = held_out_chances(joined)
    ends = np.cumsum([len(part.verdicts) for part in parts.values()])[:-1]
    chances = dict(zip(parts, np.split(held, ends), strict=True))
    for name, part in parts.items():
        say(f"{name}: {_likeliest(part, chances[name])}")
    found = []
    for low, high, against in itertools.product(
        (0.3, 0.35, 0.4, 0.45, 0.5), (0.4, 0.45, 0.5, 0.55, 0.6), (0.35, 0.4, 0.45, 0.5)
    ):
        borders = Borders(low, high, against)
        made = {name: _with(part, chances[name], borders) for name, part in parts.items()}
        found.append((sum(f1 + near for f1, near, *_ in made.values()), (low, high, against), made))
    for _, borders_, made in sorted(found, reverse=True, key=lambda f: f[0])[:8]:
        said = "; ".join(
            f"{name}: macro-F1 {f1:.3f}, r {near:.3f}, RMSE {error:.3f}, to another {other:.3f}"
            for name, (f1, near, error, other) in made.items()
        )
        say(f"WRITTEN = Borders{borders_}: {said}")


def _likeliest(points: Points, chances: Doubles) -> str:
    """What the likeliest verdicts are worth."""
    own = points.own
    best = chances.argmax(axis=1)
    hits, sure = (best == points.verdicts)[own], chances.max(axis=1)[own]
    surest = np.argsort(-sure, kind="stable")[: len(sure) // 2]
    return (
        f"{int((np.bincount(points.rows, own) > 0).sum())} answers, {own.sum()} points. Likeliest "
        f"verdict: right {hits.mean():.3f}, macro-F1 "
        f"{macro_f1(points.verdicts[own].tolist(), best[own].tolist()):.3f}, surest half right "
        f"{hits[surest].mean():.3f}, calibration error "
        f"{calibration_error(Sureness(sure, hits.astype(np.float64), ())):.3f}"
    )


def _with(points: Points, chances: Doubles, borders: Borders) -> tuple[float, float, float, float]:
    """Macro-F1, r, RMSE, and the mean mark of answers to other questions, with these borders."""
    own = points.own
    answered = np.bincount(points.rows, own) > 0
    verdicts, scores = decided(chances, borders)
    marks = row_marks(points, scores)
    people = points.scores[answered]
    return (
        macro_f1(points.verdicts[own].tolist(), verdicts[own].tolist()),
        r(people, marks[answered]),
        rmse(people, marks[answered]),
        float(marks[~answered].mean()),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what the choices give; with ``--write`` keep the calibration."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path(str(files("agent") / "weights")))
    parser.add_argument("--write", action="store_true", help="put the calibration in the card")
    options = parser.parse_args(arguments)
    judge = TrainedJudge(options.weights)
    grader = EmbeddedGrader(TransformerEmbedder(), judge)
    parts = {name: read_points(marks, grader) for name, marks in development().items()}
    points = together(list(parts.values()))
    report(parts, points)
    fitted = calibration_of(fitted_to(points.features, points.verdicts, points.counts))
    if options.write:
        card = judge.card.model_copy(update={"calibration": fitted})
        text = json.dumps(card.model_dump(), indent=1) + "\n"
        (options.weights / CARD).write_text(text, encoding="utf-8")


def say(text: str) -> None:
    """Print one line."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
