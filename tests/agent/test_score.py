"""The arithmetic of marks: bounds, monotone, no order, no scale; self-marks and follow-ups."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.grades import AnswerSpan, GraderInfo, PointGrade, Scored, Verdict
from agent.score import (
    ASK_BELOW,
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


def test_a_point_without_words_cannot_be_claimed():
    before = grade(point("missing", 0, id="a", located=False))
    assert rescore(before, {"a": "covered"}).points[0].verdict == "missing"


def test_an_unknown_point_is_named():
    with pytest.raises(ValueError, match="'z'"):
        rescore(grade(point(id="a")), {"z": "covered"})


def test_only_doubtful_points_with_words_are_asked_the_heaviest_first():
    low = ASK_BELOW - 0.1
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


def test_surer_points_make_a_surer_row():
    assert row_confidence([point(confidence=0.9)]) > row_confidence([point(confidence=0.4)])
