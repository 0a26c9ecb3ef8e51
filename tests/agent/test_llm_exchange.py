"""Marks go over plain requests: no chat client is built for them, and what a connection or a server
does wrong has the same kinds as everywhere."""

from __future__ import annotations

import json

import httpx
import pytest

from agent.llm import chat
from agent.llm.client import LanguageModel
from agent.llm.endpoint import Endpoint
from agent.llm.exchange import exchange
from agent.llm.faults import (
    ContextOverflowError,
    InvalidOutputError,
    ModelUnavailableError,
    PassingError,
)
from agent.llm.labels import LABELS
from agent.llm.prompts import decision_on
from agent.llm.replies import first_logprobs, tokens_read
from agent.llm.scripted import ScriptedModel
from corpus.schema import KeyPoint

URL = "http://127.0.0.1:1/v1/chat/completions"
POINT = KeyPoint("k1", "A hash names the file.")


def asked(answer):
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return exchange(client, "POST", URL, "some-model", {"a": 1})


def replying(status=200, content=b"{}", **headers):
    return lambda request: httpx.Response(status, content=content, headers=headers)


def failing(error):
    def answer(request):
        raise error("why", request=request)

    return answer


def test_an_object_is_returned_as_it_came():
    def echo(request):
        return httpx.Response(200, json={"got": json.loads(request.read()), "error": None})

    assert asked(echo) == {"got": {"a": 1}, "error": None}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError, "no connection"),
        (httpx.ConnectTimeout, "no connection"),
        (httpx.ReadTimeout, "time limit"),
        (httpx.RemoteProtocolError, "connection"),
    ],
)
def test_a_connection_that_fails_may_be_tried_again(error, said):
    with pytest.raises(PassingError, match=said) as told:
        asked(failing(error))
    assert told.value.counts


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (replying(content=b"<html>"), InvalidOutputError),
        (replying(content=b"[1]"), InvalidOutputError),
        (replying(content=b"\xff\xfe"), InvalidOutputError),
        (replying(content=b"[" * 100_000), InvalidOutputError),
        (replying(content=b'{"error": {"message": "no"}}'), InvalidOutputError),
        (replying(302, Location="http://127.0.0.1:2/elsewhere"), ModelUnavailableError),
        (replying(400, b'{"message": "longer than the maximum model length"}'),
         ContextOverflowError),
        (replying(400, b'{"error": {"message": "bad field"}}'), InvalidOutputError),
        (replying(401), ModelUnavailableError),
        (replying(503), PassingError),
    ],
)  # fmt: skip
def test_what_is_no_reply_has_its_kind(answer, error):
    with pytest.raises(error):
        asked(answer)


def test_a_busy_server_is_waited_for_as_long_as_it_says():
    with pytest.raises(PassingError) as told:
        asked(replying(429, **{"Retry-After": "2.5"}))
    assert (told.value.wait, told.value.counts) == (2.5, False)


@pytest.mark.parametrize("decides", [False, True])
def test_marking_needs_no_chat_client(monkeypatch, decides):
    """Building one and its objects costs more of the processor than the rest of a mark."""

    def refused(*_):
        raise AssertionError("a chat client was built")

    monkeypatch.setattr(chat, "chat_model", refused)
    with ScriptedModel("good", decides=decides) as server:
        model = LanguageModel(Endpoint(server.url), server.name)
        if decides:
            found = model.decide("Judge.", "An answer.", {"1": decision_on(POINT)})["1"]
        else:
            found = model.label([("system", "Judge."), ("user", "An answer.")])
        assert sum(found) == pytest.approx(1)
        body = server.requests[-1]
    assert body["model"] == "scripted"
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    if not decides:
        assert body["messages"][0] == {"role": "system", "content": "Judge."}
        assert (body["temperature"], body["max_tokens"]) == (0.0, 1)
        assert body["structured_outputs"] == {"choice": list(LABELS)}


@pytest.mark.parametrize("usage", [None, [], {}, {"prompt_tokens": None}, {"prompt_tokens": "9"}])
def test_tokens_that_are_not_told_are_not_made_up(usage):
    assert tokens_read({"usage": usage}) is None
    assert tokens_read({"usage": {"prompt_tokens": 9}}) == 9


@pytest.mark.parametrize(
    "reply", [{}, {"choices": []}, {"choices": [{"logprobs": None}]}, {"choices": ["x"]}]
)
def test_a_reply_without_log_probabilities_has_none(reply):
    assert first_logprobs(reply) is None
