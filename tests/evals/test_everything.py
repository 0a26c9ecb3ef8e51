"""`eval all`: what is at hand is measured, what is missing is said, what fails is a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from marked import row, write

from corpus.schema import GreenroomError
from evals import everything
from evals.asked import Asked, MarksSplit, MissingDataError, Suite, marked_sets
from evals.everything import plan, run_everything
from evals.result import Figure, Result
from evals.writing import write_result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("grading", "support", "retrieval/good", "retrieval/bad"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for name in ("a", "b"):
        write(tmp_path / f"data/grading/{name}.jsonl", [row(0, ("covered",), "covered@0.9")])
    for name in ("corpus.jsonl", "qrels.tsv"):
        (tmp_path / "data/retrieval/good" / name).touch()
    return tmp_path / "data"


def test_the_plan_has_every_suite_and_says_what_there_is_no_data_for(root: Path) -> None:
    missing: list[str] = []
    runs = [(s.value, tuple(p.name for p in a.data)) for s, a in plan(Asked(root=root), missing)]
    assert ("grading", ("a.jsonl",)) in runs
    assert ("robustness", ("b.jsonl",)) in runs
    assert ("retrieval", ("good",)) in runs
    assert {"marks", "grading", "robustness", "retrieval", "dialogue", "grounding"} <= {
        suite for suite, data in runs if not data
    }
    splits = [a.split for s, a in plan(Asked(root=root), []) if s is Suite.grading and not a.data]
    assert splits == [
        MarksSplit.dev, MarksSplit.plain, MarksSplit.notes, MarksSplit.subjects_dev,
    ]  # fmt: skip
    notes = plan(Asked(split=MarksSplit.notes), [])
    assert [suite for suite, _ in notes].count(Suite.grading) == 3
    assert any("retrieval/bad" in line for line in missing)
    assert any(line.startswith("support: nothing in") for line in missing)


def test_without_a_root_our_own_data_is_measured() -> None:
    missing: list[str] = []
    runs = list(plan(Asked(), missing))
    assert all(not asked.data for _, asked in runs)
    wanted = ("support", "grading", "retrieval", "entailment")
    assert missing == [f"{name}: no --data-root" for name in wanted]


def test_of_long_files_a_fixed_part_is_taken_and_of_our_own_data_all() -> None:
    asked = Asked(root=Path("x"), most=None)
    assert {a.most for _, a in plan(Asked(), [])} == {None}
    assert {a.most for _, a in plan(replace(asked, most=7), [])} == {7}
    many = {str(suite): a.most for suite, a in plan(replace(asked, most=70), [])}
    # More rows are no reason to try an attack more often: that took twelve minutes.
    assert (many["grading"], many["robustness"]) == (70, 20)


def test_sentences_pairs_and_claims_are_measured_too(root: Path) -> None:
    write(root / "retrieval/asked.jsonl", [{"qtext": "a", "atext": "b", "label": "1"}])
    (root / "entailment").mkdir()
    for name in ("one", "two"):
        write(root / f"entailment/{name}.jsonl", [{"id": "1"}])
    write(root / "support/claims.jsonl", [{"id": "1"}])
    missing: list[str] = []
    runs = [(s.value, [p.name for p in a.data]) for s, a in plan(Asked(root=root), missing)]
    assert ("retrieval", ["asked.jsonl"]) in runs
    assert ("entailment", ["one.jsonl", "two.jsonl"]) in runs
    assert ("grounding", ["claims.jsonl"]) in runs
    assert missing == ["retrieval/bad: neither in BEIR's form nor answer sentences"]


def fake(fails: Callable[[Asked], Exception | None]) -> Callable[[Any, Asked], Result]:
    def suite(workspace: Any, asked: Asked) -> Result:
        error = fails(asked)
        if error is not None:
            raise error
        figure = Figure(f"{asked.data[0].stem if asked.data else 'own'}/r", 0.5, goal="high")
        return Result("x", "measured", (figure,), {}, ({"a": 1},), title="t")

    return suite


def run(monkeypatch: pytest.MonkeyPatch, asked: Asked, **errors: Exception) -> Result:
    suites = {s: fake(lambda _, s=s: errors.get(s.value)) for s in Suite}  # type: ignore[misc]
    monkeypatch.setattr(everything, "SUITES", suites)
    return run_everything(None, asked)  # type: ignore[arg-type]


def test_one_report_has_a_section_for_each_run(
    monkeypatch: pytest.MonkeyPatch, root: Path, tmp_path: Path
) -> None:
    result = run(monkeypatch, Asked(root=root))
    assert len(result.parts) == 14
    write_result(tmp_path / "out", result)
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert len(report["sections"]) == 14
    assert len(report["figures"]) == 14
    assert report["details"]["not_measured"][-1].startswith("performance")
    assert "not measured: support" in result.text
    lines = (tmp_path / "out/rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {"suite": "x", "of": "t", "a": 1}


def test_a_suite_that_fails_is_a_fault_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    result = run(
        monkeypatch, Asked(root=root), dialogue=GreenroomError("no bank"), marks=KeyError("x"),
        grounding=MissingDataError("nothing there"),
    )  # fmt: skip
    assert result.faults == ("marks failed: KeyError('x')", "dialogue failed: no bank")
    assert "not measured: grounding: nothing there" in result.text
    assert len(result.figures) == 11


@pytest.mark.parametrize(
    "asked",
    [
        Asked(data=(Path("x"),)),
        Asked(root=Path("/no/such/folder")),
        Asked(against_grader="embedded"),
    ],
)
def test_wrong_use_is_said_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    with pytest.raises(MissingDataError, match="data-root"):
        run(monkeypatch, asked)


def test_sets_have_names_of_their_own(tmp_path: Path) -> None:
    paths = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        paths.append(write(tmp_path / folder / "a.jsonl", [row(0, ("covered",), "covered@0.9")]))
    assert list(marked_sets(Asked(tuple(paths)))) == ["a", "two-a"]
    with pytest.raises(MissingDataError, match="of this name"):
        marked_sets(Asked((paths[0], paths[0], paths[0])))
    assert list(marked_sets(Asked())) == ["marks-dev"]
