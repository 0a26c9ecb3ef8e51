"""Metrics that can fail: they know perfect from constant, and questions from rows."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from agent.grades import GraderInfo, Scored, Ungraded
from evals.grading import grade_file
from evals.metrics import (
    NUMERIC,
    draws,
    estimate,
    exact_quarters,
    macro_f1,
    qwk,
    r,
    rmse,
    three_way,
    two_way,
    within_a_quarter,
)

HUMAN = np.asarray([0.0, 0.25, 0.5, 1.0, 1.0, 0.0])


class Fixed:
    """Gives the mark that stands in the answer; leaves "none" ungraded."""

    info = GraderInfo("fixed", "1", "none", False)

    def grade(self, request):
        if request.answer == "none":
            return Ungraded("no_reference", (), "", self.info)
        mark = float(request.answer)
        label = "correct" if mark >= 0.6 else "incorrect"
        return Scored(mark, 1.0, label, (), (), "", self.info)


def test_perfect_marks_are_perfect():
    assert r(HUMAN, HUMAN) == pytest.approx(1)
    assert rmse(HUMAN, HUMAN) == 0
    assert qwk(HUMAN, HUMAN) == pytest.approx(1)


def test_a_constant_has_no_correlation_and_no_warning():
    flat = np.full_like(HUMAN, 0.4)
    assert math.isnan(NUMERIC["r"](HUMAN, flat))
    assert math.isnan(NUMERIC["spearman"](HUMAN, flat))
    assert NUMERIC["bias"](HUMAN, flat) == pytest.approx(0.4 - HUMAN.mean())


def test_labels_fold_as_the_contract_says():
    assert [two_way(x) for x in ("correct", "partial", "contradictory")] == [
        "correct", "incorrect", "incorrect",
    ]  # fmt: skip
    assert three_way("partial") == "incorrect"
    assert three_way("partially correct") == "incorrect"
    assert three_way("contradictory") == "contradictory"


def test_an_ungraded_row_is_wrong_for_f1():
    people = ["correct", "incorrect"] * 4
    assert macro_f1(people, people) == 1
    assert macro_f1(people, ["ungraded", *people[1:]]) < 1


def test_the_interval_is_wider_when_rows_come_from_few_questions():
    random = np.random.default_rng(0)
    per_question = np.repeat(random.normal(size=10), 20)
    clustered = [str(i // 20) for i in range(200)]
    alone = [str(i) for i in range(200)]

    def mean(at):
        return float(per_question[at].mean())

    wide, narrow = estimate(clustered, mean, 1), estimate(alone, mean, 1)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert wide == estimate(clustered, mean, 1)
    assert math.isnan(estimate(["one"] * 200, mean, 1).low)


def test_quarters_are_counted_apart():
    human = np.asarray([0.0, 0.1, 0.5, 1.0])
    given = np.asarray([0.1, 0.3, 1.0, 0.0])
    assert exact_quarters(human, given) == pytest.approx(0.25)
    assert within_a_quarter(human, given) == pytest.approx(0.5)
    assert within_a_quarter(human, 1 - human) == pytest.approx(0.25)


@settings(deadline=None)  # a loaded machine is no fault
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcx")), min_size=1, max_size=30)
)
def test_macro_f1_is_that_of_scikit_learn(both):
    people, ours = zip(*both, strict=True)
    expected = f1_score(people, ours, labels=sorted(set(people)), average="macro", zero_division=0)
    assert macro_f1(people, ours) == pytest.approx(expected)


@settings(deadline=None)  # a loaded machine is no fault
@given(st.lists(st.sampled_from("abcde"), min_size=2, max_size=40), st.integers(0, 9))
def test_a_draw_holds_whole_questions(groups, seed):
    drawn = draws(groups, seed, 10)
    assert len(drawn) == (10 if len(set(groups)) > 2 else 0)
    size = {g: groups.count(g) for g in groups}
    for rows in drawn:
        taken = [groups[i] for i in rows]
        assert all(taken.count(g) % size[g] == 0 for g in set(taken))
        assert sum(taken.count(g) // size[g] for g in set(taken)) == len(size)


def write(path, marks):
    rows = [
        {"id": str(i), "qid": str(i % 3), "question": "q", "answer": str(given), "score": human,
         "reference": "a reference", "label": "correct" if human >= 0.6 else "incorrect"}
        for i, (human, given) in enumerate(marks)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def figures(report, grader):
    return next(line.figures for line in report.lines if line.grader == grader)


def test_a_good_grader_is_told_from_a_bad_one_and_from_the_floors(tmp_path):
    marks = [(h, h) for h in (0, 0.2, 0.5, 0.7, 0.9, 1.0)]
    good = grade_file(write(tmp_path / "good.jsonl", marks), Fixed(), resamples=20)
    bad = grade_file(
        write(tmp_path / "bad.jsonl", [(h, 1 - h) for h, _ in marks]), Fixed(), resamples=20
    )
    assert figures(good, "fixed")["r"].value == pytest.approx(1)
    assert figures(good, "fixed")["f1_2way"].value == 1
    assert figures(bad, "fixed")["r"].value == pytest.approx(-1)
    assert {line.grader for line in good.lines} == {"fixed", "constant", "length", "word-overlap"}


def test_ungraded_rows_are_counted_and_have_no_mark(tmp_path):
    marks = [(0, 0), (1, 1), (0.5, 0.5), (1, "none")]
    report = grade_file(write(tmp_path / "x.jsonl", marks), Fixed(), resamples=5)
    assert (len(report.cases), report.marked) == (4, 3)
    assert figures(report, "fixed")["rmse"].value == 0
    assert figures(report, "fixed")["f1_2way"].value < 1
