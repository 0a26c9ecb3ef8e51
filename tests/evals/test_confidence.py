"""Confidence: calibration, risk by coverage, and that neither depends on the order of rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import Case
from evals.confidence import (
    Sureness,
    area,
    bands,
    calibration_error,
    of_points,
    of_rows,
    risks,
    surest_half,
)
from evals.judged import JudgedPoint

OUTCOMES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 0.55, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
)


def sureness(outcomes: list[tuple[float, bool]]) -> Sureness:
    said, right = zip(*outcomes, strict=True) if outcomes else ((), ())
    return Sureness(np.array(said), np.array(right, dtype=np.float64), ("q",) * len(said))


def case(human: float, score: float | None, confidence: float) -> Case:
    status = "ungraded" if score is None else "graded"
    return Case("q", human, None, {"status": status, "score": score, "confidence": confidence})


def test_calibration_error_is_the_gap_between_said_and_done() -> None:
    honest = [(0.9, i < 9) for i in range(10)]
    assert calibration_error(sureness(honest)) == pytest.approx(0.0)
    assert calibration_error(sureness([(0.95, False)] * 10)) == pytest.approx(0.95)
    assert math.isnan(calibration_error(sureness([])))
    assert [band.count for band in bands(sureness([*honest, (0.1, True), (1.0, True)]))] == [1, 11]


def test_a_mark_a_quarter_off_is_near_and_one_without_a_mark_does_not_count() -> None:
    found = of_rows([case(0.6, 0.85, 0.9), case(0.5, 0.76, 0.8), case(1.0, None, 0.0)])
    assert found.right.tolist() == [1.0, 0.0]
    assert found.said.tolist() == [0.9, 0.8]


def test_a_point_is_right_when_the_verdict_is_people_s() -> None:
    found = of_points(
        [
            JudgedPoint("a", "covered", "covered", 1.0, 0.9),
            JudgedPoint("b", "covered", "partial", 0.5, 0.6),
            JudgedPoint("c", "covered", "ungraded", 0.0, 0.0),
        ]
    )
    assert found.right.tolist() == [1.0, 0.0]
    assert found.groups == ("a", "b")


def test_risk_grows_along_a_grader_that_knows_when_it_knows() -> None:
    knows = sureness([(0.9, True), (0.8, True), (0.4, False), (0.2, False)])
    assert risks(knows).tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert surest_half(knows) == 1.0
    backwards = sureness([(0.9, False), (0.8, False), (0.4, True), (0.2, True)])
    assert surest_half(backwards) == 0.0
    assert area(knows) < area(backwards)
    assert math.isnan(area(sureness([])))


@settings(deadline=None)  # a loaded machine is no fault
@given(OUTCOMES, st.randoms(use_true_random=False))
def test_order_does_not_matter(outcomes: list[tuple[float, bool]], chance: object) -> None:
    mixed = list(outcomes)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    for measure in (area, surest_half, calibration_error):
        assert measure(sureness(mixed)) == pytest.approx(measure(sureness(outcomes)))


@settings(deadline=None)  # a loaded machine is no fault
@given(OUTCOMES)
def test_the_last_risk_is_the_share_of_errors(outcomes: list[tuple[float, bool]]) -> None:
    wrong = sum(not right for _, right in outcomes) / len(outcomes)
    assert risks(sureness(outcomes))[-1] == pytest.approx(wrong)


def test_a_constant_confidence_has_the_same_risk_everywhere() -> None:
    flat = sureness([(0.5, i % 4 == 0) for i in range(20)])
    assert risks(flat).tolist() == pytest.approx([0.75] * 20)
