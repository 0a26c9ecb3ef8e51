"""Reports: what is written is complete, inert, the same twice, and a regression does not pass."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gate import BaselineError, changes, read_baseline
from evals.grading import Case, report_of
from evals.grading_result import as_result, calibration_error
from evals.html_report import page
from evals.result import Figure, Line, Plot, Result
from evals.writing import junit, write_result

NASTY = "<script>alert('x')</script> & \"quotes\" \N{GRINNING FACE}"
FIGURES = (
    Figure("good/r", 0.8, 0.7, 0.9, "high", 0.6),
    Figure("bad/empty", 0.3, goal="low", limit=0.2),
    Figure("none/r", math.nan, goal="high"),
    Figure("bias", -0.1),
)
PLOT = Plot("A <b>", NASTY, "x", "y", "lines", (Line("one", ((0.0, 0.0), (1.0, 0.5))),), True)
RESULT = Result("grading", NASTY, FIGURES, {"note": NASTY}, ({"answer": NASTY},), (PLOT,), (NASTY,))


class Tags(HTMLParser):
    """Which elements a page has, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(name not in {"src", "onload", "onclick"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def case(qid: str, human: float, score: float, confidence: float) -> Case:
    out: dict[str, Any] = {
        "status": "graded", "score": score, "confidence": confidence, "label": "partial",
        "latency_ms": 3.0,
    }  # fmt: skip
    return Case(qid, human, None, out)


def test_all_files_are_written_and_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    names = ["junit.xml", "report.html", "report.json", "rows.jsonl"]
    for folder in (tmp_path / "a", tmp_path / "b"):
        write_result(folder, RESULT)
        assert sorted(p.name for p in folder.iterdir()) == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    report = json.loads((tmp_path / "a/report.json").read_text(encoding="utf-8"))
    assert report["figures"][2] == {
        "name": "none/r", "value": None, "low": None, "high": None, "goal": "high", "limit": None
    }  # fmt: skip
    assert report["faults"] == [NASTY]


def test_times_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    write_result(tmp_path, Result("performance", "", (), {"ms": 3}, timings=True))
    assert [p.name for p in tmp_path.iterdir()] == ["timings.json"]


def test_the_page_runs_nothing_and_shows_what_there_is() -> None:
    seen = Tags(page(RESULT, changes(FIGURES, {"good/r": 0.9})))
    assert "script" not in seen.tags
    assert {"svg", "table", "figure"} <= seen.tags
    for shown in (NASTY, "good/r", "0.800", "0.700 to 0.900", "at least 0.6", "not defined"):
        assert shown in seen.text
    assert "Baseline" in seen.text


def test_junit_fails_what_breaks_a_limit_or_gets_worse() -> None:
    tree = ElementTree.fromstring(junit(RESULT, changes(FIGURES, {"good/r": 0.9})))
    failed = {c.get("name") for c in tree if c.find("failure") is not None}
    assert failed == {"good/r", "bad/empty", NASTY}
    assert (tree.get("tests"), tree.get("failures")) == ("4", "3")
    assert "bias" not in {c.get("name") for c in tree}


@pytest.mark.parametrize(
    ("goal", "value", "before", "worse"),
    [
        ("high", 0.70, 0.72, True),
        ("high", 0.715, 0.72, False),
        ("high", 0.80, 0.72, False),
        ("low", 0.10, 0.05, True),
        ("low", 0.01, 0.05, False),
        ("high", math.nan, 0.72, True),
        (None, 0.1, 0.9, False),
    ],
)
def test_only_a_move_the_wrong_way_is_worse(
    goal: Any, value: float, before: float, worse: bool
) -> None:
    (change,) = changes([Figure("f", value, goal=goal)], {"f": before, "other": 1.0})
    assert change.worse is worse


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["high", "low"]))
def test_a_figure_is_never_worse_both_ways(now: float, before: float, goal: Any) -> None:
    (there,) = changes([Figure("f", now, goal=goal)], {"f": before})
    (back,) = changes([Figure("f", before, goal=goal)], {"f": now})
    assert not (there.worse and back.worse)


def test_a_report_is_a_baseline_and_anything_else_is_refused(tmp_path: Path) -> None:
    write_result(tmp_path, RESULT)
    assert read_baseline(tmp_path / "report.json") == {
        "good/r": 0.8, "bad/empty": 0.3, "bias": -0.1
    }  # fmt: skip
    for text in ("{", "[]", '{"figures": [{"name": 3}]}'):
        (tmp_path / "x.json").write_text(text, encoding="utf-8")
        with pytest.raises(BaselineError, match=r"x\.json"):
            read_baseline(tmp_path / "x.json")
    with pytest.raises(BaselineError):
        read_baseline(tmp_path / "none.json")


def test_a_grading_report_has_every_grader_s_figures_and_gates_only_its_own() -> None:
    cases = tuple(case(f"q{i % 4}", i / 9, i / 9, 0.9) for i in range(10))
    rows = [{"answer": "word " * i, "question": "q", "reference": "r"} for i in range(10)]
    result = as_result(report_of("set.jsonl", rows, cases, "embedded", 0, 20))
    figures = {figure.name: figure for figure in result.figures}
    assert figures["set/embedded/r"].value == pytest.approx(1.0)
    assert figures["set/embedded/r"].goal == "high"
    assert figures["set/embedded/rmse"].goal == "low"
    assert figures["set/length/r"].goal is None
    assert len(result.plots) == 3
    assert all("latency_ms" not in row for row in result.rows)


def test_calibration_error_is_the_gap_between_said_and_done() -> None:
    honest = [case("q", 0.5, 0.5 if i < 9 else 1.0, 0.9) for i in range(10)]
    assert calibration_error(honest) == pytest.approx(0.0)
    boastful = [case("q", 0.0, 1.0, 0.95) for _ in range(10)]
    assert calibration_error(boastful) == pytest.approx(0.95)
    assert math.isnan(calibration_error([]))
