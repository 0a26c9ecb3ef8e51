"""Hints and probes steer without giving the point away."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rehearsal import WordGrader, make_question

from agent.grades import GradeRequest, PointGrade, Scored
from agent.hints import by_value, hint, probe, why
from corpus.schema import KeyPoint

WORDS = st.sampled_from(
    "kernel fusion traffic cuts layers buffers 8 1024 fp16 of the latency".split()
)


def graded(points: list[str], answer: str, weights: list[float] | None = None) -> list[PointGrade]:
    keys = tuple(KeyPoint(f"k{i}", p, (weights or [1.0] * 9)[i]) for i, p in enumerate(points))
    grade = WordGrader().grade(GradeRequest("?", answer, None, keys))
    assert isinstance(grade, Scored)
    return list(grade.points)


@given(st.lists(WORDS, min_size=1, max_size=30), st.integers(1, 2))
def test_no_hint_says_a_content_word_of_the_point(words: list[str], number: int) -> None:
    point = " ".join(words)
    question = make_question(0, points=(point,))
    shown = set(re.findall(r"[\w]+", hint(question, (), "", number).casefold()))
    # "like" and the other words of the frame are none of these.
    assert not shown & (set(words) - {"of", "the"})


def test_the_second_hint_says_more_than_the_first() -> None:
    question = make_question(0, points=("fusion cuts the traffic to memory",))
    first, second = (hint(question, (), "", n) for n in (1, 2))
    assert "f…, c…" in first
    assert second.endswith("f… c… the t… to m…")
    assert "No more hints" in hint(question, (), "", 3)


def test_a_hint_goes_to_the_most_valuable_open_point() -> None:
    points = graded(["alpha", "gamma delta", "omega"], "alpha delta", [5.0, 1.0, 2.0])
    assert [p.text for p in by_value(points)] == ["omega", "gamma delta"]
    assert "o…" in hint(make_question(0), points, "alpha delta", 1)


def test_it_is_told_how_many_points_are_enough() -> None:
    few = make_question(0, question="Name two aims.", points=("alpha", "beta", "gamma"))
    assert why(few).endswith("A good answer makes 2 of 3 points.")
    assert why(make_question(0)).endswith("A good answer makes 2 points.")


def test_behavioural_questions_are_hinted_at_by_how_to_tell_a_story() -> None:
    question = make_question(0, kind="behavioural")
    assert "situation" in hint(question, (), "", 1)


def test_probes_quote_the_candidate_and_never_come_twice() -> None:
    question = make_question(0, points=("alpha beta", "gamma"), follow_ups=())
    points = graded(["alpha beta", "gamma"], "alpha it is")
    asked = [question.question]
    while (found := probe(question, points, "alpha it is", asked)) is not None:
        asked.append(found.text)
        assert "beta" not in found.text
        assert len(asked) < 10
    assert len(set(asked)) == len(asked) >= 4
    assert any("“alpha”" in text for text in asked)


def test_nothing_is_probed_where_all_is_covered() -> None:
    points = graded(["alpha"], "alpha")
    assert probe(make_question(0), points, "alpha", []) is None
