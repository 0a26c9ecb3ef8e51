"""Waiting for marks after reading ahead: what was read before is what is named, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from marked import row

from agent.llm.scripted import ScriptedModel
from agent.settings import Settings
from evals.gpu_bench import ahead_as_json
from evals.read_ahead import SHARES, WARM, request_of, waits_after
from index.embedder import TransformerEmbedder

SAID = "First fact of it comes early and the last word of all is pelican"
ROWS = [
    row(i, ("covered",), f"In case {i}: {SAID}")
    | {"key_points": [{"id": "k1", "text": "The last word is pelican.", "weight": 2.0}]}
    for i in range(3)
]


def test_a_row_becomes_what_a_grader_gets() -> None:
    request = request_of(ROWS[0])
    assert request.answer.endswith("pelican")
    assert [(p.id, p.weight) for p in request.key_points] == [("k1", 2.0)]


def test_only_what_is_named_is_in_the_cache(tmp_path: Path, embedder: TransformerEmbedder) -> None:
    with ScriptedModel("good") as server:
        workspace = SimpleNamespace(
            settings=Settings(home=tmp_path, llm_url=server.url), embedder=embedder
        )
        found = waits_after(workspace, "vllm", ROWS)  # type: ignore[arg-type]
        sent = [json.dumps(r) for r in server.requests if "In case" in json.dumps(r)]
        salts = [r["cache_salt"] for r in server.requests if "cache_salt" in r]
    assert [w.share for w in found] == list(SHARES)
    assert all(len(w.seconds) == len(ROWS) and min(w.seconds) > 0 for w in found)
    assert len(set(salts)) >= len(SHARES) * (len(ROWS) + WARM)
    # Before each mark that has the whole answer, a draft is sent that lacks its end.
    drafts = [s for s in sent if "all is pelican" not in s]
    assert len(drafts) == len(ROWS) + WARM
    assert all("First fact" in s for s in drafts)
    shown = ahead_as_json(found[1])
    assert (shown["answer_read_ahead"], shown["answers"]) == ("80%", 3)
