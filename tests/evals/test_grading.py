"""The suite `grading`: rows in; figures, tables and plots out, for any file and our own marks."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from marked import Told, row, write

from evals.breakdown import by_band, by_kind, by_question, worst
from evals.cases import Graded, GradedFileError, grade_all, marks_rows, read_rows, sample
from evals.grading import Report, report_of
from evals.grading_result import as_result
from evals.marks import load_marks, split_of
from evals.metrics import Estimate

SPLIT = [
    (("covered", "missing"), "covered@0.9 missing@0.8", "partial"),
    (("covered", "covered"), "covered@0.9 covered@0.9", "full"),
    (("contradicted", "missing"), "covered@0.4 missing@0.7", "wrong"),
    (("missing", "missing"), "covered@0.3 covered@0.3", "keywords"),
    (("covered", "partial"), "covered@0.9 partial@0.6", "paraphrase"),
    (("missing", "missing"), "missing@0.9 missing@0.9", "vague"),
] * 2


def made(**more: Any) -> Graded:
    rows = [row(i, people, said, kind=kind, **more) for i, (people, said, kind) in enumerate(SPLIT)]
    return grade_all("made", rows, Told())


def figures(report: Report, grader: str = "told") -> dict[str, Estimate]:
    return next(line.figures for line in report.lines if line.grader == grader)


def test_verdicts_are_compared_with_people_s() -> None:
    found = figures(report_of(made(), resamples=20))
    assert found["verdict_accuracy"].value == pytest.approx(18 / 24)
    # Five of six covered points are told as such, and both contradicted ones score full marks.
    assert found["covered_auc"].value == pytest.approx(0.5)
    assert found["point_surest_half"].value == 1.0
    assert 0 < found["verdict_f1"].value < 1
    assert found["verdict_f1"].low <= found["verdict_f1"].value <= found["verdict_f1"].high


def test_a_point_that_was_not_judged_is_wrong() -> None:
    rows = [row(i, ("covered",), "none" if i < 2 else "covered@0.9") for i in range(4)]
    found = figures(report_of(grade_all("made", rows, Told()), resamples=2))
    assert found["verdict_accuracy"].value == pytest.approx(0.5)


def test_excellent_answers_are_held_against_wrong_ones_and_salad() -> None:
    found = figures(report_of(made(), resamples=20))
    # 1.0 and 0.75 for excellent; 0.5 for wrong; 1.0 for keywords.
    assert found["excellent_minus_wrong"].value == pytest.approx(0.375)
    assert found["excellent_minus_keywords"].value == pytest.approx(-0.125)
    bare = [{k: v for k, v in r.items() if k != "kind"} for r in made().rows]
    assert "excellent_minus_wrong" not in figures(
        report_of(grade_all("bare", bare, Told()), resamples=2)
    )


def test_floors_have_all_that_needs_no_confidence() -> None:
    report = report_of(made(), resamples=5)
    own = figures(report).keys()
    for floor in ("constant", "length", "word-overlap"):
        assert own - figures(report, floor).keys() == {
            f"{prefix}{name}"
            for prefix in ("", "point_")
            for name in ("ece", "aurc", "surest_half")
        }
    assert figures(report, "constant")["verdict_accuracy"].value == pytest.approx(12 / 24)
    assert figures(report, "constant")["covered_auc"].value == pytest.approx(0.5)


def test_each_marker_stands_beside_the_grader() -> None:
    rows = list(made().rows)
    for i, r in enumerate(rows):
        r["raters"] = [r["score"], 1 - r["score"], None if i % 2 else r["score"]]
    report = report_of(grade_all("rated", rows, Told()), resamples=5)
    found = figures(report)
    assert found["r_rater_1"].value == pytest.approx(found["r"].value)
    assert found["r_rater_2"].value == pytest.approx(-found["r"].value)
    assert report.raters["r_raters_1_2"].value == pytest.approx(-1)
    assert report.raters["r_raters_1_3"].value == pytest.approx(1)
    assert "markers 1 and 2 with each other" in as_result(report).text


def test_the_tables_hold_every_answer_once() -> None:
    report = report_of(made(), resamples=2)
    bands, kinds, questions = by_band(report.cases), by_kind(report), by_question(report.cases)
    for table in (bands, kinds, questions):
        assert sum(int(r[1] or 0) for r in table.rows) == len(SPLIT)
    assert [r[1] for r in bands.rows] == [6, 0, 4, 2]
    assert [r[0] for r in kinds.rows][:2] == ["full", "paraphrase"]
    assert next(r for r in kinds.rows if r[0] == "wrong")[2:4] == (0.0, 0.5)
    assert worst(report.cases).rows[0][2:4] == (0.0, 1.0)
    assert "k1 covered (people: missing)" in str(worst(report.cases).rows[0][-1])


def test_a_question_with_one_answer_has_no_r() -> None:
    rows = [row(0, ("covered",), "covered@0.9"), row(1, ("missing",), "missing@0.9")]
    table = by_question(grade_all("x", rows, Told()).cases)
    assert [r[2] for r in table.rows] == [None, None]


def test_a_result_has_every_grader_s_figures_and_gates_only_its_own() -> None:
    result = as_result(report_of(made(label="correct"), resamples=5))
    by_name = {figure.name: figure for figure in result.figures}
    assert by_name["made/told/r"].goal == "high"
    assert by_name["made/told/point_aurc"].goal == "low"
    assert by_name["made/told/bias"].goal is None
    assert by_name["made/length/rmse"].goal is None
    assert len(result.plots) == 4
    assert all("latency_ms" not in r["out"] for r in result.rows)
    assert "word-overlap" in result.text
    json.dumps(result.as_json(), allow_nan=False)


def test_two_runs_are_the_same() -> None:
    one, two = (as_result(report_of(made(), resamples=5)) for _ in range(2))
    assert json.dumps(one.as_json()) == json.dumps(two.as_json())
    assert (one.rows, one.text, one.plots) == (two.rows, two.text, two.plots)


def test_nothing_graded_still_has_a_report() -> None:
    rows = [row(i, ("covered",), "none") for i in range(4)]
    result = as_result(report_of(grade_all("none", rows, Told()), resamples=2))
    assert result.plots == ()
    assert "0 of 4 graded" in result.text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2 is not JSON"),
        ('{"question": "q", "answer": "a", "score": 1, "x": NaN}', "line 2 is not JSON"),
        ('{"question": "q\\ud800", "answer": "a", "score": 1}', "line 2 holds half"),
        ('{"question": "q", "answer": "a", "score": 1, "x": "\\udfff"}', "line 2 holds half"),
        ('{"answer": "a", "score": 1}', "line 2: question"),
        ('{"question": "q", "answer": "a", "score": 1, "key_points": "k"}', "line 2: key_points"),
        ('{"question": "q", "answer": "a", "score": 1, "references": 5}', "line 2: references"),
        ('{"question": "q", "answer": "a", "score": 1, "x": 1e999}', "line 2 is not JSON"),
        (
            '{"question": "q", "answer": "a", "score": 1, "key_points":'
            ' [{"id": "k", "text": "x"}, {"id": "k", "text": "y"}]}',
            "line 2: key_points: two of them",
        ),
        ("3", "line 2: the row"),
        ('{"id": "1", "answer": "a"}', "line 2: score"),
        ('{"id": "1", "answer": "a", "score": "1"}', "line 2: score"),
        ('{"id": "1", "answer": "a", "score": 7}', "line 2: score"),
        ('{"id": "1", "answer": "a", "score": NaN}', "line 2 is not JSON"),
        ('{"id": "1", "score": 1}', "line 2: answer"),
        ('{"answer": "a", "score": 1, "verdicts": {"k1": "maybe"}}', "line 2: verdicts.k1"),
        ('{"answer": "a", "score": 1, "raters": ["x"]}', "line 2: raters.0"),
    ],
)
def test_a_row_that_cannot_be_measured_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"question": "q", "answer": "a", "score": 0.5}}\n{line}\n', encoding="utf-8")
    with pytest.raises(GradedFileError, match=told):
        read_rows(path)


def test_a_file_without_rows_or_of_other_bytes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    for content in (b"", b"\n \n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(GradedFileError, match="rows"):
            read_rows(path)


def test_a_line_separator_in_a_string_ends_no_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    text = json.dumps({"question": "q", "answer": "a\u2028b", "score": 1}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    assert [r["answer"] for r in read_rows(path)] == ["a\u2028b"]


def test_our_own_marks_are_rows_of_one_split_with_their_points() -> None:
    marks = load_marks()
    rows = marks_rows(marks.part("dev"))
    assert {split_of(r["qid"]) for r in rows} == {"dev"}
    assert all({p["id"] for p in r["key_points"]} == r["verdicts"].keys() for r in rows)
    twice = [r for r in rows if "raters" in r]
    assert len(twice) == sum(
        a.id in marks.second_answers for a in marks.answers if split_of(a.question_id) == "dev"
    )
    assert all(r["raters"][0] == r["score"] for r in twice)


def test_a_sample_is_of_whole_questions_and_does_not_depend_on_order() -> None:
    rows = [row(i, ("covered",), "covered@0.9", qid=f"q{i % 10}") for i in range(60)]
    drawn = sample(rows, 20)
    assert len(drawn) == 18
    kept = {r["qid"] for r in drawn}
    assert all((r in drawn) == (r["qid"] in kept) for r in rows)
    assert {r["id"] for r in sample(rows[::-1], 20)} == {r["id"] for r in drawn}
    assert len({r["qid"] for r in sample(rows, 1)}) == 2
    assert len(sample(rows, 1000)) == 60


def test_a_file_s_rows_are_graded_in_order(tmp_path: Path) -> None:
    path = write(tmp_path / "made.jsonl", made().rows)
    graded = grade_all("made", read_rows(path), Told())
    assert [c.out["id"] for c in graded.cases] == [f"a{i}" for i in range(len(SPLIT))]
    assert not any(math.isnan(c.mark) for c in graded.cases)
