"""Feedback says what the points say, and nothing else."""

from __future__ import annotations

from typing import get_args

from agent.feedback import feedback_for, feedback_ungraded
from agent.grades import AnswerSpan, Flag, PointGrade, UngradedReason
from corpus.schema import Span


def point(verdict, text="Heat flows from hot to cold.", confidence=0.9, by="grader", weight=1.0):
    said = AnswerSpan(0, 9, "my words ")
    source = Span("d", "d", 0, 5, "The line of the source.")
    return PointGrade("k", text, weight, verdict, 0.0, confidence, by, said, source)


def test_a_missed_point_is_told_with_its_source_and_not_praised():
    text = feedback_for([point("missing")], ())
    assert "Missed: “The line of the source”." in text
    assert "Covered" not in text


def test_a_wrong_point_shows_both_sides():
    text = feedback_for([point("contradicted")], ())
    assert "my words" in text
    assert "The line of the source" in text


def test_a_doubt_is_told_as_one():
    assert "Not sure" in feedback_for([point("partial", confidence=0.2)], ())
    assert "Not sure" not in feedback_for([point("partial", confidence=0.2, by="candidate")], ())


def test_the_heaviest_missed_points_come_first_and_the_rest_are_counted():
    points = [point("missing", weight=w) for w in (1.0, 1.0, 1.0, 5.0, 1.0)]
    text = feedback_for(points, ())
    assert text.count("Missed:") == 3
    assert "And 2 more." in text


def test_every_flag_and_reason_has_words():
    for flag in get_args(Flag):
        assert feedback_for((), (flag,))
    for reason in get_args(UngradedReason):
        assert feedback_ungraded(reason).startswith("Not graded")
