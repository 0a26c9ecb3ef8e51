"""The linear score and its probability: bounded and monotone; the convex mixture: on [0, 1]."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit

from index.fusion import SCALE, SHIFT, WEIGHTS, convex, evidence, probability
from index.ranking import FEATURES
from index.weakness import is_weak

unit = st.floats(-1, 1, allow_nan=False)
rows = st.integers(1, 6).flatmap(lambda n: arrays(float, (n, len(FEATURES)), elements=unit))
scores = arrays(float, 7, elements=st.floats(-1e6, 1e6, allow_nan=False))


def test_every_feature_has_a_weight_and_none_counts_against() -> None:
    assert len(WEIGHTS) == len(FEATURES)
    assert (WEIGHTS >= 0).all()


@given(rows)
def test_a_chance_is_one(features: np.ndarray) -> None:
    chances = probability(evidence(features))
    assert ((chances >= 0) & (chances <= 1)).all()


@given(rows, st.integers(0, len(FEATURES) - 1), st.floats(0, 1))
def test_more_of_a_feature_is_never_worth_less(
    features: np.ndarray, column: int, more: float
) -> None:
    raised = features.copy()
    raised[:, column] += more
    assert (probability(evidence(raised)) >= probability(evidence(features))).all()


def test_a_chance_follows_the_logistic_curve_that_was_fitted() -> None:
    found = np.linspace(-60, 90, 31)
    np.testing.assert_allclose(probability(found), expit(SCALE * found + SHIFT), rtol=1e-9)


def test_extreme_evidence_does_not_overflow() -> None:
    assert probability(np.array([-1e9, 1e9])).tolist() == pytest.approx([0.0, 1.0])


@given(scores, scores, st.floats(0, 1))
def test_the_mixture_lies_between_its_parts(a: np.ndarray, b: np.ndarray, share: float) -> None:
    mixed, first, second = convex(a, b, share), convex(a, b, 1.0), convex(a, b, 0.0)
    assert ((mixed >= 0) & (mixed <= 1)).all()
    assert (mixed <= np.maximum(first, second) + 1e-9).all()
    assert (mixed >= np.minimum(first, second) - 1e-9).all()


@given(scores, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_mixture_does_not_know_the_scale_of_a_part(
    a: np.ndarray, scale: float, shift: float
) -> None:
    whole = np.round(a)
    np.testing.assert_allclose(
        convex(whole, np.zeros(7), 0.5), convex(whole * scale + shift, np.zeros(7), 0.5), atol=1e-6
    )


def test_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        convex(np.zeros(2), np.zeros(2), 1.5)


@pytest.mark.parametrize(
    ("chances", "weak"), [([], True), ([0.1, 0.2], True), ([0.1, 0.9], False), ([0.5], False)]
)
def test_weak_is_when_the_best_is_unlikely(chances: list[float], weak: bool) -> None:
    assert is_weak(np.array(chances)) is weak
