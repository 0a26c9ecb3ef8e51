"""Any cross-encoder as a judge: label order from the config, long texts whole, errors that help."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinyjudge import LENGTH, save_tiny

from agent.cross_encoder import (
    CrossEncoderJudge,
    EntailmentModelError,
    _sized,
    _split_uncertain,
    all_needed,
    later_wins,
    verdict_map,
)
from agent.judge import VERDICTS, Pair
from agent.judges import open_judge
from agent.settings import load_settings

THREE = ("contradiction", "entailment", "neutral")
PAIRS = [
    Pair("steam is soft", "the steam keeps the crust soft"),
    Pair("steam is soft", "bread rises"),
    Pair("a", "b c d e"),
]


def row(**chances: float) -> np.ndarray:
    return np.array([chances.get(v, 0.0) for v in VERDICTS])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"), THREE)


@pytest.mark.parametrize(
    ("labels", "verdicts"),
    [
        (THREE, ("contradicted", "covered", "missing")),
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), ("covered", "missing", "contradicted")),
        (("contradictory", "neutral", "entails"), ("contradicted", "missing", "covered")),
        (("not_entailment", "entailment"), ("missing", "covered")),
        (("entailment", "not-entailment"), ("covered", "missing")),
    ],
)
def test_the_config_says_which_output_means_what(labels, verdicts):
    found = verdict_map("m", dict(enumerate(labels)))
    assert [VERDICTS[int(line.argmax())] for line in found] == list(verdicts)
    assert found.sum() == len(labels)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("LABEL_0", "LABEL_1", "LABEL_2"), "id2label in its config.json"),
        (("LABEL_0",), "one score"),
        (("entailment",), "one score"),
        (("positive", "negative"), "positive, negative"),
        (("entailment", "contradiction"), "entailment, contradiction"),
        (("entailment", "neutral", "not_entailment"), "not_entailment"),
        (("neutral", "contradiction"), "neutral, contradiction"),
    ],
)
def test_labels_that_are_not_those_of_entailment_are_refused_with_their_names(labels, said):
    with pytest.raises(EntailmentModelError, match="'m'") as caught:
        verdict_map("m", dict(enumerate(labels)))
    assert said in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.slow
def test_a_real_model_read_in_another_label_order_gives_the_same_judgement(tiny, tmp_path):
    from safetensors.torch import load_file, save_file

    other = save_tiny(tmp_path / "other", ("entailment", "neutral", "contradiction"))
    weights = load_file(tiny / "model.safetensors")
    order = [THREE.index(label) for label in ("entailment", "neutral", "contradiction")]
    for name in ("classifier.weight", "classifier.bias"):
        weights[name] = weights[name][order].contiguous()
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    first, second = (CrossEncoderJudge(str(f)).judge(PAIRS) for f in (tiny, other))
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert np.ptp(first[:, 0]) > 0.001


@pytest.mark.slow
def test_it_gives_what_the_model_gives_with_the_passage_as_premise(tiny):
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(tiny), local_files_only=True)
    chances = model.predict([(PAIRS[0].passage, PAIRS[0].point)], apply_softmax=True)[0]
    (found,) = CrossEncoderJudge(str(tiny)).judge(PAIRS[:1])
    assert found[3] == pytest.approx(chances[0], abs=1e-6)
    assert found[0] + found[1] / 2 == pytest.approx(chances[1], abs=1e-6)


@pytest.mark.slow
def test_bytes_do_not_depend_on_neighbours_order_or_torch_threads(tiny):
    import torch

    judge = CrossEncoderJudge(str(tiny))
    together = judge.judge(PAIRS)
    torch.set_num_threads(2)
    alone = [judge.judge([pair])[0] for pair in reversed(PAIRS)]
    assert [r.tobytes() for r in together] == [r.tobytes() for r in reversed(alone)]
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-6)
    assert together.dtype == np.float32


@pytest.mark.slow
def test_every_word_of_a_long_passage_and_of_a_long_point_is_read(tiny, monkeypatch):
    read: list[tuple[str, str]] = []

    def logits(model, premise, hypothesis):
        read.append((premise, hypothesis))
        return np.zeros(3)

    monkeypatch.setattr("agent.cross_encoder._logits", logits)
    passage, point = (" ".join(f"{side}{i}" for i in range(90)) for side in ("p", "q"))
    CrossEncoderJudge(str(tiny)).judge([Pair(point, passage)])
    for said, side in ((passage, 0), (point, 1)):
        assert {w for texts in read for w in texts[side].split()} >= set(said.split())
    assert max(len(first) + len(second) for first, second in read) < LENGTH * 2


@pytest.mark.slow
def test_windows_hold_every_word_and_fit(tiny):
    tokenizer = CrossEncoderJudge(str(tiny))._load()[0].tokenizer
    text = " ".join(f"w{i}" for i in range(300))
    pieces = _sized(tokenizer, text, 30)
    assert all(length <= 30 for _, length in pieces)
    assert {w for piece, _ in pieces for w in piece.split()} >= set(text.split())
    assert _sized(tokenizer, "short", 30) == [("short", 5)]
    assert _sized(tokenizer, "", 30) == []


@pytest.mark.slow
def test_nothing_said_is_missing_and_half_a_surrogate_pair_is_no_fault(tiny):
    found = CrossEncoderJudge(str(tiny)).judge(
        [Pair("", "x"), Pair("x", ""), Pair("x", " "), Pair("\ud800 x", "x \udfff")]
    )
    assert [VERDICTS[int(r.argmax())] for r in found[:3]] == ["missing"] * 3
    assert CrossEncoderJudge(str(tiny)).judge([]).shape == (0, 4)


def test_a_later_contradiction_wins_an_earlier_one_does_not():
    yes, no = row(covered=0.9, missing=0.1), row(contradicted=0.8, missing=0.2)
    empty = row(missing=1.0)
    assert later_wins([yes, empty, no]) is no
    assert later_wins([no, empty, yes]) is yes
    assert later_wins([empty, no, empty]) is no
    assert later_wins([empty, yes, empty]) is yes
    assert later_wins([])[2] == 1


def test_all_parts_of_a_long_point_are_needed():
    yes, no = row(covered=0.9, missing=0.1), row(contradicted=0.8, missing=0.2)
    empty = row(missing=1.0)
    assert all_needed([yes, empty]) is empty
    assert all_needed([yes, no, empty]) is no
    assert all_needed([])[2] == 1


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_uncertain_entailment_is_partial_at_the_same_expected_mark(entailed, rest):
    covered, missing = entailed, (1 - entailed) * rest
    found = _split_uncertain(np.array([covered, 0.0, missing, 1 - covered - missing]))
    assert found.sum() == pytest.approx(1)
    assert found.min() >= -1e-12
    assert found[0] + found[1] / 2 == pytest.approx(covered)


def test_an_even_choice_reads_as_partial():
    found = _split_uncertain(row(covered=0.5, missing=0.5))
    assert VERDICTS[int(found.argmax())] == "partial"


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["absent", "empty", "no weights", "rubbish weights", "no json"])
def test_a_model_that_cannot_be_loaded_is_one_error_that_names_it(fault, tmp_path):
    folder = tmp_path / "model"
    if fault == "empty":
        folder.mkdir()
    elif fault != "absent":
        save_tiny(folder, THREE)
    if fault == "no weights":
        (folder / "model.safetensors").unlink()
    elif fault == "rubbish weights":
        (folder / "model.safetensors").write_bytes(b"rubbish" * 40)
    elif fault == "no json":
        (folder / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EntailmentModelError, match="GREENROOM_ENTAILMENT_MODEL") as caught:
        CrossEncoderJudge(str(folder)).warm()
    assert str(folder) in str(caught.value)


@pytest.mark.slow
def test_the_setting_names_the_judge(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("GREENROOM_ENTAILMENT_MODEL", str(tiny))
    judge = open_judge(load_settings(home=tmp_path))
    assert judge.name == str(tiny)
    assert judge.judge(PAIRS).shape == (3, 4)
