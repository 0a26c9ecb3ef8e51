"""The arithmetic of marks: bounds, monotone, no order, no scale; self-marks and follow-ups."""

from __future__ import annotations

import dataclasses
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from agent.grades import AnswerSpan, Flag, GraderInfo, PointGrade, Scored, Verdict
from agent.score import (
    ASK_BELOW,
    ROW_CONFIDENCE,
    bounded,
    label_of,
    merge,
    rescore,
    row_confidence,
    score_of,
    to_ask,
)

VERDICTS: tuple[Verdict, ...] = ("covered", "partial", "missing", "contradicted")


def point(
    verdict: Verdict = "covered",
    score: float = 1.0,
    weight: float = 1.0,
    id: str = "k1",
    confidence: float = 0.9,
    located: bool = True,
) -> PointGrade:
    span = AnswerSpan(0, 2, "so") if located else None
    return PointGrade(
        id, "a fact", weight, verdict, bounded(score, verdict), confidence, "grader", span, None
    )


def grade(*points: PointGrade) -> Scored:
    score = score_of(points)
    info = GraderInfo("embedded", "1", "m", True)
    label = label_of(points, score)
    return Scored(score, row_confidence(points), label, points, (), "", info)


weights = st.floats(1e-6, 1e6)
marks = st.floats(0, 1)
points_of_any_kind = st.lists(
    st.builds(point, st.sampled_from(VERDICTS), marks, weights), min_size=1, max_size=8
)


@given(points_of_any_kind, st.integers(0, 7), marks)
def test_the_score_grows_with_each_point(points, which, raised):
    which %= len(points)
    old = points[which]
    better = dataclasses.replace(old, score=max(old.score, raised))
    after = [*points[:which], better, *points[which + 1 :]]
    assert 0 <= score_of(points) <= score_of(after) <= 1


@given(points_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(points, random):
    shuffled = random.sample(points, len(points))
    assert score_of(points) == score_of(shuffled)


@given(points_of_any_kind, st.sampled_from([0.25, 0.5, 2.0, 1024.0]))
def test_the_scale_of_weights_does_not_matter(points, factor):
    scaled = [dataclasses.replace(p, weight=p.weight * factor) for p in points]
    assert score_of(points) == score_of(scaled)


@given(st.lists(st.builds(point, st.just("covered"), marks, weights), min_size=1, max_size=8))
def test_all_covered_is_near_one(points):
    assert score_of(points) >= 0.95
    assert label_of(points, score_of(points)) == "correct"


@given(
    st.lists(
        st.builds(point, st.sampled_from(["missing", "contradicted"]), marks, weights),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_said_is_near_zero(points):
    assert score_of(points) <= 0.05


def test_no_points_and_huge_weights_are_numbers():
    assert score_of([]) == 0.0
    assert score_of([point(weight=1e308), point(weight=1e308)]) == 1.0
    uneven = [point(weight=1e308), point(weight=1e308), point("missing", 0, weight=1e-300)]
    assert score_of(uneven) == 1.0
    assert row_confidence(uneven) == row_confidence([point()])


@pytest.mark.parametrize(
    ("verdict", "score", "within"),
    [
        *(("covered", 0.2, 0.95), ("covered", 0.97, 0.97), ("covered", 2.0, 1.0)),
        *(("partial", 0.0, 0.05), ("partial", 0.5, 0.5), ("partial", 1.0, 0.95)),
        *(("missing", 0.9, 0.05), ("missing", 0.01, 0.01), ("contradicted", 0.9, 0.05)),
    ],
)
def test_a_verdict_bounds_its_score(verdict: Verdict, score: float, within: float):
    assert bounded(score, verdict) == within


@pytest.mark.parametrize(
    ("score", "label"),
    [
        *((1.0, "correct"), (0.65, "correct"), (0.649, "partial")),
        *((0.25, "partial"), (0.249, "incorrect"), (0.0, "incorrect")),
    ],
)
def test_labels_have_the_thresholds_that_the_model_card_names(score: float, label: str):
    assert label_of([point("partial", 0.5)], score) == label
    card = (files("agent") / "weights" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Label `correct` from a score of 0.65, `partial` from 0.25." in " ".join(card.split())


def test_a_contradiction_is_told_before_the_score_is_looked_at():
    points = [point("contradicted", 0), point("partial", 0.9), point("partial", 0.9)]
    assert label_of(points, 0.9) == "contradictory"
    minor = [point("contradicted", 0), point("covered", 1, weight=9)]
    assert label_of(minor, score_of(minor)) == "correct"


def test_a_candidate_marks_what_the_grader_was_unsure_of():
    before = grade(point("partial", 0.4, id="a", confidence=0.2), point("missing", 0, id="b"))
    after = rescore(before, {"a": "covered"})
    first = after.points[0]
    assert (first.verdict, first.by, first.score) == ("covered", "candidate", 1.0)
    assert after.points[1] == before.points[1]
    assert after.score > before.score
    assert rescore(before, {"a": "contradicted"}).points[0].score == 0.0


def test_what_a_mark_of_ones_own_is_worth():
    before = grade(point("covered", 1, id="a", confidence=0.2))
    marks = {v: rescore(before, {"a": v}).points[0] for v in VERDICTS}
    assert [marks[v].score for v in VERDICTS] == [1.0, 0.5, 0.0, 0.0]
    assert {p.confidence for p in marks.values()} == {0.85}


def test_a_point_without_words_cannot_be_claimed():
    before = grade(point("missing", 0, id="a", located=False))
    assert rescore(before, {"a": "covered"}).points[0].verdict == "missing"


def test_an_unknown_point_is_named():
    with pytest.raises(ValueError, match="'z'"):
        rescore(grade(point(id="a")), {"z": "covered"})


def test_only_doubtful_points_with_words_are_asked_the_heaviest_first():
    low = ASK_BELOW - 0.01
    whole = grade(
        point("partial", 0.5, 1, "a", low),
        point("partial", 0.5, 2, "b", low),
        point("covered", 1, 9, "c", ASK_BELOW),
        point("missing", 0, 9, "d", low, located=False),
    )
    assert [p.id for p in to_ask(whole)] == ["b", "a"]
    assert to_ask(rescore(whole, {"a": "missing", "b": "missing"})) == ()


def test_follow_ups_add_and_a_later_contradiction_wins():
    first = grade(point("missing", 0, id="a"), point("covered", 1, id="b"))
    better = grade(point("covered", 1, id="a"), point("missing", 0, id="b"))
    merged = merge(first, [better])
    assert [p.verdict for p in merged.points] == ["covered", "covered"]
    assert merged.score >= 0.95
    worse = grade(point("contradicted", 0, id="b"))
    assert [p.verdict for p in merge(first, [better, worse]).points] == ["covered", "contradicted"]
    mended = merge(first, [worse, better, grade(point("covered", 1, id="b"))])
    assert [p.verdict for p in mended.points] == ["covered", "covered"]


@pytest.mark.parametrize("worse", range(4))
@pytest.mark.parametrize("better", range(4))
def test_the_better_verdict_stays_whatever_the_scores(worse: int, better: int):
    order: tuple[Verdict, ...] = ("missing", "contradicted", "partial", "covered")
    if worse >= better:
        return
    # Scores on the border of two verdicts are equal: the verdict decides.
    low, high = point(order[worse], 0.05), point(order[better], 0.05)
    assert merge(grade(low), [grade(high)]).points == (high,)
    last = low if order[worse] == "contradicted" else high
    assert merge(grade(high), [grade(low)]).points == (last,)


def test_silence_takes_no_wrong_statement_back():
    wrong, silent = point("contradicted", 0), point("missing", 0.04)
    assert merge(grade(wrong), [grade(silent)]).points == (wrong,)


def test_of_equals_the_first_stays_and_a_higher_score_wins():
    first = point("partial", 0.4)
    same = dataclasses.replace(first, answer_span=AnswerSpan(9, 11, "so"))
    more = dataclasses.replace(same, score=0.5)
    assert merge(grade(first), [grade(same)]).points == (first,)
    assert merge(grade(first), [grade(more)]).points == (more,)


def test_an_answer_is_empty_or_off_topic_only_where_all_follow_ups_are():
    def flagged(*flags: Flag) -> Scored:
        return dataclasses.replace(grade(point()), flags=flags)

    first = flagged("empty", "keyword_list")
    assert merge(first, [flagged("empty")]).flags == ("empty", "keyword_list")
    assert merge(first, [flagged("empty"), flagged()]).flags == ("keyword_list",)
    assert merge(flagged("off_topic"), [flagged()]).flags == ()


@given(points_of_any_kind)
def test_merging_nothing_changes_no_point(points):
    named = [dataclasses.replace(p, id=f"k{i}") for i, p in enumerate(points)]
    assert merge(grade(*named), []).points == tuple(named)


@given(points_of_any_kind)
def test_row_confidence_is_a_probability(points):
    assert 0.02 <= row_confidence(points) <= 0.99


@given(points_of_any_kind, st.randoms(use_true_random=False), st.sampled_from([0.5, 4.0]))
def test_row_confidence_knows_no_order_and_no_scale(points, random, factor):
    shuffled = random.sample(points, len(points))
    scaled = [dataclasses.replace(p, weight=p.weight * factor) for p in points]
    assert row_confidence(points) == row_confidence(shuffled) == row_confidence(scaled)


def test_row_confidence_is_the_curve_that_was_fitted():
    base, *slopes = ROW_CONFIDENCE
    points = [point("partial", 0.4, 1, confidence=0.4), point("partial", 0.2, 3, confidence=0.8)]
    score, confidence = 0.25, 0.7  # means by weight
    log_odds = base + float(np.dot(slopes, (confidence, score, 0.25)))
    assert row_confidence(points) == pytest.approx(expit(log_odds), abs=1e-3)
    assert row_confidence([]) == 0.95  # there is nothing to be wrong about


def test_surer_points_make_a_surer_row():
    assert row_confidence([point(confidence=0.9)]) > row_confidence([point(confidence=0.4)])
