"""A language model's sentences below a mark: escaped, cited, one's own only, and they may end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rehearsal import make_interview

from agent.llm.faults import ModelUnavailableError
from agent.plan import Options
from agent.remarks import Remark
from corpus.schema import Span
from ui.web.people import Browser
from ui.web.remarks import remarks

NASTY = "<script>alert(1)</script> **b**"
SAID = (
    Remark("good", NASTY, None, Span("d", "/notes.md", 0, 5, "alpha")),
    Remark("missed", "more"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    """One interview of the local person, and a model that is lost after two sentences."""
    interview = make_interview(tmp_path)
    interview.start(Options(count=1), session_id="s1")

    def after(session_id: str, turn_number: int) -> Iterator[Remark]:
        assert (session_id, turn_number) == ("s1", 2)
        yield from SAID
        raise ModelUnavailableError("gone")

    yield SimpleNamespace(interview=interview, remarks_after=after)
    interview.close()


def test_they_grow_and_end_with_the_model(workspace: Any) -> None:
    stored = Browser("anna" * 6, None, "s1", 2).stored()
    first, second = remarks(workspace, stored)
    assert first.count("<li>") == 1
    assert second.count("<li>") == 2
    assert "<script>" not in second
    assert "**" not in second
    assert 'class="cite"' in first


def test_nobody_elses(workspace: Any) -> None:
    mallory = Browser("mallory" * 4, "mallory", "s1", 2).stored()
    assert list(remarks(workspace, mallory, "mallory")) == []
    assert list(remarks(workspace, None)) == []
