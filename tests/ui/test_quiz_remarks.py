"""Words after a mark at a terminal: printed as text, each with its place, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from player import begin, player

from agent.remarks import Remark
from corpus.schema import Span

FULL = ["alpha beta gamma delta", ""]


def test_remarks_are_printed_with_their_place_and_ctrl_c_goes_on(
    stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Span("d" * 16, "/notes.md", 3, 14, "gamma delta")

    def said(session: str, number: int) -> Iterator[Remark]:
        yield Remark("missed", "[bold]So[/] gamma \x1b[31mdelta.", None, source)
        yield Remark("feedback", "What stands above.")
        raise KeyboardInterrupt

    stage.remarks_after = said
    screen = player(stage, monkeypatch)(begin(stage), *FULL, *FULL)
    assert "Missing: [bold]So[/] gamma" in screen
    assert "\x1b" not in screen
    assert "notes.md, characters 3–14" in screen
    assert "What stands above." not in screen
    assert screen.index("Missing:") < screen.index("Question 2 of 2")
    assert "Debrief" in screen
