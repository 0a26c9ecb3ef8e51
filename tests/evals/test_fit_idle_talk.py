"""The sentences that tell idle talk, and the weights trained on them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from wordvectors import WordEmbedder

from agent.idle_talk import read_weights
from agent.segments import sentences
from evals import fit_idle_talk, phrases
from evals.fit_idle_talk import fit, left_out, read, worth
from evals.idle_talk_texts import TalkRow, load_talk, made, mixed, texts
from evals.marks import SPLITS

SHIPPED = Path(fit_idle_talk.__file__).parents[1] / "agent" / "weights"
ANSWERS = ["The lock is taken first.\n- It is freed last", "A queue holds them. One is taken out."]
ROWS = [TalkRow(text="My uncle told me", kind="talk"), TalkRow(text="Two wait", kind="content")]


def key(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".!?")


def test_no_sentence_is_in_two_splits_or_twice_in_one():
    rows = [key(row.text) for split in SPLITS for row in load_talk(split)]
    assert len(rows) > 3000
    assert len(rows) == len(set(rows))


def test_the_phrases_of_the_attacks_are_not_learnt():
    learnt = {key(row.text) for row in load_talk("train")}
    attacks = [*phrases.PADDING, phrases.AUTHORITY, phrases.PLEA, phrases.VAGUE]
    assert not learnt & {key(a) for a in attacks}


def test_every_sentence_stands_alone_and_amid_answers_at_its_place():
    chance = random.Random(3)
    found = list(texts(ROWS, ANSWERS, chance))
    assert len(found) == len(ROWS) * 3 + len(ANSWERS)
    for text in found[:6]:
        said = text.text[text.start : text.end]
        assert said.rstrip(".") in {row.text for row in ROWS}
        assert (text.start, text.end) in list(sentences(text.text)) or text.text == said
        assert text.talk == said.startswith("My")
    assert [t.text for t in found[6:]] != []
    assert not any(t.talk or t.end for t in found[6:])


def test_only_the_written_sentence_has_its_label():
    said = read(list(texts(ROWS, ANSWERS, random.Random(3))), WordEmbedder())
    for text, talk, written in zip(said.texts, said.talk, said.written, strict=True):
        assert talk == (text.rstrip(".") == ROWS[0].text)
        assert written == (text.rstrip(".") in {row.text for row in ROWS})


def test_a_claim_with_a_hedge_or_with_talk_beside_is_no_talk():
    found = list(mixed(ROWS * 50, ANSWERS, random.Random(3)))
    assert len(found) == 80
    assert any(t.text.startswith("My uncle told me") for t in found)
    assert any(t.text.removesuffix(",").endswith("my uncle told me") for t in found)
    for text in found:
        assert not text.talk
        assert (text.start, text.end) == (0, len(text.text))
        assert any(word in text.text for word in ("lock", "freed", "queue", "One", "one is"))


def test_weights_are_a_matter_of_data_and_seed_and_tell_what_they_were_shown():
    words = [f"word{i}" for i in range(40)]
    chance = random.Random(0)
    rows = [
        TalkRow(text=" ".join([*chance.sample(words, 4), end]), kind=kind)
        for kind, end in (("talk", "uncle"), ("content", "lock"))
        for _ in range(150)
    ]
    embedder = WordEmbedder()
    said = read(list(texts(rows, [f"{a} {w}" for w in words for a in ANSWERS], chance)), embedder)
    table = np.random.default_rng(0).normal(size=(30_000, 8)).astype(np.float32)
    weights = fit(said, table)
    again = fit(said, table)
    assert weights.pieces.tobytes() == again.pieces.tobytes()
    assert weights.out.tobytes() == again.out.tobytes()
    odds = {text: weights.log_odds(t) for text, t in zip(said.texts, said.tokens, strict=True)}
    talk = [v for k, v in odds.items() if "uncle" in k]
    content = [v for k, v in odds.items() if "uncle" not in k]
    assert min(talk) > max(content)
    assert "AUC 1.000" in worth(weights, said)


@pytest.mark.slow
def test_the_shipped_weights_tell_half_of_unseen_talk_and_leave_content(embedder):
    """Sentences of the test split, which neither training nor the border has seen."""
    said = read(made("test"), embedder)
    out = left_out(read_weights(SHIPPED), said)
    assert out[said.talk].mean() > 0.5
    assert out[~said.talk & said.written].mean() < 0.02
    assert out[~said.written].mean() < 0.003
