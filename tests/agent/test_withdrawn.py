"""What takes an answer back or leaves it open, and claims that merely sound so."""

from __future__ import annotations

import time

import pytest
from wordjudge import word_grader

from agent.grades import GradeRequest, Scored
from agent.withdrawn import withdrawal
from corpus.schema import KeyPoint

SAID = "A hit skips compilation and copies the stored result."
POINT = (KeyPoint("k1", SAID),)
QUESTION = "What does a compiler cache do?"


@pytest.mark.parametrize(
    "sentence",
    [
        "But no, all of that is wrong: in truth it is the other way round.",
        "Scrap all that, the opposite is true.",
        "None of what I said holds.",
        "On second thoughts, every word of the above is mistaken.",
        "Actually I take it all back, it works the opposite way.",
        "I no longer believe any of this; it is all false.",
        "Sorry, that whole explanation was nonsense.",
        "My statements above are untrue, each of them.",
        "Not one of my claims is true.",
        "To be clear, I disagree with everything I have just said.",
        "No wait, this is all wrong.",
    ],
)
def test_an_answer_is_taken_back(sentence: str) -> None:
    answer = f"{SAID} {sentence}"
    found = withdrawal(answer)
    assert found is not None
    assert found.kind == "taken_back"
    assert answer[found.start : found.end] == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "I can't say which of the two is right.",
        "Pick whichever of them is right.",
        "Take the one that is right.",
        "It is either the first or the second; no idea which.",
        "Which of those two is true I really couldn't say.",
        "Only one of these can be right and I don't remember which.",
        "Mark the one that is correct, please.",
        "It's one or the other, I honestly don't know.",
    ],
)
def test_an_answer_is_left_open(sentence: str) -> None:
    found = withdrawal(f"It copies the result. Or it never does. {sentence}")
    assert found is not None
    assert found.kind == "left_open"


@pytest.mark.parametrize(
    "sentence",
    [
        "None of these methods is right for small data sets.",
        "The opposite is true for CPUs: there latency matters more.",
        "People say caching is free, but none of that holds under contention.",
        "Ignore everything above the 99th percentile, those are outliers.",
        "Ignore that: padding tokens must have no weight in the mean.",
        "The test catches it when all of the above is wrong: then we roll back.",
        "At first I thought it was the network, but I was wrong: the disk was the bottleneck.",
        "All of this is false sharing: two threads write to one cache line.",
        "So the answer is no, that is wrong: a larger batch does not shorten the wait.",
        "Forget gates in an LSTM scrap all of the old cell state.",
        "I told the team that my estimate was wrong and gave a new one.",
        "Without a profile you can't say which of the two is the bottleneck.",
        "I can't say which of the two is better without knowing the load, so I would measure both.",
        "If I don't know which version is right, I ask its owner.",
        "Annotators can't decide which of two replies is right, so collect more labels.",
        "Choose the correct one by its recall on held-out queries.",
        "I got it wrong: the migration took six weeks and not two.",
        "My claim was wrong, so I apologised and gave a new date.",
        "I take that back: it is bound by arithmetic.",
        "Scratch that, prefill is bound by arithmetic.",
        "Some expect half the latency, but I don't believe that.",
        "I can't tell in advance which of them is right.",
        "Run both on a held-out set, then choose the correct one.",
        "It could be either a data or a model problem; I'd check the data first.",
    ],
)
def test_a_claim_withdraws_nothing(sentence: str) -> None:
    assert withdrawal(f"{SAID} {sentence}") is None


def test_what_others_said_is_theirs_to_take_back() -> None:
    assert withdrawal("Many people say that it compiles twice. None of that is true.") is None
    assert withdrawal("It compiles everything twice. None of that is true.") is not None


def test_a_first_sentence_has_nothing_to_take_back() -> None:
    assert withdrawal("All of that is wrong.") is None


def test_the_place_is_that_of_the_answer_as_it_was_given() -> None:
    answer = f"<b>{SAID}</b> None of what I sa\u200bid holds. It copies."
    found = withdrawal(answer)
    assert found is not None
    assert answer[found.start : found.end] == "None of what I sa\u200bid holds."


def scored(answer: str) -> Scored:
    grade = word_grader().grade(GradeRequest(QUESTION, answer, None, POINT))
    assert isinstance(grade, Scored)
    return grade


def test_what_is_taken_back_is_contradicted_by_the_words_that_take_it_back() -> None:
    answer = f"{SAID} None of what I said holds."
    grade = scored(answer)
    assert grade.score == 0.0
    assert grade.label == "contradictory"
    span = grade.points[0].answer_span
    assert span is not None
    assert (span.quote, answer[span.start : span.end]) == ("None of what I said holds.",) * 2


def test_what_is_said_afterwards_counts_in_its_own_place() -> None:
    answer = f"It compiles twice. None of what I said holds. {SAID}"
    grade = scored(answer)
    assert grade.points[0].verdict == "covered"
    span = grade.points[0].answer_span
    assert span is not None
    assert answer[span.start : span.end] == span.quote
    assert span.start >= answer.index(SAID)


def test_what_is_left_open_is_missing_and_no_other_subject() -> None:
    grade = scored(f"Either it compiles twice. Or: {SAID} I can't say which of the two is right.")
    assert (grade.points[0].verdict, grade.score, grade.flags) == ("missing", 0.0, ())


@pytest.mark.parametrize("piece", ["which ", "all of that ", "I said ", "forget, ", "so, well, "])
def test_a_hundred_thousand_characters_take_no_minute(piece: str) -> None:
    started = time.perf_counter()
    withdrawal("It is so. " + piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 20
