"""The fit of a language model's probabilities: it mends what is too sure, keeps what is sound, and
judges no question by a fit that saw it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from marked import row

from agent.grades import AnswerSpan, Verdict
from agent.judge import VERDICTS
from agent.llm.calibration import Calibration
from agent.llm.client import LanguageModel
from agent.llm.endpoint import Endpoint
from agent.llm.faults import ModelUnavailableError
from agent.llm.fits import FILE, find_fit
from agent.llm.labels import Probabilities, normalised
from agent.llm.locating import Located
from agent.llm.scripted import ScriptedModel
from corpus.schema import KeyPoint
from evals import fit_model
from evals.fit_model import FitError, fit_to, fitted, held_out, worth_of
from evals.grading_run import each_row
from evals.journal import Journal
from evals.model_readings import Readings, ReadPoint, read_answers
from index.embedder import TransformerEmbedder

BOTH: tuple[Verdict, Verdict] = ("covered", "missing")
WORDS = Located(KeyPoint("k1", "A fact."), AnswerSpan(0, 5, "words"), 0.9)


def made(questions: int = 40, each: int = 10, power: float = 1.0) -> tuple[ReadPoint, ...]:
    """Verdicts drawn from what the model tells to this power: above 1 it is too sure."""
    drawn = np.random.default_rng(0)
    found = []
    for i in range(questions * each):
        true = drawn.dirichlet((0.7, 0.4, 0.7, 0.3))
        human = VERDICTS[drawn.choice(4, p=true)]
        told: Probabilities = normalised([float(p) for p in true**power + 1e-9])
        found.append(ReadPoint(f"q{i % questions}", told, WORDS, human))
    return tuple(found)


def read(points: tuple[ReadPoint, ...], unusable: int = 0) -> Readings:
    return Readings(points, len(points) // 4, unusable)


def test_a_model_that_is_too_sure_is_made_less_so() -> None:
    fit, raw, calibrated = fit_to(read(made(power=4.0)), "choice")
    assert calibrated.log_loss < raw.log_loss - 0.2
    assert calibrated.confidence_error < raw.confidence_error / 2
    assert fit.confidence_error == pytest.approx(calibrated.confidence_error, abs=1e-3)
    row: Probabilities = (0.97, 0.01, 0.01, 0.01)
    assert fit.calibration.applied(row)[0] < 0.9
    assert (fit.way, fit.points, fit.current) == ("choice", 400, True)


def test_what_calibrating_does_not_mend_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    worse = Calibration(bias=(0.0, 0.0, 0.0, 5.0))
    monkeypatch.setattr(fit_model, "held_out", lambda points: [worse] * len(points))
    fit, raw, calibrated = fit_to(read(made()), "systemone")
    assert raw.log_loss < calibrated.log_loss
    assert fit.calibration == Calibration()
    assert fit.verdicts_right == pytest.approx(raw.verdicts_right, abs=1e-3)


def test_the_calibration_that_is_kept_is_the_model_that_was_fitted() -> None:
    from sklearn.linear_model import LogisticRegression

    points = made(power=2.0)
    logs = np.log([p.row for p in points])
    whole = LogisticRegression(C=fit_model.STRENGTH, max_iter=5000)
    whole.fit(logs.clip(np.log(1e-4)), [VERDICTS.index(p.human) for p in points])
    expected = whole.predict_proba(logs[:30].clip(np.log(1e-4)))
    got = [fitted(points).applied(p.row) for p in points[:30]]
    assert np.array(got) == pytest.approx(expected, abs=2e-3)


def test_no_point_is_judged_by_a_calibration_that_saw_its_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[set[str]] = []

    def noted(points: list[ReadPoint]) -> Calibration:
        seen.append({p.qid for p in points})
        return Calibration(bias=(float(len(seen)), 0.0, 0.0, 0.0))

    monkeypatch.setattr(fit_model, "fitted", noted)
    points = made()
    for point, calibration in zip(points, held_out(points), strict=True):
        assert point.qid not in seen[int(calibration.bias[0]) - 1]
    assert len(seen) == fit_model.FOLDS


def test_words_that_code_cannot_find_count_as_a_grader_counts_them() -> None:
    """The figures are the grader's, not the model's alone."""
    nowhere = Located(KeyPoint("k1", "A fact."), None, 0.0)
    sure: Probabilities = (0.97, 0.01, 0.01, 0.01)
    points = [ReadPoint(f"q{i}", sure, nowhere, v) for i, v in enumerate(BOTH)]
    assert worth_of(points, [Calibration()] * 2).verdicts_right == 0.5


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        (read(made(questions=5, each=4)), "--rows"),
        (read(tuple(p for p in made() if p.human != "partial")), "partial"),
        (Readings(made(), 80, 20), "20 of 100 answers"),
    ],
)
def test_too_little_or_nothing_usable_is_no_fit(readings: Readings, says: str) -> None:
    with pytest.raises(FitError, match=says):
        fit_to(readings, "choice")


ROWS = [
    row(i, ("covered", "missing"), f"Sentence {i} says fact {i} of it.") | {"key_points": [
        {"id": "k1", "text": f"Sentence {i} says fact {i}.", "weight": 1.0},
        {"id": "k2", "text": "Nobody speaks of elephants.", "weight": 1.0},
    ]}
    for i in range(6)
]  # fmt: skip


def test_answers_are_read_once_and_those_without_content_never(
    tmp_path: Path, embedder: TransformerEmbedder
) -> None:
    from marked import INFO

    path = tmp_path / "kept.jsonl"
    rows = [*ROWS, {**ROWS[0], "id": "x", "answer": "I don't know"}]
    with ScriptedModel("good") as server:
        model = LanguageModel(Endpoint(server.url), server.name)
        found = read_answers(rows, model, embedder, workers=2, journal=Journal(path, INFO))
        asked = len(server.requests)
        again = read_answers(rows, model, embedder, workers=2, journal=Journal(path, INFO))
        assert len(server.requests) == asked
        assert not any("I don't know" in str(r.get("messages")) for r in server.requests)
        model.close()
    assert found == again
    assert (found.answers, found.unusable, len(found.points)) == (6, 0, 12)
    assert found.points[0].row[0] > 0.9
    assert found.points[1].row[2] > 0.9
    assert [p.human for p in found.points[:2]] == ["covered", "missing"]


def test_a_model_that_is_lost_ends_the_run_with_what_was_read_kept(tmp_path: Path) -> None:
    from marked import INFO

    path = tmp_path / "kept.jsonl"

    def make(row: dict[str, Any]) -> dict[str, Any]:
        lost = row["id"] == "a4"
        return {"reason": "model_unavailable" if lost else None, "feedback": "gone"}

    with pytest.raises(ModelUnavailableError, match="same command again"):
        each_row(ROWS, make, workers=1, journal=Journal(path, INFO))
    assert 3 <= path.read_text().count('"key"') < 6


@pytest.mark.slow
def test_the_command_keeps_a_fit_that_the_grader_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedModel("good") as server:
        monkeypatch.setenv("GREENROOM_LLM_URL", server.url)
        given = ["--home", str(tmp_path), "--rows", "60", "--workers", "4"]
        fit_model.main([*given, "--dry-run"])
        assert not (tmp_path / FILE).exists()
        fit_model.main(given)
    said = capsys.readouterr().out
    assert "as they came" in said
    assert FILE in said
    fit = find_fit(tmp_path, "scripted")
    assert fit is not None
    assert fit.answers > 40
    assert json.loads((tmp_path / FILE).read_text())["models"].keys() == {"scripted"}
    assert not (tmp_path / "unfinished-fit.jsonl").exists()


def test_without_a_server_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as told:
        fit_model.main(["--home", str(tmp_path)])
    assert told.value.code == 4
    assert "greenroom serve" in capsys.readouterr().err
