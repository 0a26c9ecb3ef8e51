"""A server that was started anew is found where it is now, and asked again what it can do."""

from __future__ import annotations

import random

import llm_faults as faults
import pytest
from wordvectors import WordEmbedder

from agent.grades import GradeRequest, Scored, Ungraded
from agent.llm.client import LanguageModel
from agent.llm.endpoint import Endpoint
from agent.llm.faults import ModelUnavailableError, NotServedError
from agent.llm.grader import LanguageModelGrader
from agent.llm.patience import Breaker, Limits, Patience
from agent.llm.scripted import ScriptedModel
from corpus.schema import KeyPoint

CHAT = [("user", "Explain.")]
POINT = KeyPoint("k1", "A hash names the stored file.")
REQUEST = GradeRequest("What names it?", "A hash names the stored file.", None, (POINT,) * 3)


def model_at(place, *, name="scripted", **limits):
    """A model of the address that `place` holds, which a test may change."""
    patience = Patience(
        Limits(first=60.0, **limits), Breaker(most=2), random.Random(0), sleep=lambda _: None
    )
    return LanguageModel(place[0], name, patience, lambda: place[0])


def grade(model):
    return LanguageModelGrader(model, WordEmbedder()).grade(REQUEST)


def test_a_server_with_another_port_and_key_is_followed():
    with ScriptedModel() as first, ScriptedModel(decides=True) as second:
        place = [Endpoint(first.url, "scripted", "old")]
        model = model_at(place)
        assert isinstance(grade(model), Scored)
        assert model.capabilities.way == "choice"
        first.interfere = faults.answers({"error": {"message": "no"}}, 401)
        place[0] = Endpoint(second.url, "scripted", "new")
        assert isinstance(grade(model), Scored)
        assert model.endpoint == place[0]
        assert model.capabilities.way == "systemone"
        assert list(model.stream(CHAT, 50))


def test_an_open_breaker_does_not_keep_it_from_the_new_server():
    with ScriptedModel() as first, ScriptedModel() as second:
        place = [Endpoint(first.url)]
        model = model_at(place)
        assert isinstance(grade(model), Scored)
        first.interfere = faults.answers({}, 503)
        for _ in range(2):
            assert isinstance(grade(model), Ungraded)
        sent = len(first.requests)
        place[0] = Endpoint(second.url)
        assert isinstance(grade(model), Scored)
        assert len(first.requests) == sent


def test_another_model_there_marks_nothing_under_this_ones_name():
    with ScriptedModel() as first, ScriptedModel(name="other") as second:
        place = [Endpoint(first.url, "scripted")]
        model = model_at(place)
        assert isinstance(grade(model), Scored)
        first.interfere = faults.answers({}, 503)
        place[0] = Endpoint(second.url, "other")
        found = grade(model)
        assert isinstance(found, Ungraded)
        assert "'other' in place of 'scripted'" in found.feedback
        assert not second.requests


def test_nowhere_else_is_no_place_to_go():
    with ScriptedModel() as first:
        place = [Endpoint(first.url)]
        model = model_at(place)
        assert isinstance(grade(model), Scored)
        first.interfere = faults.answers({}, 503)
        with pytest.raises(ModelUnavailableError):
            model.label(CHAT)
        place[0] = None
        with pytest.raises(ModelUnavailableError):
            model.label(CHAT)


def test_a_way_of_asking_that_is_gone_is_left_for_another():
    """vLLM of another version behind the same address: no ``/v1/systemone`` any more."""
    with ScriptedModel(decides=True) as server:
        model = model_at([Endpoint(server.url)])
        assert isinstance(grade(model), Scored)
        assert model.capabilities.way == "systemone"
        server.decides = False
        assert isinstance(grade(model), Scored)
        assert model.capabilities.way == "choice"
        with pytest.raises(NotServedError, match="GREENROOM_LLM_URL"):
            model.decide("Judge.", "An answer.", {})


@pytest.mark.parametrize(
    ("constrains", "formats", "way", "sent"),
    [
        (True, True, "choice", "structured_outputs"),
        (False, True, "plain", "response_format"),
        (False, False, "plain", None),
    ],
)
def test_json_is_asked_for_in_the_form_that_the_server_knows(constrains, formats, way, sent):
    from agent.llm.interviewer import Hinted

    def refuses(handler, body):
        known = formats or "response_format" not in body
        return not known and faults.answers({"error": {"message": "no"}}, 400)(handler, body)

    with ScriptedModel(constrains=constrains, interfere=refuses) as server:
        model = model_at([Endpoint(server.url)])
        assert model.capabilities.way == way
        server.interfere = faults.streams('{"hint": "think of a hash"}')
        assert model.structured(CHAT, Hinted, 50).hint == "think of a hash"
        body = server.requests[-1]
        schemas = {"structured_outputs", "response_format"} & body.keys()
        assert schemas == ({sent} if sent else set())
        if sent == "response_format":
            assert body[sent]["json_schema"]["schema"]["title"] == "Hinted"


def test_a_model_that_thinks_before_it_answers_is_told_at_the_start():
    """Where nothing forces it, its first token is none of the labels: it would mark nothing."""
    thinks = faults.completion("<think>", faults.token("<think>", -0.01))
    with ScriptedModel(interfere=faults.answers(thinks)) as server:
        model = model_at([Endpoint(server.url)])
        found = grade(model)
    assert isinstance(found, Ungraded)
    assert found.reason == "model_unavailable"
    assert "without thinking first" in found.feedback


def test_what_a_server_can_do_is_not_asked_before_words():
    """Words have seconds; what a server prepares for its first constrained token may take more."""
    from agent.llm.interviewer import Hinted

    with ScriptedModel(interfere=faults.streams('{"hint": "think of a hash"}')) as server:
        model = model_at([Endpoint(server.url)])
        assert model.structured(CHAT, Hinted, 50).hint
        assert len(server.requests) == 1
