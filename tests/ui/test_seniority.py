"""How senior somebody is words their questions where a language model runs; where none does, that
is said. The model is scripted, the address is real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.llm import capabilities
from agent.llm.scripted import ScriptedModel
from agent.pool import Options
from agent.settings import load_settings
from agent.workspace import Workspace
from ui.web.setup import WebSetup


class Warm(WordEmbedder):
    """An encoder with nothing to load."""

    def warm(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workspace, "embedder", Warm())
    monkeypatch.setattr(Workspace, "embedded_grader", word_grader())
    monkeypatch.setattr(capabilities.answering_model, "__defaults__", (30.0,))


@pytest.fixture
def quiz(greenroom: Command, tmp_path: Path) -> Any:
    """A quiz of one answer."""
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"answer": "It depends on many things."}), encoding="utf-8")

    def run(*more: str) -> Any:
        home = ("--home", tmp_path / "home")
        return greenroom("quiz", "--answers", answers, "--seed", "1", *home, *more)

    return run


def test_a_quiz_words_its_question_and_the_history_keeps_the_wording(
    quiz: Any, greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedModel("good") as server:
        monkeypatch.setenv("GREENROOM_LLM_URL", server.url)
        done = quiz("--seniority", "  senior\n")
        sent = json.dumps(server.requests)
    assert done.code == 0
    assert "Their seniority:\\n<<<\\nsenior\\n>>>" in sent
    assert "No language model" not in done.err
    workspace = Workspace(load_settings(home=tmp_path / "home"))
    [session] = workspace.interview.sessions()
    turn = workspace.interview.turns(session.id)[0]
    workspace.close()
    assert turn.question is not None
    assert turn.prompt == f"{turn.question.question} Answer as senior."


def test_without_a_model_it_is_said_that_nothing_is_worded(quiz: Any) -> None:
    done = quiz("--seniority", "senior")
    assert done.code == 0
    assert "--seniority words no question" in done.err
    assert quiz().err.count("seniority") == 0


def test_one_that_is_too_long_is_refused(quiz: Any) -> None:
    done = quiz("--seniority", "very " * 30)
    assert done.code == 2
    assert "at most 80" in done.err


def test_the_page_on_setup_keeps_it_for_all_interviews_of_its_person(tmp_path: Path) -> None:
    workspace = Workspace(load_settings(home=tmp_path))
    try:
        setup = WebSetup(workspace)
        assert "once a language model runs" in setup.save_seniority(" staff <b> ", None)
        setup.save_seniority("junior", "ben")
        mine = workspace._candidate("local", Options())
        assert mine.seniority == setup.papers().seniority == "staff <b>"
        assert workspace._candidate("local", Options(seniority="lead")).seniority == "lead"
        assert workspace._candidate("account-ben", Options()).seniority == "junior"
        assert "Not saved" in setup.save_seniority("x" * 100)
        assert setup.papers().seniority == "staff <b>"
        assert setup.save_seniority("") == "No seniority is stored."
        assert workspace._candidate("local", Options()).seniority == ""
    finally:
        workspace.close()
