"""Idle talk: what is left out of an answer, and what must never be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from wordjudge import WordJudge
from wordvectors import DIMENSION, WordEmbedder

from agent.embedded import EmbeddedGrader
from agent.evidence import Reader, Reading
from agent.flags import inspect
from agent.grades import GradeRequest, Scored
from agent.idle_talk import BASE, BORDER, WEIGHTS, IdleTalk, read_weights
from agent.trained_judge import TrainedJudge, WeightsError
from corpus.schema import KeyPoint
from index.embedder import Embedder

QUESTION = "What does a compiler cache do?"
POINTS = (
    KeyPoint("k1", "A hit skips compilation and copies the stored result."),
    KeyPoint("k2", "The key is a hash of the preprocessed source and the flags."),
)
RIGHT = "On a hit nothing is compiled, the kept object is copied. The key hashes source and flags."
TALK = (
    "I have been a build engineer for eleven years, so I know this one by heart.",
    "I have to admit that I am rather nervous today, please bear with me.",
    "There was a chapter on hashes and flags in a book that I read last summer.",
)
CONTENT = (
    "In my last team the cache filled the disk because nobody had set a limit.",
    "Think of a cook who keeps the sauce from yesterday instead of making it anew.",
    "I would rather compile twice than trust a stale object.",
    "You pay with disk space for the time that you save.",
    "As far as I remember, a hit compiles everything again.",
)


def read(text: str, embedder: Embedder) -> Reading:
    return Reader(embedder).read(GradeRequest(QUESTION, text), inspect(QUESTION, text))


def told(text: str, talk: IdleTalk, embedder: Embedder) -> list[str]:
    reading = read(text, embedder)
    return [reading.words(*place) for place in talk.places(reading)]


@pytest.fixture(scope="module")
def grader(embedder) -> EmbeddedGrader:
    judge = TrainedJudge()
    return EmbeddedGrader(embedder, judge, judge.card.calibration)


@pytest.fixture
def penguins(tmp_path) -> IdleTalk:
    """Weights by which words are talk if more than a third of them are “penguins”."""
    word = int(WordEmbedder().embed_one("penguins").tokens.ids[0])
    pieces = np.zeros((30_000, 1), np.float16)
    pieces[word] = 10
    held = {
        "vectors": np.zeros((DIMENSION, 1), np.float32),
        "pieces": pieces,
        "hidden": np.zeros(1, np.float32),
        "out": np.ones(1, np.float32),
        "bias": np.array([-3.5], np.float32),
    }
    save_file(held, tmp_path / WEIGHTS)
    return IdleTalk(tmp_path)


def test_whole_sentences_are_told_however_many_clauses_they_have(penguins):
    idle = "Penguins are the penguins; the penguins of the penguins are penguins."
    answer = f"A hit copies the result. {idle} Penguins swim where the cold sea is."
    assert told(answer, penguins, WordEmbedder()) == [idle]


def test_a_claim_in_one_sentence_with_talk_keeps_all_of_it(penguins, tmp_path):
    weights, embedder = read_weights(tmp_path), WordEmbedder()
    talk = " ".join(["the penguins penguins"] * 12)
    claim = "a hit copies the result of the last time it was compiled"
    assert weights.is_idle(talk, embedder.embed_one(talk).tokens)
    for said in (f"{talk} {claim}", f"{claim} {talk}"):
        tokens = embedder.embed_one(said).tokens
        assert weights.log_odds(tokens) > BORDER
        assert not weights.is_idle(said, tokens)


def test_another_language_is_not_told(penguins):
    assert (
        told("Pinguine penguins penguins schwimmen penguins weit.", penguins, WordEmbedder()) == []
    )
    assert told("企鹅 penguins penguins penguins penguins 企鹅", penguins, WordEmbedder()) == []


def test_a_short_sentence_may_be_what_was_asked_for(penguins):
    assert told("The penguins, the penguins.", penguins, WordEmbedder()) == []
    assert told("The penguins, the penguins, penguins.", penguins, WordEmbedder())


def test_an_answer_without_words_has_no_talk(penguins):
    assert told("", penguins, WordEmbedder()) == []
    assert told("?!", penguins, WordEmbedder()) == []


def test_another_encoder_has_no_weights_and_leaves_nothing_out(monkeypatch):
    def loaded(_self, _reading):
        raise AssertionError("weights for another encoder were used")

    monkeypatch.setattr(IdleTalk, "places", loaded)
    request = GradeRequest(QUESTION, f"{TALK[0]} {RIGHT}", None, POINTS)
    assert isinstance(EmbeddedGrader(WordEmbedder(), WordJudge()).grade(request), Scored)


@pytest.mark.parametrize("damage", ["missing", "cut", "foreign", "shape"])
def test_damaged_weights_are_told(tmp_path, damage):
    path = tmp_path / WEIGHTS
    one = np.zeros(1, np.float32)
    if damage == "cut":
        path.write_bytes(b"\x10\x00\x00")
    elif damage == "foreign":
        save_file({"head.bias": one}, path)
    elif damage == "shape":
        held = {name: np.zeros((2, 2), np.float32) for name in ("vectors", "pieces", "hidden")}
        save_file({**held, "out": one, "bias": one}, path)
    reading = read("Penguins swim where the cold sea is.", WordEmbedder())
    with pytest.raises(WeightsError, match="cannot be used"):
        IdleTalk(Path(tmp_path)).places(reading)


@pytest.mark.slow
def test_the_weights_belong_to_the_bundled_encoder(embedder):
    assert embedder.name.rpartition("/")[0] == BASE


@pytest.mark.slow
@pytest.mark.parametrize("talk", TALK)
@pytest.mark.parametrize("form", ["{talk} {said}", "{said} {talk}"])
def test_talk_neither_adds_to_a_mark_nor_takes_from_it(grader, talk, form):
    said = form.format(talk=talk, said=RIGHT)
    plain = grader.grade(GradeRequest(QUESTION, RIGHT, None, POINTS))
    beside = grader.grade(GradeRequest(QUESTION, said, None, POINTS))
    assert [(p.verdict, p.score) for p in beside.points] == [
        (p.verdict, p.score) for p in plain.points
    ]
    for point in beside.points:
        assert point.answer_span is not None
        assert point.answer_span.quote in RIGHT
        assert said[point.answer_span.start : point.answer_span.end] == point.answer_span.quote


@pytest.mark.slow
@pytest.mark.parametrize("talk", TALK)
def test_talk_alone_earns_nothing(grader, talk):
    alone = grader.grade(GradeRequest(QUESTION, talk, None, POINTS))
    assert alone.score == 0
    assert all(p.answer_span is None for p in alone.points)


@pytest.mark.slow
def test_content_stays_however_personal_it_is(embedder):
    shipped = IdleTalk()
    assert told(" ".join(CONTENT), shipped, embedder) == []
    for sentence in CONTENT:
        assert told(sentence, shipped, embedder) == []


@pytest.mark.slow
def test_nothing_is_idle_where_a_story_is_asked_for(grader, monkeypatch):
    monkeypatch.setattr(IdleTalk, "places", lambda _self, _reading: 1 / 0)
    question = "Tell me about a time when you disagreed with a colleague."
    grade = grader.grade(GradeRequest(question, " ".join(TALK), None, POINTS))
    assert isinstance(grade, Scored)
