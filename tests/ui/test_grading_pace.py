"""How many rows are marked at a time: many of a file, one of a pipe that may wait for its mark."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from ui.grading import _piped


def test_only_a_pipe_is_marked_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.touch()
    assert not _piped(cases)
    with cases.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert not _piped(Path("-"))
    read, write = os.pipe()
    with os.fdopen(read) as stream, os.fdopen(write, "w"):
        monkeypatch.setattr(sys, "stdin", stream)
        assert _piped(Path("-"))
    monkeypatch.setattr(sys, "stdin", io.StringIO("{}"))
    assert _piped(Path("-"))
