"""Who names as many things as a question asks for has answered it, whichever they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import INFO, WordGrader
from wordjudge import word_grader

from agent.choice import counted, recounted, wanted_of
from agent.feedback import feedback_for
from agent.grades import AnswerSpan, GradeRequest, PointGrade, Scored, Verdict
from agent.hints import by_value
from agent.points import bare_reference
from agent.score import bounded, label_of, merge, rescore, row_confidence, score_of, to_ask
from corpus.schema import KeyPoint

ASKED = "Name two aims of the protocol."
VERDICTS: tuple[Verdict, ...] = ("covered", "partial", "missing", "contradicted")


def point(
    verdict: Verdict, score: float = 1.0, id: str = "k", weight: float = 1.3, sure: float = 0.9
) -> PointGrade:
    mark, said = bounded(score, verdict), AnswerSpan(0, 2, "so")
    return PointGrade(id, f"the fact {id}", weight, verdict, mark, sure, "grader", said, None)


def of(*verdicts: Verdict) -> tuple[PointGrade, ...]:
    marks = {"partial": 0.5, "contradicted": 0.0}
    return counted(ASKED, [point(v, marks.get(v, 1.0), f"k{i}") for i, v in enumerate(verdicts)])


def graded(points: Sequence[PointGrade]) -> Scored:
    score, points = score_of(points), tuple(points)
    return Scored(score, row_confidence(points), label_of(points, score), points, (), "", INFO)


kinds = st.builds(
    point, st.sampled_from(VERDICTS), st.floats(0, 1), weight=st.floats(0.05, 1.6)
)  # fmt: skip
several = st.lists(kinds, min_size=3, max_size=12)


@given(several, st.integers(0, 11), st.floats(0, 1))
def test_the_score_grows_with_each_point(points, which, raised):
    which %= len(points)
    better = dataclasses.replace(points[which], score=max(points[which].score, raised))
    after = [*points[:which], better, *points[which + 1 :]]
    assert score_of(counted(ASKED, points)) <= score_of(counted(ASKED, after))


@given(several, st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(points, random):
    shuffled = random.sample(points, len(points))
    assert score_of(counted(ASKED, points)) == score_of(counted(ASKED, shuffled))


@given(several)
def test_as_many_count_as_are_asked_for(points):
    made = counted(ASKED, points)
    assert wanted_of(made) == sum(p.weight for p in made) == 2
    assert recounted(made) == made
    plain = [dataclasses.replace(p, weight=q.weight) for p, q in zip(made, points, strict=True)]
    assert plain == points


@pytest.mark.parametrize("question", ["What are the aims?", "Name three aims.", "Name 7 aims."])
def test_where_all_are_asked_for_nothing_changes(question):
    points = [point("covered", id=f"k{i}") for i in range(3)]
    assert counted(question, points) == tuple(points)
    assert wanted_of(points) is None


def test_two_of_five_are_all_that_was_asked_for():
    grade = graded(of("missing", "covered", "missing", "missing", "covered"))
    assert grade.score == 1.0
    assert grade.label == "correct"
    told = feedback_for(grade.points, ())
    assert told == "Covered 2 of the 2 points asked for: the fact k1; the fact k4."
    assert by_value(grade.points) == []


def test_one_of_five_is_half_and_is_told_what_else_there_is():
    points = of("missing", "covered", "missing", "missing", "missing")
    assert score_of(points) == pytest.approx(0.5, abs=0.03)
    told = feedback_for(points, ())
    assert "1 of the 2 points asked for" in told
    assert told.count("Also to be had:") == 3
    assert "And 1 more." in told
    assert "Missed" not in told


def test_an_error_counts_where_right_things_lack_and_not_beyond():
    wrong = of("contradicted", "missing", "missing")
    assert label_of(wrong, score_of(wrong)) == "contradictory"
    enough = of("covered", "contradicted", "covered")
    assert label_of(enough, score_of(enough)) == "correct"
    assert "This looks wrong" in feedback_for(enough, ())


def test_a_follow_up_adds_to_what_was_named_before():
    first = graded(of("covered", "missing", "missing", "missing"))
    later = graded(of("missing", "missing", "missing", "covered"))
    both = merge(first, [later])
    assert both.score == 1.0
    assert [p.weight for p in both.points] == [1.0, 0.0, 0.0, 1.0]
    against = merge(both, [graded(of("contradicted", "missing", "covered", "missing"))])
    assert [p.weight for p in against.points] == [0.0, 0.0, 1.0, 1.0]
    assert against.score == 1.0


def test_what_a_candidate_says_of_a_point_can_make_it_count():
    grade = graded(of("covered", "partial", "missing", "missing"))
    after = rescore(grade, {"k2": "covered"})
    assert after.score == 1.0
    assert [p.weight for p in after.points] == [1.0, 0.0, 1.0, 0.0]


def test_nobody_is_asked_about_points_that_are_not_needed():
    unsure = point("partial", 0.5, "k2", sure=0.4)
    enough = counted(ASKED, [point("covered", id="k0"), point("covered", id="k1"), unsure])
    assert to_ask(graded(enough)) == ()
    short = counted(ASKED, [point("covered", id="k0"), point("partial", 0.6, id="k1"), unsure])
    assert [p.id for p in to_ask(graded(short))] == ["k2"]


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [("alpha beta. gamma delta.", 0.95, 1), ("epsilon zeta.", 0.45, 0.6), ("nothing", 0, 0.05)],
)
def test_the_embedded_grader_counts_so(answer, least, most):
    points = tuple(
        KeyPoint(f"k{i}", text)
        for i, text in enumerate(("alpha beta", "gamma delta", "epsilon zeta", "eta theta"))
    )
    request = GradeRequest(ASKED, answer, None, points)
    grade = word_grader().grade(request)
    assert isinstance(grade, Scored)
    assert least <= grade.score <= most
    assert wanted_of(grade.points) == 2
    all_of_them = dataclasses.replace(request, question="What are the aims of the protocol?")
    plain = WordGrader().grade(all_of_them)
    assert isinstance(plain, Scored)
    assert wanted_of(plain.points) is None


def test_a_reference_without_points_is_cut_into_as_many_as_it_lists():
    text = " ".join(f"To support the thing called {chr(97 + i) * 4}." for i in range(9))
    request = GradeRequest(
        "What are the aims? Name two aims.", "To support the thing called iiii. And cccc.",
        bare_reference(text),
    )  # fmt: skip
    grade = word_grader().grade(request)
    assert isinstance(grade, Scored)
    assert len(grade.points) == 9
    assert wanted_of(grade.points) == 2
