"""Which questions are answered by a few of many things, and by how many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.choices import asked_for
from corpus.questions.keypoints import MOST_OF_A_CHOICE, MOST_OF_A_LIST, points_of_text

LIST = "\n".join(f"- item number {i} does the thing called {chr(97 + i) * 4}" for i in range(12))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Name three ways to cut the latency of a language model.", 3),
        ("Can you name 3 collective operations?", 3),
        ("What are the aims of a new protocol? Please state at least 4 aims.", 4),
        ("State at least 4 of the differences between the two headers.", 4),
        ("WHAT are the challenges of mobile routing? Please NAME and DESCRIBE two challenges.", 2),
        ("Give me any two metrics for ranking", 2),
        ("What are at least three uses of a queue?", 3),
        ("In the lecture we saw pooling. Name three kinds of pooling!", 3),
        ("Why did the city grow so fast? Give two reasons.", 2),
        ("What does a team gain from version control? Name two things.", 2),
        ("List a couple of optimisers", 2),
    ],
)
def test_a_few_of_many(question: str, number: int) -> None:
    assert asked_for(question) == number


@pytest.mark.parametrize(
    "question",
    [
        "Name the two phases of congestion control.",
        "What are the three states of matter?",
        "Which two parts has a cell?",
        "Name three service classes and explain the differences between them.",
        "Name three lines of evidence and explain each with an example.",
        "Name three types, and why they differ.",
        "List 5 status codes with their meaning.",
        "Which encoding should be used here? Give two reasons for your choice.",
        "Is a whale a fish? Give two reasons.",
        "What is a register spill, what does it cost, and name two ways to reduce it.",
        "Compare both protocols: name two differences.",
        "Name two causes. Then name three effects.",
        "How do you make sure that at least two replicas run?",
        "Explain the two parts of a proof by induction.",
        "Name one advantage.",
        "Name 3D formats",
        "Name three and a half reasons",
        "State 2 to the power of ten",
        "",
    ],
)
def test_all_that_there_is_or_more_than_a_list(question: str) -> None:
    assert asked_for(question) is None


@given(st.text(max_size=200))
def test_any_text_has_a_number_or_none(question: str) -> None:
    number = asked_for(question)
    assert number is None or 2 <= number <= 10


def test_each_thing_of_a_choice_is_a_point() -> None:
    assert len(points_of_text(LIST, "Name three of the items.")) == 12
    assert len(points_of_text(LIST, "What are the items?")) == MOST_OF_A_LIST
    long = "\n".join(f"- item {i} is called {chr(97 + i) * 4} here" for i in range(24))
    assert len(points_of_text(long, "Name three of the items.")) == MOST_OF_A_CHOICE
