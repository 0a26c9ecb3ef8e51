"""What counts as a key point said in its own words."""

from __future__ import annotations

import pytest

from agent.verbatim import says_verbatim

POINT = "A larger batch raises throughput and lengthens the wait of each request."


@pytest.mark.parametrize(
    "sentence",
    [
        POINT,
        "And a larger batch raises throughput and lengthens the wait of each request",
        "I would say a larger batch raises throughput, and it lengthens the wait of each request.",
    ],
)
def test_the_points_own_words_are_told(sentence: str) -> None:
    assert says_verbatim(POINT, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A larger batch does not raise throughput and lengthens the wait of each request.",
        "A larger batch lowers throughput and lengthens the wait of each request.",
        "A larger batch raises the wait of each request and lengthens throughput.",
        "It is wrong that a larger batch raises throughput and lengthens the wait of each request.",
        "A larger batch raises throughput.",
        "A larger batch doesn't raise throughput and lengthens the wait of each request.",
        POINT + " " + "Some say so because of tables which nobody ever read twice in that year.",
    ],
)
def test_a_change_is_not_the_points_own(sentence: str) -> None:
    assert not says_verbatim(POINT, sentence)


def test_a_short_point_is_never_taken_for_granted() -> None:
    assert not says_verbatim("It scales.", "It scales.")
