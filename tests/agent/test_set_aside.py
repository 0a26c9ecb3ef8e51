"""What of an answer is no evidence: a belief told as wrong, words said twice, their origin."""

from __future__ import annotations

import pytest
from wordjudge import word_grader

from agent.flags import inspect
from agent.grades import GradeRequest, Scored
from agent.segments import sentences
from corpus.schema import KeyPoint, Misconception

QUESTION = "What does a compiler cache do?"
POINT = (KeyPoint("k1", "A hit skips compilation and copies the stored result."),)
BELIEF = Misconception("A hit compiles the result again and stores two copies.", "", "k1")
RIGHT = "A hit skips compilation and copies the stored result."
TOLD = f"People wrongly say: {BELIEF.text}"


def scored(answer: str) -> Scored:
    request = GradeRequest(QUESTION, answer, None, POINT, (BELIEF,))
    grade = word_grader().grade(request)
    assert isinstance(grade, Scored)
    return grade


def test_a_belief_told_as_wrong_is_no_evidence_for_a_wrong_answer() -> None:
    wrong = "Penguins swim in the cold sea and the result is a fish."
    assert scored(f"{wrong} {TOLD}").score == scored(wrong).score


def test_nor_does_it_take_anything_from_a_right_one() -> None:
    for answer in (f"{TOLD} {RIGHT}", f"{RIGHT} {TOLD}"):
        assert scored(answer).score == scored(RIGHT).score


def test_whoever_says_a_belief_and_tells_it_as_wrong_has_said_it() -> None:
    assert scored(BELIEF.text).points[0].verdict == "contradicted"
    assert scored(f"{BELIEF.text} {TOLD}").points[0].verdict == "contradicted"


def test_a_denial_that_says_the_point_is_evidence() -> None:
    said = "It is a myth that a hit compiles: it skips compilation and copies the stored result."
    assert scored(said).score > 0.5


def test_an_answer_that_only_tells_a_belief_says_no_point() -> None:
    assert scored(TOLD).score <= 0.05


@pytest.mark.parametrize("times", [2, 5])
def test_what_is_said_again_counts_once(times: int) -> None:
    answer = "\n".join([RIGHT] * times)
    once, again = inspect(QUESTION, RIGHT), inspect(QUESTION, answer)
    assert again.flags == once.flags
    assert len(list(sentences(again.cleaned.text))) == 1
    assert scored(answer).points == scored(RIGHT).points


def test_a_short_line_may_stand_twice() -> None:
    assert len(list(sentences(inspect(QUESTION, "x = 1\ny = 2\nx = 1").cleaned.text))) == 3


@pytest.mark.parametrize(
    "origin",
    [
        "As the notes say,",
        "According to the course material:",
        "It is written in the slides that",
        "In the words of the reference,",
        "My teacher told us that",
    ],
)
def test_where_a_claim_stands_adds_nothing_to_it(origin: str) -> None:
    assert inspect(QUESTION, f"{origin} {RIGHT}").cleaned.text.strip("\u2029 ") == RIGHT


@pytest.mark.parametrize(
    "said",
    [
        "According to the roofline, the kernel is memory-bound.",
        "As the text gets longer, the cache grows.",
        "References say where an object lives, not what it holds.",
    ],
)
def test_what_only_sounds_like_an_origin_stays(said: str) -> None:
    assert inspect(QUESTION, said).cleaned.text == said
