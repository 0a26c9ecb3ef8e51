"""The command that checks the bundled library: green on what ships, red on what is poor."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command

import corpus.library

pytestmark = pytest.mark.slow


def test_the_bundled_library_is_sound(greenroom: Command, tmp_path: Path) -> None:
    done = greenroom("library", "check", "--no-marks", "--json", "--home", tmp_path)
    report = done.json
    assert report["faults"] == []
    assert done.code == 0
    assert report["totals"]["topics"] == 25
    assert report["totals"]["questions"] >= 380
    assert (
        len(greenroom("questions", "--source", "library", "--json", "--home", tmp_path).rows)
        == (report["totals"]["questions"])
    )


def test_a_poor_library_is_a_failure_and_is_marked_all_the_same(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = corpus.library.load_topic(corpus.library.library_folder(), "cudnn")
    monkeypatch.setattr(corpus.library, "load_library", lambda: (one,))
    done = greenroom("library", "check", "--json", "--home", tmp_path)
    assert done.code == 1
    (fault,) = done.json["faults"]
    assert fault["text"] == f"{len(one.questions)} questions of 380"
    (row,) = done.json["topics"]
    assert row["model_answers"] > row["misconceptions_score"]
    told = greenroom("library", "check", "--no-marks", "--home", tmp_path)
    assert told.code == 1
    assert "To mend: library" in told.out
