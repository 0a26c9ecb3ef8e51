"""``grade`` with a language model: exit codes, what is written where it is lost, the fallback.

The model is scripted, the address is real; encoder and judge are stand-ins that know words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.llm import capabilities, client
from agent.llm.patience import Limits, Patience
from agent.llm.scripted import ScriptedModel
from agent.workspace import Workspace

SAID = "Steam keeps the crust soft while the loaf rises."


def cases(folder: Path, count: int) -> Path:
    """So many rows with points of their own."""
    points = [{"id": "k1", "text": SAID}, {"id": "k2", "text": "Salt slows the yeast down."}]
    path = folder / "cases.jsonl"
    rows = [
        {"id": n, "question": "What does steam do?", "answer": SAID, "key_points": points}
        for n in range(count)
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return path


class Warm(WordEmbedder):
    """An encoder with nothing to load."""

    def warm(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to load, retries without waiting, and a probe that a busy machine can answer."""
    monkeypatch.setattr(Workspace, "embedder", Warm())
    monkeypatch.setattr(Workspace, "embedded_grader", word_grader())

    def hasty(*_: Any) -> Patience:
        return Patience(Limits(), sleep=lambda _: None)

    monkeypatch.setattr(client, "Patience", hasty)
    monkeypatch.setattr(capabilities.answering_model, "__defaults__", (30.0,))


@pytest.fixture
def mark(greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Grade some rows with a server at hand; `lost_after` requests it fails."""

    def call(
        *options: str, rows: int = 2, lost_after: int | None = None, role: str = "good"
    ) -> Any:
        def fails(handler: Any, body: dict[str, Any]) -> bool:
            if lost_after is None or len(server.requests) <= lost_after:
                return False
            handler.send_error(503)
            return True

        with ScriptedModel(role, interfere=fails) as server:
            monkeypatch.setenv("GREENROOM_LLM_URL", server.url)
            batch = cases(tmp_path, rows)
            return greenroom("grade", "--batch", batch, "--home", tmp_path / "home", *options)

    return call


def test_auto_takes_a_model_that_answers_and_a_name_keeps_its_word(mark: Any) -> None:
    for options, name in (
        ((), "combined"),
        (("--grader", "combined"), "combined"),
        (("--grader", "vllm"), "vllm"),
        (("--grader", "embedded"), "embedded"),
    ):
        done = mark(*options)
        assert done.code == 0
        assert {row["grader"]["name"] for row in done.rows} == {name}
        if name != "embedded":
            assert {row["grader"]["measured"] for row in done.rows} == {False}
        for row in done.rows:
            assert [p["verdict"] for p in row["points"]] == ["covered", "missing"]
            assert row["points"][0]["answer_span"]["quote"] in SAID


def test_a_model_lost_on_the_way_leaves_the_rest_ungraded_and_exits_4(mark: Any) -> None:
    done = mark("--grader", "vllm", rows=40, lost_after=60)
    assert done.code == 4
    assert [row["id"] for row in done.rows] == list(range(40))
    states = [row["status"] for row in done.rows]
    # Sixteen rows are out at a time: which of them were done when the server fell is chance.
    assert "graded" in states
    assert states[-1] == "ungraded"
    for row in done.rows:
        if row["status"] == "ungraded":
            assert row["reason"] == "model_unavailable"
            assert (row["score"], row["confidence"], row["label"]) == (None, None, None)
    assert "--fallback embedded" in done.err
    assert "Traceback" not in done.err


def test_with_the_fallback_the_embedded_grader_goes_on_under_its_own_name(mark: Any) -> None:
    done = mark("--grader", "vllm", "--fallback", "embedded", rows=40, lost_after=60)
    assert done.code == 0
    names = [row["grader"]["name"] for row in done.rows]
    assert "vllm" in names
    assert names[-1] == "embedded"
    assert {row["status"] for row in done.rows} == {"graded"}


def test_a_server_that_is_set_and_silent(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedModel() as server:
        monkeypatch.setenv("GREENROOM_LLM_URL", server.url)
    batch = cases(tmp_path, 1)
    for name in ("vllm", "combined"):
        done = greenroom("grade", "--batch", batch, "--home", tmp_path / "home", "--grader", name)
        assert (done.code, done.out) == (4, "")
        assert name in done.err
        assert len(done.err.splitlines()) == 1
    done = greenroom("grade", "--batch", batch, "--home", tmp_path / "home")
    assert done.code == 0
    assert done.rows[0]["grader"]["name"] == "embedded"
    assert server.url in done.err


def test_an_unusable_address_is_wrong_usage(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_LLM_URL", "localhost:8000")
    done = greenroom("grade", "--batch", "/dev/null", "--home", tmp_path, "--grader", "vllm")
    assert done.code == 2
    assert "localhost:8000" in done.err
