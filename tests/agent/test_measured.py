"""The published figures of the grader: the file that the app shows agrees with the model card."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.embedded import MEASURED, VERSION
from agent.measured import FILE, Figure, Measured, measured_for
from agent.trained_judge import TrainedJudge

WEIGHTS = files("agent") / "weights"
CARD = (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf-8")
LOG = Path(__file__).resolve().parents[2] / "evals" / "LOG.md"


@pytest.fixture
def shipped() -> Measured:
    """What ships."""
    return Measured.model_validate_json((WEIGHTS / FILE).read_text(encoding="utf-8"))


def test_it_is_of_the_judge_and_the_grader_that_ship(shipped: Measured) -> None:
    assert shipped.judge == TrainedJudge().name
    assert shipped.judge in MEASURED
    assert (shipped.grader, shipped.version) == ("embedded", VERSION)
    assert measured_for(shipped.judge) == shipped


def test_every_figure_stands_in_the_card(shipped: Measured) -> None:
    assert f"# {shipped.judge}" in CARD
    card = " ".join(CARD.split())
    ours = [one for one in shipped.sets if "author" in one.marked_by]
    assert len(ours) == 4
    for one in ours:
        assert one.r is not None
        assert f"r {_written(one.r)}" in card
        assert one.verdict_f1 is not None
        assert f"macro-F1 {one.verdict_f1.value:.2f}" in card
        assert one.verdicts_right is not None
        assert f"verdicts right {one.verdicts_right.value:.2f}" in card
    said = card.split("Answers marked by people:")[1].replace(" r ", " ")
    for one in shipped.sets:
        if one not in ours:
            assert one.r is not None
            assert f"{one.name.split(',')[0]} {one.r.value:.2f}" in said


def test_every_interval_stands_in_the_log(shipped: Measured) -> None:
    written = " ".join((CARD + LOG.read_text(encoding="utf-8")).split())
    figures = [f for s in shipped.sets for f in (s.r, s.verdict_f1, s.verdicts_right) if f]
    assert all(_written(f) in written for f in figures if f.low is not None)


def test_the_risk_falls_as_less_is_marked(shipped: Measured) -> None:
    by_coverage = sorted(shipped.risk_coverage, key=lambda c: c.coverage)
    rights = [c.right for c in by_coverage]
    assert rights == sorted(rights, reverse=True)
    assert by_coverage[-1].coverage == 1.0
    assert shipped.sets[0].verdicts_right is not None
    assert by_coverage[-1].right == shipped.sets[0].verdicts_right.value


def test_another_judge_has_no_figures() -> None:
    assert measured_for("somebody/else") is None


@pytest.mark.parametrize(
    "values", [{"value": 1.5}, {"value": 0.5, "low": 0.6, "high": 0.7}, {"value": 0.5, "low": 0.4}]
)
def test_a_figure_that_cannot_be_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Figure.model_validate(values)


def _written(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def test_nothing_unknown_is_in_the_file() -> None:
    raw = json.loads((WEIGHTS / FILE).read_text(encoding="utf-8"))
    with pytest.raises(ValidationError):
        Measured.model_validate({**raw, "note": "by hand"})
