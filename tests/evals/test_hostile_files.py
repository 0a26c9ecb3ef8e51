"""Files that a person may hand to a suite by mistake, and names that are not for a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from marked import Told, row, write

from evals.asked import Asked, MissingDataError, Suite, set_name
from evals.baselines import compare as compare_systems
from evals.cases import grade_all, question_of, read_rows
from evals.confidence import Sureness
from evals.corpora import CorpusFileError, Query, read_answer_sentences, read_beir
from evals.entailment import PairFileError, _row, read_pairs, run_entailment
from evals.gate import (
    BaselineError,
    GateError,
    changes,
    check,
    read_baseline,
    writable_baseline,
)
from evals.grading import report_of
from evals.grading_result import as_result
from evals.html_plots import svg
from evals.metrics import Estimate
from evals.paired import EarlierRunError, compare, read_run
from evals.provenance import LEARNT
from evals.result import Figure, Line, Plot, Result, Table, joined
from evals.retrieval import Found, bootstrap, evaluate
from evals.retrieval_result import as_result as found_as_result
from evals.suites import SUITES
from evals.support import LabelledClaim, SupportFileError, _as_result, read_claims
from evals.text_table import aligned
from evals.training_data import MEASURE_ONLY
from evals.writing import junit, write_result
from index.embedder import TransformerEmbedder
from ui.cli import run

NOTHING = {
    system: dict.fromkeys(("balanced_accuracy", "auc", "auc_against_contradiction"),
                          Estimate(0.5, 0.5, 0.5))
    for system in ("judge", "word-overlap")
}  # fmt: skip
ROWS = [
    row(i, ["covered", "missing" if i % 2 else "covered"], "covered@0.9 missing@0.2")
    for i in range(8)
]


def graded(rows: list[dict[str, Any]], folder: Path) -> Result:
    """What the suite makes of a file of these rows."""
    path = write(folder / "set.jsonl", rows)
    found = grade_all(path.stem, read_rows(path), Told())
    return joined("grading", [as_result(report_of(found, resamples=5))])


def test_a_grader_that_marks_nothing_does_not_pass_the_gate(tmp_path: Path) -> None:
    write_result(tmp_path, graded(ROWS, tmp_path))
    before = read_baseline(tmp_path / "report.json")
    silent = graded([r | {"answer": "none"} for r in ROWS], tmp_path)
    with pytest.raises(GateError, match=r"set/told/marked|was measured before"):
        check(silent, before, changes(silent.figures, before))
    kept = {name: value for name, value in before.items() if "marked" not in name}
    with pytest.raises(GateError, match="was measured before and is not now"):
        check(silent, kept, ())


def test_a_grader_that_refuses_a_row_is_seen(tmp_path: Path) -> None:
    result = graded([*ROWS[:7], ROWS[7] | {"answer": "none"}], tmp_path)
    figures = {figure.name: figure for figure in result.figures}
    assert figures["set/told/marked"].value == pytest.approx(7 / 8)
    assert figures["set/told/marked"].goal == "high"
    assert figures["set/length/marked"].value == 1


def test_rows_without_an_id_are_graded_under_the_number_of_their_line(tmp_path: Path) -> None:
    rows = [{key: value for key, value in r.items() if key != "id"} for r in ROWS]
    path = write(tmp_path / "set.jsonl", rows)
    found = grade_all("set", read_rows(path), Told())
    assert [out["status"] for out in found.outs] == ["graded"] * 8
    assert [out["id"] for out in found.outs] == list(range(1, 9))


def test_a_question_may_have_the_number_0() -> None:
    asked = {"question": "the same words"}
    assert question_of(asked | {"qid": 0}) == "0"
    assert question_of(asked | {"qid": ""}) == question_of(asked) == "the same words"


def test_a_set_whose_verdicts_name_no_point_of_the_grader_has_a_report(tmp_path: Path) -> None:
    result = graded([r | {"verdicts": {"zz": "covered"}} for r in ROWS], tmp_path)
    assert {f.name: f.value for f in result.figures}["set/told/verdict_accuracy"] == 0


def test_what_cannot_be_written_is_written_all_the_same(tmp_path: Path) -> None:
    name = "a\x01b\ud800<&"
    rows = ({"kind": name, "nothing": float("nan"), "deep": [{"n": float("inf")}]},)
    result = Result(name, name, (Figure(name, 1.0, goal="high"),), {}, rows, faults=(name,))
    write_result(tmp_path, result)
    root = ElementTree.fromstring(junit(result))
    assert root[0][0].get("name") == "a\ufffdb\ufffd<&"
    ElementTree.parse(tmp_path / "junit.xml")
    assert "\x01" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["suite"] == name
    (line,) = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert json.loads(line) == {"kind": name, "nothing": None, "deep": [{"n": None}]}


def test_a_plot_with_words_that_its_font_lacks_says_nothing() -> None:
    series = (Line("一", ((0.0, 0.2), (1.0, 0.5))),)
    drawn = svg(Plot("t", "n", "", "y", "bars", series, ticks=("温度", "\x1b[31m")))
    assert "温度" in drawn


def test_one_or_two_queries_have_no_interval() -> None:
    found = Found(("a",), 0.9)
    queries = (Query("1", "a", frozenset({"a"})), Query("2", "b", frozenset({"b"})))
    measured = {"hybrid": evaluate(lambda _: found, queries)}
    interval = measured["hybrid"].metrics["ndcg_at_10"]
    assert interval.value == 0.5
    assert np.isnan([interval.low, interval.high]).all()
    assert "0.50 " in found_as_result("set", "which", measured).text
    undefined = bootstrap(np.zeros(5), lambda _: float("nan"), np.random.default_rng(0))
    assert np.isnan([undefined.low, undefined.high]).all()


def test_a_figure_without_an_interval_shows_none() -> None:
    assert Figure("f", 0.5).shown == "0.500"
    assert Figure("f", -0.0001, -0.1, 0.1).shown == "0.000 [-0.100, 0.100]"
    assert Figure("f", float("nan")).shown == "not defined"


def test_a_baseline_that_cannot_be_written_is_told_before_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_result(tmp_path, Result("x", "", (Figure("f", 1.0, goal="high"),), {}))
    report = tmp_path / "report.json"
    missing = str(tmp_path / "none.jsonl")
    arguments = ["eval", "grading", "--data", missing, "--home", str(tmp_path / "home")]
    with pytest.raises(BaselineError, match="is a report"):
        writable_baseline(report)
    assert writable_baseline(tmp_path / "new.json") == {}
    assert run([*arguments, "--write-baseline", "--baseline", str(report)]) == 1
    assert "is a report" in capfd.readouterr().err
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BaselineError, match="cannot be read"):
        read_baseline(deep)
    marked = tmp_path / "marked.json"
    marked.write_text('\ufeff{"figures": [{"name": "f", "value": 1}]}', encoding="utf-8")
    assert read_baseline(marked) == {"f": 1.0}


def test_a_set_that_nobody_knows_is_not_called_trained_on() -> None:
    told = {name: _row(name, 1, 1, NOTHING)[3] for name in ("mine", "scpp", "evouna")}
    assert told == {"mine": "not known", "scpp": "yes", "evouna": "no"}
    assert not LEARNT & MEASURE_ONLY


def test_a_number_that_is_not_defined_is_a_dash_and_claims_have_intervals() -> None:
    assert aligned(Table("", "", ("a", "b"), (("x", float("nan")),))).endswith("x  –")
    row = LabelledClaim(id=1, claim="a", evidence=("b",), label="supports")
    lines = {"verify": {"auc": Estimate(0.5, 0.4, 0.6), "ece": Estimate(0.1, *[float("nan")] * 2)}}
    result = _as_result("set", [row], lines, (), Sureness(np.ones(1), np.ones(1), ("a",)))
    assert "0.50 [0.40, 0.60]  0.10" in result.text


def beir(folder: Path, judged: str) -> Path:
    write(folder / "corpus.jsonl", [{"_id": "d1", "text": "one"}, {"_id": "d2", "text": "two"}])
    write(folder / "queries.jsonl", [{"_id": "q1", "text": "?"}, {"_id": "q2", "text": "?"}])
    (folder / "qrels.tsv").write_bytes(judged.encode())
    return folder


@pytest.mark.parametrize(
    "judged",
    [
        "query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\nq2\td2\t2\r\n\r\n",
        "q1\td1\t1.0\nq2\td2\t0.5\nq2\td1\t0.0\nq1\td2\t-1\n",
        "\ufeffq1\td1\t1\n\nq2\td2\t1",
        "q1 0 d1 1\nq2 0 d2 1\n",
    ],
    ids=["windows", "decimals", "mark", "trec"],
)
def test_judgements_are_read_however_they_are_written(tmp_path: Path, judged: str) -> None:
    _, queries = read_beir(beir(tmp_path, judged))
    assert [(q.id, set(q.relevant)) for q in queries] == [("q1", {"d1"}), ("q2", {"d2"})]


@pytest.mark.parametrize(
    ("judged", "told"),
    [
        ("q1\td1\t1\nq2\td2\n", "line 2 is no query"),
        ("q1\td1\t1\nq2\td2\tyes\n", "line 2 is no query"),
        ("query-id\tcorpus-id\tscore\n", "judges no query"),
        ("q9\td1\t1\n", "judges no query"),
    ],
)
def test_judgements_that_cannot_be_used_are_named(tmp_path: Path, judged: str, told: str) -> None:
    with pytest.raises(CorpusFileError, match=told):
        read_beir(beir(tmp_path, judged))


def test_passages_without_an_id_are_named(tmp_path: Path) -> None:
    folder = beir(tmp_path, "q1\td1\t1\n")
    (folder / "corpus.jsonl").write_text('{"_id": "d1"}\n{"text": "x"}\n', encoding="utf-8")
    with pytest.raises(CorpusFileError, match="line 2 has no _id"):
        read_beir(folder)


def test_a_passage_may_lack_a_title_and_what_is_no_text_is_named(tmp_path: Path) -> None:
    folder = beir(tmp_path, "q1\td1\t1\n")
    passages = folder / "corpus.jsonl"
    write(passages, [{"_id": "d1", "title": None, "text": "x"}, {"_id": "d2", "text": None}])
    assert [(c.title, c.text) for c in read_beir(folder)[0]] == [("", "x"), ("", "")]
    write(passages, [{"_id": "d1", "text": "x"}, {"_id": "d2", "text": 5}])
    with pytest.raises(CorpusFileError, match="line 2: text is no string"):
        read_beir(folder)
    asked = write(tmp_path / "asked.jsonl", [{"qtext": ["a"], "atext": "b", "label": 1}])
    with pytest.raises(CorpusFileError, match="line 1 has no qtext"):
        read_answer_sentences(asked)
    write(folder / "queries.jsonl", [{"_id": "q1", "text": None}])
    write(passages, [{"_id": "d1", "text": "x"}])
    with pytest.raises(CorpusFileError, match="line 1 has no text"):
        read_beir(folder)


def test_a_folder_of_anything_else_is_not_measured_with_our_queries(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n\nOf mine.\n", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CorpusFileError, match="nothing that search can be measured on"):
            compare_systems(folder, TransformerEmbedder())  # never loaded


def test_files_of_one_name_have_names_of_their_own(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "x.jsonl", tmp_path / "b" / "x.jsonl"
    (tmp_path / "set.v1").mkdir()
    assert set_name(first, ()) == "x"
    assert set_name(second, {"x"}) == "b-x"
    assert set_name(tmp_path / "set.v1", ()) == "set.v1"
    assert set_name(Path(), ()) == Path.cwd().name
    with pytest.raises(MissingDataError, match="given already"):
        set_name(second, {"x", "b-x"})


def test_claims_and_pairs_come_in_any_dress(tmp_path: Path) -> None:
    claim = '\ufeff{"id": 1, "claim": "a", "evidence": ["b"], "label": "supports"}\r\n'
    pair = '\ufeff{"id": 1, "premise": "a", "hypothesis": "b", "label": "neutral"}\r\n'
    path = tmp_path / "x.jsonl"
    path.write_text(claim, encoding="utf-8")
    assert [c.id for c in read_claims(path)] == [1]
    path.write_text(pair, encoding="utf-8")
    assert [p.id for p in read_pairs(path)] == [1]
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SupportFileError, match="not UTF-8"):
        read_claims(path)
    with pytest.raises(PairFileError, match="not UTF-8"):
        read_pairs(path)
    path.write_text("[1]\n", encoding="utf-8")
    with pytest.raises(SupportFileError, match="line 1: the row"):
        read_claims(path)


def test_every_file_is_read_before_the_judge_is_asked(tmp_path: Path) -> None:
    claim = {"id": 1, "claim": "a", "evidence": ["b"], "label": "supports"}
    pair = {"id": 1, "premise": "a", "hypothesis": "b", "label": "neutral"}
    bad = write(tmp_path / "bad.jsonl", [{}])
    nothing: Any = object()  # neither a judge nor a workspace: whoever asks it fails otherwise
    with pytest.raises(PairFileError):
        run_entailment([write(tmp_path / "pairs.jsonl", [pair]), bad], nothing, None)
    asked = Asked(data=(write(tmp_path / "claims.jsonl", [claim]), bad))
    with pytest.raises(SupportFileError):
        SUITES[Suite.grounding](nothing, asked)


@pytest.mark.parametrize(
    "line",
    [
        '{"set": "x", "marked": {"id": "1"}, "out": {"grader": {"name": "x"}}}',
        '{"set": "x", "marked": "all", "out": {"grader": {"name": "x"}}}',
        '{"set": "x", "marked": {"id": "1", "answer": "", "score": 1}, "out": {"grader": {}}}',
        '{"set": "x", "marked": {"id": "1", "ans',
    ],
)
def test_an_earlier_run_that_is_none_is_refused_before_anything_is_graded(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / "rows.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(EarlierRunError, match=r"rows\.jsonl does not hold"):
        read_run(tmp_path)


def test_a_row_whose_reference_has_changed_is_not_compared(tmp_path: Path) -> None:
    now = grade_all("set", tuple(ROWS), Told())
    changed = [ROWS[0] | {"reference": "another"}, *ROWS[1:]]
    before = grade_all("set", tuple(changed), Told())
    found = compare(now, before, resamples=5)
    assert (found.rows, found.remarked) == (7, 1)


def test_a_name_from_a_file_gives_the_terminal_no_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31m\u202eb\x9b\rc"

    def suite(_: Any, asked: Asked) -> Result:
        asked.say(name)
        return Result(name, f"{name}\nr 0.5", (), {}, faults=(name,))

    monkeypatch.setitem(SUITES, Suite.grading, suite)
    assert run(["eval", "grading", "--home", str(tmp_path / "home")]) == 0
    shown = capfd.readouterr()
    assert "a\ufffd[31m\ufffdb\ufffd\ufffdc\nr 0.5\n" in shown.out
    assert not set("\x1b\u202e\x9b\r") & set(shown.out + shown.err)


def test_what_is_wrong_is_told_before_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    home = ["--home", str(tmp_path / "home")]
    assert run(["eval", "grading", "--grader", "embeded", *home]) == 2
    assert run(["eval", "marks", "--home", ""]) == 2
    for option in ("--data", "--data-root", "--against", "--baseline", "--output"):
        assert run(["eval", "grading", option, "", *home]) == 2
        assert "is empty" in capfd.readouterr().err
    # A file of rows that cannot be read would be told first if the folder were made last.
    bad = ["--data", str(tmp_path / "none.jsonl")]
    assert run(["eval", "grading", *bad, "--output", str(taken), *home]) == 1
    assert "taken" in capfd.readouterr().err.splitlines()[-1]
