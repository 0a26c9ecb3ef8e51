"""Two graders on the same answers: what is compared, what is left out, and what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from marked import Told, row

from evals.cases import Graded, grade_all
from evals.grading import report_of
from evals.grading_result import as_result
from evals.paired import (
    EarlierRunError,
    compare,
    read_run,
)
from evals.paired_report import comparison_as_text, differences_as_table, said_of, verdict
from evals.result import joined
from evals.writing import write_result

PEOPLE = [("covered", "missing"), ("missing", "missing"), ("covered", "covered")] * 4
RIGHT = [" ".join(f"{verdict}@0.9" for verdict in verdicts) for verdicts in PEOPLE]
WRONG = ["covered@0.5 covered@0.5", "covered@0.5 missing@0.5", "missing@0.5 covered@0.5"] * 4


def graded(answers: list[str], name: str = "set") -> Graded:
    rows = [
        row(i, people, said) for i, (people, said) in enumerate(zip(PEOPLE, answers, strict=True))
    ]
    return grade_all(name, rows, Told())


def other(right: Graded, wrong: Graded) -> Graded:
    """What the wrong grader would have given for the right one's rows."""
    return replace(wrong, rows=right.rows, grader="wrong")


def test_the_better_of_two_is_told_and_by_how_much() -> None:
    right = graded(RIGHT)
    found = compare(right, other(right, graded(WRONG)), resamples=50)
    by_name = {d.name: d for d in found.differences}
    assert by_name["r"].now == pytest.approx(1.0)
    assert by_name["r"].apart.value == pytest.approx(1.0 - by_name["r"].before)
    assert by_name["rmse"].apart.value < 0
    assert {d.better for d in found.differences} == {1.0}
    assert "better in 100% of draws" in comparison_as_text(found)
    assert len(differences_as_table(found).rows) == len(found.differences)


def test_a_grader_against_itself_is_no_better() -> None:
    found = compare(graded(RIGHT), graded(RIGHT), resamples=20)
    assert {d.apart.value for d in found.differences} == {0.0}
    assert {d.apart.low for d in found.differences} == {0.0}
    assert {d.better for d in found.differences} == {0.5}


def test_the_side_of_a_difference_is_said_in_words() -> None:
    """Lower is better for RMSE; a sign that is taken as it is would say the opposite."""
    right = graded(RIGHT)
    wrong = other(right, graded(WRONG))
    for now, before, said in ((right, wrong, "better"), (wrong, right, "worse")):
        found = compare(now, before, resamples=50)
        by_name = {d.name: said_of(d) for d in found.differences}
        assert (by_name["r"], by_name["rmse"]) == (said, said)
        assert f"{now.grader}, held against {before.grader}: {said} in r with" in verdict(found)
        assert verdict(found) in comparison_as_text(found)
        assert verdict(found) in differences_as_table(found).note
    same = compare(right, right, resamples=50)
    assert {said_of(d) for d in same.differences} == {"may be chance"}
    assert "better" not in verdict(same)


def test_two_versions_of_one_grader_are_told_apart_by_name() -> None:
    now = graded(RIGHT)
    older = replace(
        now, outs=tuple(out | {"grader": out["grader"] | {"version": "0"}} for out in now.outs)
    )
    found = compare(now, older, resamples=2)
    assert (found.now, found.before) == ("told 1", "told 0")
    assert len(set(differences_as_table(compare(now, now, resamples=2)).head)) == 6


def test_differences_come_from_the_same_draws() -> None:
    """A shift by the same amount everywhere has no spread; with draws of their own it would."""
    now = graded(RIGHT)
    outs = tuple(out | {"score": out["score"] * 0.5 + 0.1} for out in now.outs)
    found = compare(now, replace(now, outs=outs), resamples=50)
    r = next(d for d in found.differences if d.name == "r")
    assert r.apart.low == pytest.approx(0.0, abs=1e-9)
    assert r.apart.high == pytest.approx(0.0, abs=1e-9)


def test_rows_that_only_one_has_are_counted_and_left_out() -> None:
    now, before = graded(RIGHT), graded(["none", *RIGHT[1:]])
    before = replace(before, rows=now.rows)
    changed = replace(
        before,
        rows=(*before.rows[:-1], before.rows[-1] | {"score": 0.123}),
    )
    shorter = replace(now, rows=now.rows[1:], outs=now.outs[1:])
    assert compare(now, before, resamples=5).ungraded == 1
    assert compare(now, changed, resamples=5).remarked == 1
    found = compare(shorter, before, resamples=5)
    assert (found.rows, found.only_now, found.only_before) == (11, 0, 1)
    told = comparison_as_text(found)
    assert "1 rows only in the other run" in told
    assert "only in this run" not in told


def test_rows_with_the_same_id_are_told_apart() -> None:
    rows = [row(0, ("covered",), "covered@0.9"), row(0, ("missing",), "missing@0.9")]
    both = grade_all("set", rows, Told())
    assert compare(both, both, resamples=2).rows == 2


def test_an_earlier_run_is_read_from_its_folder(tmp_path: Path) -> None:
    parts = [as_result(report_of(graded(RIGHT, name), resamples=2)) for name in ("one", "two")]
    write_result(tmp_path / "run", joined("grading", parts))
    for path in (tmp_path / "run", tmp_path / "run/report.json", tmp_path / "run/rows.jsonl"):
        found = read_run(path)
        assert list(found) == ["one", "two"]
        again = compare(graded(RIGHT, "one"), found["one"], resamples=2)
        assert (again.rows, again.only_now, again.remarked) == (12, 0, 0)
        assert all(d.apart.value == 0 for d in again.differences)


@pytest.mark.parametrize("text", [None, "", "{", "[1]", '{"set": "a"}', '{"answer": "of a suite"}'])
def test_what_is_no_earlier_run_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(EarlierRunError, match="rows"):
        read_run(tmp_path)


def test_a_figure_that_one_draw_does_not_define_is_left_out_there() -> None:
    """Of four questions some draws hold equal marks alone."""
    rows = [
        row(i, people, said)
        for i, (people, said) in enumerate(
            [(("covered",), "covered@0.9"), (("missing",), "missing@0.9")] * 2
        )
    ]
    both = grade_all("set", rows, Told())
    r = next(d for d in compare(both, both, resamples=20).differences if d.name == "r")
    assert not math.isnan(r.apart.low)


def test_one_question_has_a_difference_and_no_interval() -> None:
    now = graded(RIGHT)
    alone = replace(now, rows=tuple(r | {"qid": "q"} for r in now.rows))
    found = compare(alone, alone, resamples=5)
    assert all(math.isnan(d.better) for d in found.differences)
    assert "nan" not in comparison_as_text(found)
    assert "nan" not in str(differences_as_table(found).rows)
