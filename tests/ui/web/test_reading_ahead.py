"""Drafts are read ahead only of one's own interview, and only by a model that already answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import make_interview

from agent.llm.faults import ModelUnavailableError
from agent.plan import Options
from ui.web.asked import LONGEST_ANSWER
from ui.web.drafts import read_ahead
from ui.web.people import Browser

MINE = Browser("anna" * 6, None, "s1", 1).stored()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Any]:
    """One interview of the local person, a model that answers, and the drafts that it was told."""
    interview = make_interview(tmp_path)
    interview.start(Options(count=1), session_id="s1")
    told: list[tuple[str, str]] = []

    def warm_draft(session_id: str, text: str) -> bool:
        told.append((session_id, text))
        return True

    yield SimpleNamespace(
        interview=interview,
        language_model=SimpleNamespace(known=True),
        warm_draft=warm_draft,
        told=told,
    )
    interview.close()


def test_the_model_is_told_of_a_draft(workspace: Any) -> None:
    assert read_ahead(workspace, MINE, "so far ")
    assert workspace.told == [("s1", "so far ")]


def test_no_model_is_looked_for(workspace: Any) -> None:
    workspace.language_model.known = False
    assert not read_ahead(workspace, MINE, "so far")
    assert not workspace.told


def test_nobody_elses(workspace: Any) -> None:
    mallory = Browser("mallory" * 4, "mallory", "s1", 1).stored()
    assert not read_ahead(workspace, mallory, "so far", "mallory")
    assert not read_ahead(workspace, {"session": ["s1"]}, "so far")
    assert not workspace.told


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_ANSWER + 1)])
def test_what_cannot_be_an_answer_is_left_out(workspace: Any, text: str) -> None:
    assert not read_ahead(workspace, MINE, text)
    assert not workspace.told


def test_a_model_that_is_lost_is_no_fault_of_the_page(workspace: Any) -> None:
    def lost(session_id: str, text: str) -> bool:
        raise ModelUnavailableError("gone")

    workspace.warm_draft = lost
    assert not read_ahead(workspace, MINE, "so far")
