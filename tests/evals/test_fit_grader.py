"""The fit of the grader's curves, on marks whose curve is known."""

from __future__ import annotations

import numpy as np
import pytest

from evals.fit_grader import basis, calibration_error, fit_curve

KNOTS = (0.1, 0.3, 0.5, 0.9)


def test_the_curve_behind_clean_marks_is_found():
    strengths = np.linspace(0, 1, 200)
    marks = np.interp(strengths, KNOTS, (0, 0.5, 0.7, 1))
    curve = fit_curve(basis(strengths, KNOTS), marks, np.ones(200), KNOTS)
    assert [x for x, _ in curve] == list(KNOTS)
    assert [y for _, y in curve] == pytest.approx([0, 0.5, 0.7, 1], abs=0.002)


def test_a_curve_never_falls_even_where_the_marks_do():
    strengths = np.linspace(0, 1, 200)
    curve = fit_curve(basis(strengths, KNOTS), 1 - strengths, np.ones(200), KNOTS)
    values = [y for _, y in curve]
    assert values == sorted(values)
    assert values[0] == 0
    assert values[-1] == 1


def test_weights_decide_between_marks_that_disagree():
    shares = basis(np.array([0.3, 0.3]), KNOTS)
    curve = fit_curve(shares, np.array([1.0, 0.0]), np.array([1.0, 3.0]), KNOTS)
    assert curve[1][1] == pytest.approx(0.25, abs=0.01)


def test_calibration_error_is_the_gap():
    chances = np.array([0.75, 0.75, 0.75, 0.75])
    hits = np.array([True, True, True, False])
    assert calibration_error(chances, hits, np.ones(4)) == pytest.approx(0)
    assert calibration_error(chances, ~hits, np.ones(4)) == pytest.approx(0.5)
