"""The training loop and its stages: what is dropped and smoothed, what is read, and taking up a run
again."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from agent.judge import Pair
from agent.judge_network import KEPT_FROM_BASE, JudgeNetwork, load_tokenizer
from evals import train_judge
from evals.marks import load_marks, split_of
from evals.plain import load_contrasts, load_plain
from evals.subjects import load_subjects
from evals.train_judge import trained
from evals.training import Stage, TextDropout, batches, lengths, loss_of, train
from evals.training_data import Example, verdict_target
from evals.training_stages import STAGES, Mix, Sources, mixed
from index.embedder import default_model_folder


def test_a_text_loses_the_same_units_in_all_its_tokens() -> None:
    torch.manual_seed(0)
    drops = TextDropout(0.25)
    out = drops(torch.ones(40, 7, 100))
    assert torch.equal(out, out[:, :1].expand_as(out))
    assert not torch.equal(out[0], out[1])
    assert out.unique().tolist() == pytest.approx([0, 4 / 3])
    assert out.mean().item() == pytest.approx(1, abs=0.05)


def test_nothing_is_dropped_when_judging() -> None:
    drops = TextDropout(0.9).eval()
    hidden = torch.randn(2, 3, 4)
    assert drops(hidden) is hidden


def test_smoothing_asks_for_a_little_of_every_verdict() -> None:
    example = Example(Pair("p", "a"), verdict_target("covered"), "x")
    sure = torch.tensor([[20.0, 0.0, 0.0, 0.0]])
    less = torch.tensor([[4.0, 0.0, 0.0, 0.0]])
    assert loss_of(sure, [example]) < loss_of(less, [example])
    assert loss_of(sure, [example], 0.1) > loss_of(less, [example], 0.1)


class _FewSources(Sources):
    """The sources without the folder of other people's sets."""

    def __init__(self) -> None:
        self.marks = load_marks().part("train")
        self.questions = []
        self.own = self.library = self.entailment = self.graded = []
        few = load_plain("train")
        self.plain = [
            Example(Pair("p", a.answer), verdict_target("missing"), "answers") for a in few.answers
        ]
        self.statements = self.answers = self.whole = self.plain_whole = []
        self.subjects = load_subjects("train")
        self.contrasts = self.contrasts_whole = self.claims = []


def test_a_mix_takes_what_it_says() -> None:
    none = Mix(*[0] * len(fields(Mix)))
    sources = _FewSources()
    assert mixed(sources, none, random.Random(0), 0) == []
    few = mixed(sources, replace(none, plain=50), random.Random(0), 0)
    assert 40 < len(few) <= 50  # the longest are left out
    everything = mixed(sources, replace(none, plain=None), random.Random(0), 0)
    assert len(everything) > 0.9 * len(sources.plain)
    strangers = mixed(sources, replace(none, strangers_elsewhere=20), random.Random(0), 0)
    assert 0 < len(strangers) <= 20
    assert {e.target for e in strangers} == {verdict_target("missing")}
    recited = mixed(sources, replace(none, recited=20), random.Random(0), 0)
    assert {e.source for e in recited} == {"recited"}


def test_a_batch_holds_texts_of_like_length() -> None:
    examples = [
        Example(Pair("p", "word " * n, "q " * (64 - n)), verdict_target("missing"), "x")
        for n in range(1, 65)
    ]
    tokens = lengths(load_tokenizer(default_model_folder()), examples, 32)
    assert tokens[0] == 5  # point, word, [CLS] and two [SEP]
    assert max(tokens) == 32
    lots = batches(examples, tokens, 8, random.Random(0))
    assert sorted(id(e) for lot in lots for e in lot) == sorted(map(id, examples))
    known = {id(e): n for e, n in zip(examples, tokens, strict=True)}
    for lot in lots:
        inside = [known[id(e)] for e in lot]
        assert max(inside) - min(inside) < 8
    assert [len(e.pair.passage) for lot in lots for e in lot] != sorted(
        len(e.pair.passage) for e in examples
    )


def test_what_later_stages_read_is_of_training_questions() -> None:
    asked = {
        *load_subjects("train").questions, *load_plain("train").questions,
        *load_contrasts().questions,
    }  # fmt: skip
    elsewhere = {
        *load_subjects("dev").questions, *load_subjects("test").questions,
        *load_plain("dev").questions, *load_plain("test").questions,
        *(id_ for id_ in load_marks().questions if split_of(id_) != "train"),
    }  # fmt: skip
    assert not asked & elsewhere


def test_a_run_that_is_taken_up_again_gives_the_same_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = [
        Example(Pair(f"point {i}", f"answer {i}"), verdict_target("covered"), "x") for i in range(8)
    ]
    stages = tuple(
        (Stage(name, rate=1e-3, most_tokens=32, batch=4, dropout=0.1), lambda _: [rows])
        for name in ("one", "two")
    )
    monkeypatch.setattr(train_judge, "STAGES", stages)
    monkeypatch.setattr(train_judge, "Sources", lambda _: None)

    def run(kept: Path | None) -> dict[str, torch.Tensor]:
        torch.manual_seed(0)
        return trained(JudgeNetwork(default_model_folder()), tmp_path, kept)

    at_once = run(None)
    kept = tmp_path / "kept"
    kept.mkdir()
    run(kept)
    (kept / "two.safetensors").unlink()
    again = run(kept)
    assert all(torch.equal(at_once[name], again[name]) for name in at_once)
    assert any(value.dtype == torch.float16 for value in again.values())


def test_steps_too_small_for_half_precision_are_not_lost() -> None:
    rows = [Example(Pair("point", "answer"), verdict_target("covered"), "x")] * 8
    network = JudgeNetwork(default_model_folder())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    tokenizer = load_tokenizer(default_model_folder())
    train(network, tokenizer, [rows], Stage("x", rate=1e-6, most_tokens=32, batch=4), 0)
    after = network.state_dict()
    assert torch.equal(after[KEPT_FROM_BASE], before[KEPT_FROM_BASE])
    assert not network.training
    weight = "encoder.encoder.layer.5.output.dense.weight"
    moved = (after[weight] - before[weight]).abs()
    assert (moved > 0).float().mean() > 0.9
    assert (after[weight].bfloat16() != before[weight].bfloat16()).float().mean() < 0.1


def test_stages_have_names_of_their_own() -> None:
    names = [stage.name for stage, _ in STAGES]
    assert len(names) == len(set(names))
