"""A real vLLM that hangs, overflows, is cut short or is asked wrongly: none of it becomes a mark.

The faults that a real one cannot be made to have are played by a stub in tests/agent.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from conftest import VllmServer
from pydantic import BaseModel, Field

from agent.grades import GradeRequest, Scored, Ungraded
from agent.llm.capabilities import answering_model
from agent.llm.client import LanguageModel
from agent.llm.faults import ContextOverflowError, InvalidOutputError, ModelUnavailableError
from agent.llm.grader import LanguageModelGrader
from agent.llm.patience import Limits, Patience
from agent.serving.probe import Probe
from corpus.schema import KeyPoint
from index.embedder import TransformerEmbedder

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

POINTS = (
    KeyPoint("k1", "Object files are stored under a hash of the preprocessed source."),
    KeyPoint("k2", "A hit skips compilation and copies the stored result.", 2.0),
)
ANSWER = (
    "Object files are stored under a hash of the preprocessed source. "
    "On a hit it skips compilation and copies the stored result."
)
REQUEST = GradeRequest("What does a compiler cache do?", ANSWER, None, POINTS)
TALK = [("user", "Explain.")]


class Sentence(BaseModel):
    text: str = Field(max_length=200)


class Blanks(BaseModel):
    """What a model that has lost its way writes, made certain."""

    text: str = Field(json_schema_extra={"const": " " * 400})


class Uncompilable(BaseModel):
    text: str = Field(pattern="^ {400}$")


def model_of(server: VllmServer, **limits: float) -> LanguageModel:
    given = replace(Limits(first=120.0), **limits)  # type: ignore[arg-type]
    return LanguageModel(server.endpoint, server.model, Patience(given, rng=random.Random(0)))


@contextmanager
def hanging(server: VllmServer) -> Iterator[None]:
    """Its engine does nothing, as one that waits for a device that hangs."""
    engine = server.engine
    os.kill(engine, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(engine, signal.SIGCONT)


def test_an_engine_that_hangs_behind_a_sound_api_is_no_mark(
    vllm_server: VllmServer, embedder: TransformerEmbedder
) -> None:
    model = model_of(vllm_server)
    grader = LanguageModelGrader(model, embedder)
    before = grader.grade(REQUEST)
    assert isinstance(before, Scored)
    hasty = model_of(vllm_server, first=2.0, total=3.0)
    hasty._capabilities = model.capabilities
    with hanging(vllm_server):
        assert Probe(vllm_server.endpoint).health() == "up"
        started = time.monotonic()
        lost = LanguageModelGrader(hasty, embedder).grade(REQUEST)
        assert time.monotonic() - started < 30
        assert isinstance(lost, Ungraded)
        assert lost.reason == "model_unavailable"
        assert not Probe(vllm_server.endpoint).works(2.0)
        with pytest.raises(ModelUnavailableError, match="greenroom serve"):
            answering_model(vllm_server.endpoint, limit=2.0)
    assert grader.grade(REQUEST) == before


def test_a_stream_that_stops_in_the_middle_ends_at_its_time_limit(vllm_server: VllmServer) -> None:
    model = model_of(vllm_server, between=2.0)
    words = model.stream(TALK, 2000)
    next(words)
    with hanging(vllm_server), pytest.raises(ModelUnavailableError, match="broke off"):
        list(words)


@pytest.mark.parametrize(
    ("schema", "tokens", "says"),
    [(Sentence, 3, "cut at its token limit"), (Blanks, 900, "white space")],
    ids=["truncated", "blank"],
)
def test_json_that_is_cut_or_blank_is_refused(
    vllm_server: VllmServer, schema: type[BaseModel], tokens: int, says: str
) -> None:
    with pytest.raises(InvalidOutputError, match=says):
        model_of(vllm_server).structured(TALK, schema, tokens)


def test_a_grammar_that_cannot_be_compiled_is_no_reply(vllm_server: VllmServer) -> None:
    """xgrammar fails on this long run of one character: status 200, the error inside the stream.

    Where a later one compiles it, the reply is refused for its white space.
    """
    with pytest.raises((ModelUnavailableError, InvalidOutputError)):
        model_of(vllm_server).structured(TALK, Uncompilable, 900)
    assert Probe(vllm_server.endpoint).answers(60)


def test_json_of_a_model_without_sense_still_keeps_its_schema(vllm_server: VllmServer) -> None:
    class Verdict(BaseModel):
        sure: bool
        words: str = Field(pattern="^[a-z]{1,8}$")

    assert 1 <= len(model_of(vllm_server).structured(TALK, Verdict, 60).words) <= 8


def test_a_prompt_longer_than_the_context_is_an_overflow(vllm_server: VllmServer) -> None:
    with pytest.raises(ContextOverflowError):
        model_of(vllm_server).label([("user", "word " * 9000)])


def test_a_long_answer_is_marked_in_parts(
    vllm_server: VllmServer, embedder: TransformerEmbedder
) -> None:
    filler = "Team {} keeps it on a shared disk, which is a matter of taste and of the budget. "
    said = " ".join([ANSWER, *(filler.format(n) for n in range(120))])
    request = replace(REQUEST, answer=said)
    found = LanguageModelGrader(model_of(vllm_server), embedder).grade(request)
    assert isinstance(found, Scored)
    assert "parts" in found.feedback


def test_wrong_names_and_keys_say_what_to_set(vllm_server: VllmServer) -> None:
    other = replace(vllm_server.endpoint, model="another")
    with pytest.raises(ModelUnavailableError, match="GREENROOM_LLM_MODEL"):
        answering_model(other, limit=60.0)
    stranger = replace(vllm_server.endpoint, api_key="guessed")
    with pytest.raises(ModelUnavailableError, match="GREENROOM_LLM_API_KEY"):
        answering_model(stranger, limit=60.0)


@pytest.mark.parametrize("way", ["systemone", "choice"])
def test_verdicts_are_probabilities_in_whatever_way_they_are_asked(
    vllm_server: VllmServer, embedder: TransformerEmbedder, way: str
) -> None:
    """A toy says nonsense; that each verdict has words of the answer must hold all the same."""
    model = model_of(vllm_server)
    model._capabilities = replace(model.capabilities, way=way)  # type: ignore[arg-type]
    found = LanguageModelGrader(model, embedder).grade(REQUEST)
    assert isinstance(found, Scored)
    for point in found.points:
        assert 0 < point.confidence < 1
        assert point.verdict == "missing" or point.answer_span is not None
        if point.answer_span is not None:
            span = point.answer_span
            assert ANSWER[span.start : span.end] == span.quote
