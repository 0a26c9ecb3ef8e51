"""Fits what turns the judge's probabilities into chances, and says what the constants rest on.

``python -m evals.fit_grader`` measures on the dev questions of the library and of other subjects,
and on plain answers to them; ``--write`` puts the calibration beside the weights. Invariant: a
figure that is printed comes from folds that share no question, and no test question is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from agent.alignment import NAMES
from agent.calibration import Borders, Calibration, features_of, judgement
from agent.embedded import EmbeddedGrader
from agent.grades import GradeRequest
from agent.judge import VERDICTS
from agent.trained_judge import CARD, TrainedJudge
from corpus.schema import KeyPoint
from evals.confidence import Sureness, calibration_error
from evals.marks import MarkedAnswer, Marks, load_marks
from evals.metrics import r, rmse
from evals.plain import load_plain
from evals.subjects import load_subjects
from index.embedder import TransformerEmbedder

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
FOLDS = 5
SEED = 0
STRENGTH = 1.0  # of the regularisation, on standardised features
STRANGERS = 0.35  # weight of answers to other questions; more costs r with the marks (evals/LOG.md)
CONTRADICTED = VERDICTS.index("contradicted")


@dataclass(frozen=True, slots=True)
class Points:
    """The points of many answers: `features` [n, FEATURES], `verdicts` [n] as numbers, `rows` [n]
    the number of the answer, `weights` [n], `questions` [n]; `scores` [answers]; `own` [n] tells
    that the answer was given to the question, not to another."""

    features: Doubles
    verdicts: Numbers
    rows: Numbers
    weights: Doubles
    questions: npt.NDArray[np.str_]
    scores: Doubles
    own: npt.NDArray[np.bool_]

    @property
    def counts(self) -> Doubles:
        """How much each point counts in a fit, [n]."""
        return np.where(self.own, 1.0, STRANGERS)


def development() -> dict[str, Marks]:
    """What the constants are fitted to, by name."""
    return {
        "library": load_marks().part("dev"),
        "subjects": load_subjects("dev"),
        "plain": load_plain("dev"),
    }


def together(parts: Sequence[Points]) -> Points:
    """All of the points; the rows of each part are numbered on."""
    before = np.cumsum([0, *(len(part.scores) for part in parts)])
    return Points(
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.verdicts for p in parts]),
        np.concatenate([p.rows + n for p, n in zip(parts, before, strict=False)]),
        np.concatenate([p.weights for p in parts]),
        np.concatenate([p.questions for p in parts]),
        np.concatenate([p.scores for p in parts]),
        np.concatenate([p.own for p in parts]),
    )


def read_points(marks: Marks, grader: EmbeddedGrader) -> Points:
    """Every point of the answers as the grader reads it, before any calibration.

    Each answer is also given to another question, where it earns nothing: a good answer has a ring
    of its own, and the judge half believes it whatever was asked.
    """
    chance = random.Random(SEED)
    asked = sorted({a.question_id for a in marks.answers})
    cases: list[tuple[MarkedAnswer, str]] = []
    for answer in marks.answers:
        cases.append((answer, answer.question_id))
        other = chance.choice([q for q in asked if q != answer.question_id])
        cases.append((answer, other))
    features: list[tuple[float, ...]] = []
    verdicts: list[int] = []
    rows: list[int] = []
    weights: list[float] = []
    questions: list[str] = []
    scores: list[float] = []
    owned: list[bool] = []
    for answer, question_id in cases:
        own = question_id == answer.question_id
        question = marks.questions[question_id]
        points = tuple(KeyPoint(p.id, p.text, p.weight) for p in question.key_points)
        request = GradeRequest(question.question, answer.answer, None, points)
        found, judged = grader.evidence(request)
        for evidence, chances in zip(found, judged.chances, strict=True):
            matched = evidence.match.features if evidence.match else (0.0,) * len(NAMES)
            features.append(features_of(chances, matched))
            verdict = answer.verdicts[evidence.point.id] if own else "missing"
            verdicts.append(VERDICTS.index(verdict))
            rows.append(len(scores))
            weights.append(evidence.point.weight)
            questions.append(question.id)
            owned.append(own)
        scores.append(answer.score if own else 0.0)
    return Points(
        np.array(features),
        np.array(verdicts),
        np.array(rows),
        np.array(weights),
        np.array(questions),
        np.array(scores),
        np.array(owned),
    )


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


def decided(chances: Doubles, borders: Borders) -> tuple[Numbers, Doubles]:
    """The verdicts [n], as numbers of VERDICTS, and scores [n] with these borders."""
    made = [judgement(tuple(row), borders) for row in chances.tolist()]
    verdicts = np.array([VERDICTS.index(judged.verdict) for judged in made])
    return verdicts, np.array([judged.score for judged in made])


def row_marks(points: Points, scores: Doubles) -> Doubles:
    """Weighted mean of the points' scores, [answers]."""
    total = np.bincount(points.rows, points.weights)
    marks: Doubles = np.bincount(points.rows, points.weights * scores) / total
    return marks


def report(parts: Mapping[str, Points]) -> None:
    """What the choices would give on each part, those best on the mean of the parts first; answers
    to other questions stand apart."""
    held = held_out_chances(together(list(parts.values())))
    ends = np.cumsum([len(part.verdicts) for part in parts.values()])[:-1]
    chances = dict(zip(parts, np.split(held, ends), strict=True))
    for name, part in parts.items():
        say(f"{name}: {_likeliest(part, chances[name])}")
    found = []
    for low, high, against in itertools.product(
        (0.15, 0.2, 0.25, 0.3), (0.6, 0.65, 0.7, 0.75, 0.8), (0.35, 0.4, 0.45, 0.5)
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
        f"{macro_f1(points.verdicts[own], best[own]):.3f}, surest half right "
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
        macro_f1(points.verdicts[own], verdicts[own]),
        r(people, marks[answered]),
        rmse(people, marks[answered]),
        float(marks[~answered].mean()),
    )


def macro_f1(people: Numbers, ours: Numbers) -> float:
    """Unweighted mean F1 over the four verdicts."""
    return float(f1_score(people, ours, average="macro", zero_division=0))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what the choices give; with ``--write`` keep the calibration."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path(str(files("agent") / "weights")))
    parser.add_argument("--write", action="store_true", help="put the calibration in the card")
    options = parser.parse_args(arguments)
    judge = TrainedJudge(options.weights)
    grader = EmbeddedGrader(TransformerEmbedder(), judge)
    parts = {name: read_points(marks, grader) for name, marks in development().items()}
    report(parts)
    points = together(list(parts.values()))
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
