"""What a message is taken for, and above all what it is not taken for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intents import read_intent, read_reply

REQUESTS = {
    "dont_know": [
        "I don't know",
        "i dont know.",
        "I don’t really know this one",
        "Honestly, I have no idea!",
        "no clue",
        "idk",
        "pass",
        "I can't think of an example",
        "Sorry, I don't remember",
        "not sure",
        "!pass",
    ],
    "skip": [
        "skip",
        "Skip this question, please",
        "next question",
        "!skip",
        "I don't want to answer that.",
        "I'd rather not say",
        "I would rather not answer this question",
    ],
    "not_my_topic": [
        "not my topic",
        "!not-my-topic",
        "/not-my-topic",
        "That's not my topic.",
        "this is really not my field",
        "It is not my area at all",
    ],
    "repeat": ["repeat", "Can you repeat the question?", "say that again", "!repeat"],
    "hint": ["hint", "!hint", "/hint", "Could you give me a hint?", "another hint", "help"],
    "why": ["why?", "Why this question?", "why do you ask me that", "!why"],
    "stop": ["stop", "quit", "let's stop here", "end the interview", "I'm done", "!quit"],
}


@pytest.mark.parametrize(
    ("intent", "text"), [(intent, text) for intent, texts in REQUESTS.items() for text in texts]
)
def test_a_request_is_understood(intent: str, text: str) -> None:
    assert read_intent(text) == intent
    assert read_intent(f"  {text.upper()}\n") == intent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Early stopping",
        "Stop words are dropped before indexing",
        "skip connections",
        "I would rather not answer with a lock held",
        "not my topic model but theirs",
        "hint: the cache is small",
        "I don't know how it is called, but it merges layers",
        "No idea is bad; measure each one",
        "next token prediction",
        "help the optimiser converge",
        "It passes the gradient on",
        "why not",
        "repeat until it converges",
        "end to end",
        "!unknown",
        "quit() frees the memory",
    ],
)
def test_an_answer_that_holds_such_words_stays_an_answer(text: str) -> None:
    assert read_intent(text) == "answer"


@given(st.text(max_size=300), st.sampled_from([t for ts in REQUESTS.values() for t in ts]))
def test_a_request_within_a_longer_text_is_an_answer(text: str, request_words: str) -> None:
    longer = f"{request_words} because the scheduler moves warps {text}"
    assert read_intent(longer) == "answer"


@given(st.text())
def test_any_text_is_understood_as_something(text: str) -> None:
    assert read_intent(text) in {"answer", *REQUESTS}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Yes", "covered"),
        ("partly.", "partial"),
        ("No!", "missing"),
        ("I said the opposite", "contradicted"),
        ("yes, and moreover it spills registers", None),
        ("", None),
    ],
)
def test_typed_confirmations(text: str, verdict: str | None) -> None:
    assert read_reply(text) == verdict
