"""From chances to verdict, mark and confidence: growing, bounded, fitting each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.calibration import (
    DERIVED,
    DERIVED_ALONE,
    FEATURES,
    STRENGTHS,
    WRITTEN,
    Borders,
    Calibration,
    Derived,
    borders_for,
    chances_of,
    derived_chances,
    expected_mark,
    judgement,
    matched_chances,
    shares_for,
)
from agent.judge import VERDICTS

unit = st.floats(0, 1)
chances = st.tuples(*[st.floats(0.01, 1)] * 4).map(lambda c: tuple(x / sum(c) for x in c))
figures = st.tuples(*[unit] * 6)


@given(chances, st.booleans(), st.booleans())
def test_score_and_confidence_fit_the_verdict(given_chances, derived, alone):
    judged = judgement(given_chances, borders_for(derived=derived, alone=alone))
    assert judged.confidence == pytest.approx(
        min(0.99, max(0.01, given_chances[VERDICTS.index(judged.verdict)])), abs=5e-4
    )
    low, high = {"covered": (0.95, 1), "partial": (0.05, 0.95)}.get(judged.verdict, (0, 0.05))
    assert low <= judged.score <= high
    if judged.verdict == "contradicted":
        assert judged.score == 0


def test_each_way_of_asking_has_borders_of_its_own():
    assert borders_for(derived=False, alone=True) == WRITTEN
    assert borders_for(derived=True, alone=False) == DERIVED
    assert borders_for(derived=True, alone=True) == DERIVED_ALONE
    against = (0.3, 0.3, 0.0, 0.4)
    assert judgement(against, DERIVED).verdict == "contradicted"
    assert judgement(against, DERIVED_ALONE).verdict == "partial"


def test_a_verdict_is_reached_by_the_chance_of_it_or_better():
    borders = Borders(partial=0.4, covered=0.5, contradicted=0.45)
    for given_chances, verdict in (
        ((0.5, 0.0, 0.5, 0.0), "covered"),
        ((0.49, 0.51, 0.0, 0.0), "partial"),
        ((0.25, 0.15, 0.6, 0.0), "partial"),
        ((0.25, 0.14, 0.61, 0.0), "missing"),
        ((0.55, 0.0, 0.0, 0.45), "contradicted"),
    ):
        assert judgement(given_chances, borders).verdict == verdict


@given(chances, unit)
def test_what_moves_from_missing_to_covered_never_lowers_the_mark(given_chances, share):
    covered, partial, missing, against = given_chances
    moved = (covered + share * missing, partial, (1 - share) * missing, against)
    assert judgement(moved).score >= judgement(given_chances).score
    assert expected_mark(moved) >= expected_mark(given_chances)


@given(chances, chances, unit, unit, st.booleans())
def test_the_chances_of_a_derived_point_sum_to_one(own, whole, mine, shared, alone):
    point = Derived(own, whole, mine, shared)
    assert sum(derived_chances(point, shares_for(alone=alone))) == pytest.approx(1)


@given(chances, chances, unit, unit, unit, st.booleans())
def test_a_better_match_of_a_derived_point_never_promises_less(
    own, whole, low, high, shared, alone
):
    low, high = sorted((low, high))
    worse, better = (
        derived_chances(Derived(own, whole, x, shared), shares_for(alone=alone))
        for x in (low, high)
    )
    assert expected_mark(worse) <= expected_mark(better) + 1e-12


@given(unit)
def test_a_match_alone_promises_its_place_between_nothing_and_everything(strength):
    low, high = STRENGTHS
    place = min(1, max(0, (strength - low) / (high - low)))
    assert expected_mark(matched_chances(strength)) == pytest.approx(place)


@given(chances, figures)
def test_without_a_calibration_the_judge_is_taken_at_its_word(judged, matched):
    assert chances_of(judged, matched, None) == pytest.approx(judged)


@given(chances, figures)
def test_a_calibration_of_the_log_probabilities_alone_changes_nothing(judged, matched):
    same = Calibration(
        weights=tuple(tuple(float(i == j) for j in range(len(FEATURES))) for i in range(4)),
        bias=(0.0,) * 4,
    )
    assert chances_of(judged, matched, same) == pytest.approx(judged, abs=1e-6)


def test_a_calibration_of_another_shape_is_refused():
    row = (0.0,) * len(FEATURES)
    with pytest.raises(ValidationError, match="rows of"):
        Calibration(weights=(row,) * 3, bias=(0.0,) * 4)
    with pytest.raises(ValidationError, match="rows of"):
        Calibration(weights=(row, row, row, row[1:]), bias=(0.0,) * 4)
    with pytest.raises(ValidationError, match="biases"):
        Calibration(weights=(row,) * 4, bias=(0.0,) * 3)
