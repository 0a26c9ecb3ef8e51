"""The gate: a figure that gets worse, breaks a limit or disappears does not pass, others do."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import Constant

from agent.settings import load_settings
from agent.workspace import Workspace
from evals import quick
from evals.asked import Asked, MissingDataError
from evals.gate import (
    COMMITTED,
    BaselineError,
    GateError,
    changes,
    check,
    read_baseline,
    write_baseline,
)
from evals.quick import PREFIX, run_quick
from evals.result import Figure, Result
from evals.writing import write_result
from index.embedder import TransformerEmbedder
from ui.cli import run

FIGURES = (
    Figure("good/r", 0.8, 0.7, 0.9, "high", 0.6),
    Figure("bad/empty", 0.3, goal="low", limit=0.2),
    Figure("none/r", math.nan, goal="high"),
    Figure("bias", -0.1),
)
RESULT = Result("grading", "", FIGURES, {})
# What any grader and search worth having reach on the gate's samples; stands in where no baseline
# has been written yet.
LEAST = {
    "quick/library/hybrid/ndcg_at_10": 0.85,
    "quick/marks-dev/embedded/r": 0.05,
    "quick/marks-dev/embedded/excellent_minus_keywords": 0.1,
}


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


@settings(deadline=None)  # a loaded machine is no fault
@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["high", "low"]))
def test_a_figure_is_never_worse_both_ways(now: float, before: float, goal: Any) -> None:
    (there,) = changes([Figure("f", now, goal=goal)], {"f": before})
    (back,) = changes([Figure("f", before, goal=goal)], {"f": now})
    assert not (there.worse and back.worse)


@pytest.mark.parametrize(
    ("figures", "baseline", "told"),
    [
        ([Figure("a/r", 0.8, goal="high")], {"a/r": 0.8}, None),
        ([Figure("a/r", 0.7, goal="high")], {"a/r": 0.8}, "worse: a/r"),
        ([Figure("a/r", 0.7, goal="high")], {"b/r": 0.9}, None),
        ([Figure("a/e", 0.3, goal="low", limit=0.2)], {}, "limit 0.2"),
    ],
)
def test_the_first_thing_that_fails_is_told(
    figures: list[Figure], baseline: dict[str, float], told: str | None
) -> None:
    result = Result("x", "", tuple(figures), {})
    changed = changes(result.figures, baseline)
    if told is None:
        check(result, baseline, changed)
        return
    with pytest.raises(GateError, match=told):
        check(result, baseline, changed)


def test_a_fault_does_not_pass() -> None:
    with pytest.raises(GateError, match="suite broke"):
        check(Result("x", "", (), {}, faults=("suite broke",)), {}, ())


def test_a_figure_that_is_gone_or_a_baseline_that_is_not_there_does_not_pass() -> None:
    result = Result("quick", "", (Figure("quick/a", 1.0, goal="high"),), {}, covers="quick/")
    check(result, {"quick/a": 1.0, "other/b": 1.0}, ())
    with pytest.raises(GateError, match="quick/b was measured before"):
        check(result, {"quick/a": 1.0, "quick/b": 1.0}, ())
    with pytest.raises(GateError, match="--write-baseline"):
        check(result, {"other/b": 1.0}, ())


def test_a_baseline_keeps_what_other_runs_wrote_and_forgets_what_this_one_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "baseline.json"
    assert write_baseline(path, RESULT) == 2
    assert read_baseline(path) == {"good/r": 0.8, "bad/empty": 0.3}
    first = Result("quick", "", (Figure("quick/a", 1.0, goal="high"),), {}, covers="quick/")
    later = Result("quick", "", (Figure("quick/b", 0.5, goal="low"),), {}, covers="quick/")
    write_baseline(path, first)
    write_baseline(path, later)
    assert read_baseline(path) == {"good/r": 0.8, "bad/empty": 0.3, "quick/b": 0.5}
    assert list(read_baseline(path)) == sorted(read_baseline(path))


def test_a_baseline_without_figures_or_over_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="no figure"):
        write_baseline(tmp_path / "x.json", Result("performance", "", (), {}, timings=True))
    other = tmp_path / "notes.json"
    other.write_text("[1]", encoding="utf-8")
    with pytest.raises(BaselineError, match="notes"):
        write_baseline(other, RESULT)
    assert other.read_text(encoding="utf-8") == "[1]"
    write_result(tmp_path, RESULT)
    with pytest.raises(BaselineError, match="is a report"):
        write_baseline(tmp_path / "report.json", RESULT)


def test_a_report_is_a_baseline_and_anything_else_is_refused(tmp_path: Path) -> None:
    write_result(tmp_path, RESULT)
    assert read_baseline(tmp_path / "report.json") == {
        "good/r": 0.8, "bad/empty": 0.3, "bias": -0.1
    }  # fmt: skip
    broken = ("{", "[]", '{"figures": [{"name": 3}]}', '{"figures": [{"name": "a", "value": NaN}]}')
    for text in broken:
        (tmp_path / "x.json").write_text(text, encoding="utf-8")
        with pytest.raises(BaselineError, match=r"x\.json"):
            read_baseline(tmp_path / "x.json")
    with pytest.raises(BaselineError):
        read_baseline(tmp_path / "none.json")


@pytest.mark.parametrize(
    "arguments",
    [
        ["grading", "--gate", "--write-baseline"],
        ["dialogue", "--against-grader", "vllm"],
        ["grading", "--against", "run", "--against-grader", "vllm"],
        ["retrieval", "--data-root", "data"],
        ["performance"],
        ["grading", "--split", "train"],
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    arguments: list[str], tmp_path: Path
) -> None:
    assert run(["eval", *arguments, "--home", str(tmp_path)]) == 2


@pytest.fixture(scope="module")
def workspace(
    tmp_path_factory: pytest.TempPathFactory, embedder: TransformerEmbedder
) -> Iterator[Workspace]:
    """A workspace with the bundled library, searched by the encoder that other tests have too."""
    opened = Workspace(load_settings(home=tmp_path_factory.mktemp("home")))
    opened.__dict__["embedder"] = embedder
    yield opened
    opened.close()


@pytest.mark.slow
def test_the_quick_gate_passes_and_a_constant_grader_does_not(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = read_baseline(COMMITTED) if COMMITTED.exists() else {}
    baseline = committed if any(name.startswith(PREFIX) for name in committed) else LEAST
    # What search finds does not depend on the grader.
    monkeypatch.setattr(quick, "run_library", functools.cache(quick.run_library))
    now = run_quick(workspace, Asked())
    check(now, baseline, changes(now.figures, baseline))

    monkeypatch.setattr(Workspace, "grader", lambda self, name: Constant())
    constant = run_quick(workspace, Asked())
    with pytest.raises(GateError, match="embedded/r: "):
        check(constant, baseline, changes(constant.figures, baseline))
    worse = {c.figure.name for c in changes(constant.figures, baseline) if c.worse}
    assert {name for name in LEAST if "marks-dev" in name} <= worse


def test_the_quick_suite_is_always_on_the_same_data() -> None:
    with pytest.raises(MissingDataError, match="same data"):
        run_quick(None, Asked(data=(Path("x.jsonl"),)))  # type: ignore[arg-type]


def test_every_committed_figure_has_a_value() -> None:
    if COMMITTED.exists():
        figures = json.loads(COMMITTED.read_text(encoding="utf-8"))["figures"]
        assert all(isinstance(f["value"], float | int) for f in figures)
