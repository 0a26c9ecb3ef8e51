"""The fit of the grader's calibration: what is written is what was fitted, and folds are apart."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from agent.calibration import FEATURES, Borders, chances_of
from evals.fit_grader import calibration_of, fitted_to, held_out_chances
from evals.fit_points import Points, decided, row_marks


def made(questions: int = 20, each: int = 12) -> Points:
    drawn = np.random.default_rng(0)
    n = questions * each
    verdicts = np.arange(n) % 4
    features = drawn.normal(size=(n, len(FEATURES)))
    features[np.arange(n), verdicts] += 2
    rows = np.arange(n) // 4
    return Points(
        features,
        verdicts,
        rows,
        drawn.uniform(0.5, 2, n),
        np.repeat([f"q{i}" for i in range(questions)], each),
        drawn.uniform(size=n // 4),
        np.ones(n, bool),
    )


def test_the_calibration_that_is_kept_gives_the_chances_of_the_model():
    points = made()
    fitted = fitted_to(points.features, points.verdicts, points.counts)
    kept = calibration_of(fitted)
    rows = points.features[:20].copy()
    rows[:, :4] = -np.abs(rows[:, :4])  # log-probabilities
    expected = fitted.predict_proba(rows)
    got = [chances_of(np.exp(row[:4]), row[4:], kept) for row in rows]
    assert np.array(got) == pytest.approx(expected, abs=2e-3)


def test_held_out_chances_never_come_from_a_model_that_saw_the_question():
    points = made()
    # Each question has a feature of its own that gives its verdict away, and only there.
    own = points.features.copy()
    numbers = np.array([int(q[1:]) for q in points.questions])
    own[:, 4:] = 0
    for column in range(6):
        mine = numbers % 6 == column
        own[mine, 4 + column] = 10.0 * numbers[mine]
    chances = held_out_chances(dataclasses.replace(points, features=own, verdicts=numbers % 4))
    assert (chances.argmax(axis=1) == numbers % 4).mean() < 0.75


def test_borders_decide():
    drawn = np.array([[0.5, 0.1, 0.4, 0.0], [0.2, 0.1, 0.2, 0.5]])
    assert decided(drawn, Borders(0.2, 0.5, 0.4))[0].tolist() == [0, 3]
    assert decided(drawn, Borders(0.2, 0.6, 0.6))[0].tolist() == [1, 1]
    assert decided(drawn, Borders(0.7, 0.6, 0.6))[0].tolist() == [2, 2]


def test_a_row_is_the_weighted_mean_of_its_points():
    points = Points(
        np.zeros((3, len(FEATURES))),
        np.zeros(3, int),
        np.array([0, 0, 1]),
        np.array([1.0, 3.0, 2.0]),
        np.array(["a", "a", "b"]),
        np.zeros(2),
        np.ones(3, bool),
    )
    assert row_marks(points, np.array([1.0, 0.0, 0.5])).tolist() == [0.25, 0.5]
