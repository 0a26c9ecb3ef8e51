"""What Greenroom asks of vLLM, asked of a real one: constrained labels with probabilities, JSON
that keeps its schema, streams, caches, and refusals that can be told apart."""

from __future__ import annotations

import json
import math
import pkgutil
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from conftest import VllmServer
from pydantic import BaseModel

from agent import llm
from agent.serving.process import group_members

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

LABELS = ["covered", "partial", "missing", "contradicted"]


def asked(server: VllmServer, text: str, **options: object) -> dict[str, object]:
    return {
        "model": server.model,
        "messages": [{"role": "user", "content": text}],
        "temperature": 0,
        "max_tokens": 16,
        **options,
    }


def test_a_choice_is_one_of_the_labels_with_probabilities(vllm_server: VllmServer) -> None:
    """With these, a verdict is read off one token; without them there is no confidence."""
    body = asked(
        vllm_server,
        "Verdict?",
        structured_outputs={"choice": LABELS},
        logprobs=True,
        top_logprobs=20,
    )
    with vllm_server.client() as client:
        reply = client.post("/chat/completions", json=body).raise_for_status().json()
    choice = reply["choices"][0]
    assert choice["message"]["content"] in LABELS
    first = choice["logprobs"]["content"][0]["top_logprobs"]
    likely = {row["token"]: math.exp(row["logprob"]) for row in first if row["logprob"] > -100}
    assert sum(likely.values()) == pytest.approx(1, abs=1e-3)
    assert all(any(label.startswith(token) for label in LABELS) for token in likely)
    assert any(len(token) > 1 for token in likely)


def test_json_keeps_its_schema_without_white_space(vllm_server: VllmServer) -> None:
    """A model may loop on white space unless the server was started as `serve` starts it."""
    schema = {
        "type": "object",
        "properties": {
            "verdict": {"enum": LABELS},
            "words": {"type": "string", "maxLength": 12},
        },
        "required": ["verdict", "words"],
        "additionalProperties": False,
    }
    shape = {"type": "json_schema", "json_schema": {"name": "v", "schema": schema, "strict": True}}
    body = asked(vllm_server, "Say it.", response_format=shape, max_tokens=200, temperature=1.0)
    with vllm_server.client() as client:
        for seed in range(3):
            reply = client.post("/chat/completions", json={**body, "seed": seed}).json()
            choice = reply["choices"][0]
            assert choice["finish_reason"] == "stop"
            # The grammar of strings lets control characters through.
            said = json.loads(choice["message"]["content"], strict=False)
            assert said["verdict"] in LABELS
            assert len(said["words"]) <= 12
            assert "\n" not in choice["message"]["content"].replace(said["words"], "")


def schemas() -> dict[str, type[BaseModel]]:
    """All that `agent.llm` has of a model's replies."""
    modules = [import_module(f"agent.llm.{m.name}") for m in pkgutil.iter_modules(llm.__path__)]
    return {
        f"{module.__name__}.{name}": found
        for module in modules
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, BaseModel)
        and found.__module__ == module.__name__
    }


def test_the_server_can_compile_every_schema_that_is_asked_for(vllm_server: VllmServer) -> None:
    """A grammar that fails to compile is an error of the server at each request, for ever."""
    with vllm_server.client() as client:
        for name, schema in schemas().items():
            wanted = {"json": schema.model_json_schema()}
            body = asked(vllm_server, "Say it.", structured_outputs=wanted, max_tokens=2)
            reply = client.post("/chat/completions", json=body)
            assert reply.status_code == 200, f"{name}: {reply.text}"


def test_a_stream_arrives_in_pieces_and_ends(vllm_server: VllmServer) -> None:
    letters = {"regex": "[a-z ]{60}"}  # a toy may say bytes that are no character for a while
    body = asked(vllm_server, "Talk.", stream=True, max_tokens=80, structured_outputs=letters)
    pieces = []
    with (
        vllm_server.client() as client,
        client.stream("POST", "/chat/completions", json=body) as reply,
    ):
        for line in reply.iter_lines():
            if line.startswith("data: "):
                pieces.append(line.removeprefix("data: "))
    assert pieces[-1] == "[DONE]"
    assert sum(1 for p in pieces[:-1] if json.loads(p)["choices"][0]["delta"].get("content")) > 3


def test_a_prefix_that_was_read_is_read_from_the_cache(vllm_server: VllmServer) -> None:
    """Points of one answer share all but their end; without the cache each would be read anew."""
    shared = "The shared prefix of many points. " * 40
    hits = "vllm:prefix_cache_hits_total"
    with vllm_server.client() as client:
        client.post("/chat/completions", json=asked(vllm_server, shared + "first"))
        before = vllm_server.metric(hits)
        client.post("/chat/completions", json=asked(vllm_server, shared + "second"))
        assert vllm_server.metric(hits) - before > 100


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"model": "another"}, 404),
        ({"messages": [{"role": "user", "content": "word " * 9000}]}, 400),
    ],
)
def test_refusals_can_be_told_apart(
    vllm_server: VllmServer, change: dict[str, object], status: int
) -> None:
    with vllm_server.client() as client:
        reply = client.post("/chat/completions", json=asked(vllm_server, "x") | change)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


def test_nobody_without_the_key(vllm_server: VllmServer) -> None:
    reply = httpx.get(f"{vllm_server.url}/models", trust_env=False, timeout=60)
    assert reply.status_code == 401
    assert vllm_server.key not in vllm_server.log.read_text(encoding="utf-8")
    for member in group_members(vllm_server.group):
        line = Path(f"/proc/{member}/cmdline").read_bytes()
        assert vllm_server.key.encode() not in line
