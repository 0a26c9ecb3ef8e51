"""The shipped weights: they load, fit their card, and a damaged file is told in one line."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from agent.embedded import EmbeddedGrader
from agent.grades import GradeRequest, Scored
from agent.judge import Pair
from agent.trained_judge import CARD, WEIGHTS, TrainedJudge, WeightsError
from corpus.schema import KeyPoint
from index.embedder import TransformerEmbedder

SHIPPED = Path(str(files("agent") / "weights"))
MOST_BYTES = 30_000_000


def test_the_weights_are_small_enough_for_the_repository():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= MOST_BYTES


def test_nothing_is_judged_without_loading_anything():
    judge = TrainedJudge(Path("nowhere"))
    assert judge.judge([]).shape == (0, 4)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"name": "x", "base": 3}'])
def test_a_damaged_card_is_told(tmp_path, text):
    (tmp_path / CARD).write_text(text)
    with pytest.raises(WeightsError, match="cannot be read"):
        _ = TrainedJudge(tmp_path).name


def test_a_missing_card_is_told(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        _ = TrainedJudge(tmp_path).name


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["missing", "cut", "foreign"])
def test_damaged_weights_are_told(tmp_path, damage):
    shutil.copy(SHIPPED / CARD, tmp_path)
    whole = (SHIPPED / WEIGHTS).read_bytes()
    if damage == "cut":
        (tmp_path / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    elif damage == "foreign":
        from safetensors.numpy import save_file

        save_file({"head.bias": np.zeros(4, np.float32)}, tmp_path / WEIGHTS)
    with pytest.raises(WeightsError, match="cannot be used"):
        TrainedJudge(tmp_path).judge([Pair("a", "b")])


@pytest.mark.slow
def test_a_text_beyond_the_window_loses_its_end_and_nothing_breaks():
    judge = TrainedJudge()
    point = "The cache keeps what was computed."
    beside = "We met on a Tuesday, and the coffee was cold, as it had been the week before. " * 100
    longer = f"{point} {beside} It throws away what was computed."
    rows = judge.judge([Pair(point, f"{point} {beside}"), Pair(point, longer), Pair(longer, "No.")])
    assert rows.shape == (3, 4)
    assert np.isfinite(rows).all()
    assert rows[0].argmax() == 0
    assert rows[0].tobytes() == rows[1].tobytes()


@pytest.mark.slow
def test_a_point_said_hundreds_of_times_is_said():
    judge, point = TrainedJudge(), "The cache keeps what was computed."
    grader = EmbeddedGrader(TransformerEmbedder(), judge, judge.card.calibration)
    question, points = "What does a cache do?", (KeyPoint("k1", point),)
    grade = grader.grade(GradeRequest(question, f"{point} " * 300, None, points))
    assert isinstance(grade, Scored)
    assert grade.points[0].verdict == "covered"


@pytest.mark.slow
def test_the_same_call_gives_the_same_bytes_before_and_after_others():
    judge, pairs = TrainedJudge(), [Pair("Water boils.", "It boils."), Pair("Ice is cold.", "Hm.")]
    first = judge.judge(pairs)
    judge.judge([Pair("Something else entirely.", "And its answer, much longer than that.")] * 7)
    assert judge.judge(pairs).tobytes() == first.tobytes()
    assert json.loads((SHIPPED / CARD).read_text())["name"] == judge.name


@pytest.mark.slow
def test_a_pair_gets_the_same_bytes_whatever_stands_beside_it():
    judge = TrainedJudge()
    pairs = [Pair("Water boils at 100 degrees.", "It boils. " * n) for n in (1, 40, 3, 90, 17)]
    together = judge.judge([*pairs, *pairs[::-1]])
    assert together[:5].tobytes() == together[5:][::-1].tobytes()
    alone = [judge.judge([pair])[0] for pair in pairs]
    assert np.stack(alone).tobytes() == together[:5].tobytes()
