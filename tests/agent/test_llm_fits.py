"""What a model's probabilities are worth, kept by model and prompt; a broken file is no fit."""

from __future__ import annotations

import json
import logging
import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.grades import GradeRequest, Scored
from agent.llm.calibration import MOST, Calibration
from agent.llm.capabilities import answering_model
from agent.llm.choosing import choose_grader
from agent.llm.client import LanguageModel
from agent.llm.endpoint import Endpoint
from agent.llm.fits import FILE, Fit, FitsError, find_fit, keep_fit, read_fit
from agent.llm.grader import LanguageModelGrader
from agent.llm.labels import argmax
from agent.llm.prompts import DIGEST
from agent.llm.scripted import ScriptedModel
from agent.settings import Settings
from corpus.schema import KeyPoint

rows = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4).map(
    lambda xs: tuple(x / math.fsum(xs) for x in xs)
)
weights = st.lists(st.floats(-9, 9), min_size=4, max_size=4)


def scaled(by=1.0, **shift):
    names = ("covered", "partial", "missing", "contradicted")
    eye = tuple(tuple(by if i == j else 0.0 for j in range(4)) for i in range(4))
    return Calibration(weights=eye, bias=tuple(shift.get(n, 0.0) for n in names))


def fit(calibration=None, **fields):
    given = {
        "prompt": DIGEST, "way": "choice", "answers": 40, "points": 160, "verdicts_right": 0.7,
        "macro_f1": 0.6, "confidence_error": 0.05,
    }  # fmt: skip
    return Fit(**{**given, **fields}, calibration=calibration or scaled(0.5))


# The calibration


@settings(deadline=None)
@given(rows)
def test_the_identity_leaves_a_row_as_it_is(row):
    assert Calibration().applied(row) == pytest.approx(row, abs=1e-6)


@settings(deadline=None)
@given(rows, st.lists(weights, min_size=4, max_size=4), weights)
def test_whatever_the_weights_probabilities_come_out(row, matrix, bias):
    found = Calibration(weights=tuple(map(tuple, matrix)), bias=tuple(bias)).applied(row)
    assert sum(found) == pytest.approx(1.0)
    assert min(found) >= 0.0


@settings(deadline=None)
@given(rows)
def test_a_scale_below_one_makes_less_sure_and_a_bias_moves_mass(row):
    flat = scaled(0.5).applied(row)
    assert max(flat) <= max(row) + 1e-9
    assert argmax(flat) == argmax(row)
    assert scaled(missing=1.0).applied(row)[2] >= row[2]


@pytest.mark.parametrize(
    "broken",
    [{"bias": (0.0, 0.0, 0.0)}, {"weights": ((1.0,) * 4,) * 3}, {"bias": (float("nan"),) * 4},
     {"bias": (MOST * 2, 0.0, 0.0, 0.0)}, {"bias": ("1", 0.0, 0.0, 0.0)}, {"scale": 2.0}],
)  # fmt: skip
def test_a_calibration_of_another_shape_is_refused(broken):
    with pytest.raises(ValidationError):
        Calibration(**broken)


# The file


def test_a_fit_is_found_by_its_model_and_replaced_alone(tmp_path):
    home = tmp_path / "not there yet"
    assert find_fit(home, "a/Model") is None
    keep_fit(home, "a/Model", fit())
    keep_fit(home, "other", fit(answers=7))
    assert find_fit(home, "A/model ") == fit()
    keep_fit(home, "a/model", fit(answers=50))
    assert read_fit(home, "a/Model").answers == 50
    assert read_fit(home, "other").answers == 7
    assert read_fit(home, "a") is None
    assert [p.name for p in home.iterdir()] == [FILE]


def test_a_fit_of_other_prompts_is_kept_but_not_used(tmp_path):
    keep_fit(tmp_path, "m", fit(prompt="00000000"))
    assert find_fit(tmp_path, "m") is None
    assert not read_fit(tmp_path, "m").current


def _with(**change):
    whole = json.loads(fit().model_dump_json())
    return json.dumps({"version": 1, "models": {"m": {**whole, **change}}})


BROKEN = {
    "no JSON": "{",
    "no object": "[]",
    "another version": '{"version": 2, "models": {}}',
    "a field too many": _with(trust="me"),
    "a share over one": _with(verdicts_right=1.5),
    "a number as text": _with(answers="40"),
    "no answers": _with(answers=0),
    "NaN": _with(macro_f1=float("nan")),
    "a way unknown": _with(way="guess"),
    "weights too few": _with(calibration={"weights": [[1.0]], "bias": [0.0] * 4}),
    "a weight beyond all": _with(calibration={"bias": [1e9, 0, 0, 0]}),
    "too large": " " * 1_000_001,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_does_not_hold_together_calibrates_nothing(tmp_path, name, caplog):
    (tmp_path / FILE).write_text(BROKEN[name])
    with caplog.at_level(logging.WARNING):
        assert find_fit(tmp_path, "m") is None
    assert FILE in caplog.text
    with pytest.raises(FitsError, match="delete it"):
        read_fit(tmp_path, "m")
    with pytest.raises(FitsError):
        keep_fit(tmp_path, "m", fit())
    assert (tmp_path / FILE).read_text() == BROKEN[name]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FitsError, match="file"):
        keep_fit(tmp_path / "file", "m", fit())


# Its use


def test_the_grader_marks_with_the_fit_of_its_model_and_says_so(tmp_path):
    answer = "A mutex admits one thread."
    request = GradeRequest("What is a mutex?", answer, None, (KeyPoint("k1", answer),))

    def chosen(name="vllm"):
        settings = Settings(home=tmp_path, llm_url=server.url)
        patient = partial(answering_model, limit=60.0)  # for a busy machine
        return choose_grader(name, settings, WordEmbedder(), word_grader(), probe=patient)

    with ScriptedModel("good") as server:
        raw = chosen()
        before = raw.grade(request)
        keep_fit(tmp_path, "scripted", fit(scaled(0.25)))
        grader = chosen()
        after = grader.grade(request)
        combined = chosen("combined").info
        keep_fit(tmp_path, "scripted", fit(scaled(1.0, contradicted=9.0)))
        other = chosen()
        against = other.grade(request)
    assert isinstance(before, Scored)
    assert isinstance(after, Scored)
    assert after.points[0].verdict == before.points[0].verdict == "covered"
    assert after.points[0].confidence < before.points[0].confidence
    assert against.points[0].verdict == "contradicted"
    assert (raw.info.measured, grader.info.measured) == (False, True)
    assert len({raw.info.version, grader.info.version, other.info.version}) == 3
    assert grader.info.version in combined.version


def test_a_fit_to_another_way_of_asking_is_not_used(tmp_path, caplog):
    """Verdicts that a server decides itself are of other prompts than a constrained choice."""
    answer = "A mutex admits one thread."
    request = GradeRequest("What is a mutex?", answer, None, (KeyPoint("k1", answer),))
    with ScriptedModel("good") as server:
        model = LanguageModel(Endpoint(server.url), server.name)
        raw = LanguageModelGrader(model, WordEmbedder())
        grader = LanguageModelGrader(model, WordEmbedder(), fit(scaled(0.25), way="systemone"))
        assert grader.info.measured  # nothing was asked yet
        with caplog.at_level(logging.WARNING):
            found = [grader.grade(request), grader.grade(request)]
        assert found == [raw.grade(request)] * 2
    assert not found[0].grader.measured
    assert caplog.text.count("another way of asking") == 1
