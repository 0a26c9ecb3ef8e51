"""From strength to verdict, mark and confidence: growing, bounded, kinder only where derived."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.calibration import AUTHORED_CURVE, DERIVED_CURVE, expected_mark, judge, strength_of
from agent.doubt import NAMES

NO_SIGNS = (0.0,) * len(NAMES)
unit = st.floats(0, 1)
tokens = st.integers(1, 300)
signs = st.tuples(*(st.sampled_from((0.0, 1.0)) for _ in NAMES))


@given(unit, unit, tokens, st.none() | unit)
def test_a_better_match_never_scores_less(low, high, length, shared):
    low, high = sorted((low, high))
    worse, better = (judge(x, length, NO_SIGNS, shared) for x in (low, high))
    assert worse.score <= better.score
    assert worse.strength <= better.strength


@given(unit, unit, unit, tokens)
def test_a_better_match_of_the_whole_reference_never_scores_less(whole, low, high, length):
    low, high = sorted((low, high))
    worse, better = (judge(whole, length, NO_SIGNS, x) for x in (low, high))
    assert worse.score <= better.score


@given(unit, tokens, signs, st.none() | unit)
def test_score_and_confidence_fit_the_verdict(whole, length, doubts, shared):
    judged = judge(whole, length, doubts, shared)
    assert 0.01 <= judged.confidence <= 0.99
    if judged.verdict == "covered":
        assert 0.95 <= judged.score <= 1
    elif judged.verdict == "partial":
        assert 0.05 <= judged.score <= 0.95
    else:
        assert 0 <= judged.score <= 0.05
    if judged.verdict == "contradicted":
        assert judged.score == 0
        assert any(doubts)


@given(unit, tokens)
def test_a_written_point_is_marked_on_its_own_strength(whole, length):
    judged = judge(whole, length, NO_SIGNS)
    assert judged.strength == strength_of(whole, length)


@pytest.mark.parametrize("strength", [0.15, 0.3, 0.4, 0.45])
def test_only_a_derived_point_is_marked_kindly(strength):
    assert expected_mark(strength, derived=True) > expected_mark(strength, derived=False)


def test_said_in_full_is_one_and_unrelated_is_nothing_on_both_curves():
    for derived, curve in ((True, DERIVED_CURVE), (False, AUTHORED_CURVE)):
        assert expected_mark(1.0, derived) == 1.0
        assert expected_mark(curve[0][0], derived) == 0.0
        assert expected_mark(-0.3, derived) == 0.0
