"""Every fault of a model server ends in no mark, or in a mark by a grader under its own name."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time

import llm_faults as faults
import pytest
from pydantic import BaseModel, Field
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.grades import GradeRequest, Scored, Ungraded
from agent.llm.capabilities import answering_model
from agent.llm.client import LanguageModel
from agent.llm.combined import CombinedGrader
from agent.llm.endpoint import Endpoint
from agent.llm.fallback import WithFallback
from agent.llm.faults import InvalidOutputError, ModelUnavailableError
from agent.llm.grader import LanguageModelGrader
from agent.llm.patience import Breaker, Limits, Patience
from agent.llm.scripted import ScriptedModel
from corpus.schema import KeyPoint

QUESTION = "What does a compiler cache do?"
POINTS = (
    KeyPoint("k1", "Object files are stored under a hash of the preprocessed source."),
    KeyPoint("k2", "A hit skips compilation and copies the stored result.", 2.0),
)
FULL = (
    "Object files are stored under a hash of the preprocessed source. "
    "On a hit it skips compilation and copies the stored result."
)
REQUEST = GradeRequest(QUESTION, FULL, None, POINTS)
SHORT = Limits(first=60.0, between=0.5)
CHAT = [("user", "Explain.")]


@pytest.fixture(autouse=True)
def _released():
    faults.RELEASED.clear()
    yield
    faults.RELEASED.set()


@pytest.fixture
def server():
    with ScriptedModel("good") as made:
        yield made


def language_model(server, limits=Limits(first=60.0), **options):  # noqa: B008 - a constant
    rng = random.Random(0)
    patience = Patience(limits, rng=rng, sleep=lambda _: None, **options)
    return LanguageModel(Endpoint(server.url), server.name, patience)


def ready(server, limits=None, **options):
    """A model whose server was sound when it was asked what it can do."""
    model = language_model(server, **options)
    assert model.capabilities.way == "choice"
    if limits is not None:
        model._patience.limits = limits
    server.requests.clear()
    return model


def grade(model):
    return LanguageModelGrader(model, WordEmbedder()).grade(REQUEST)


def reason_of(found):
    assert isinstance(found, Ungraded)
    return found.reason


INVALID = {
    "a page": faults.says(b"<html>502</html>", "text/html"),
    "truncated JSON": faults.says(b'{"id": "x", "choices": [{"index": 0, "mess'),
    "no choices": faults.answers({"id": "x"}),
    "empty choices": faults.answers({"choices": []}),
    "null choices": faults.answers({"choices": None}),
    "a list": faults.answers([1, 2]),
    "choices of text": faults.answers({"choices": ["covered"]}),
    "an error with 200": faults.answers({"error": {"message": "oops", "code": 500}}),
    "no logprobs": faults.answers(faults.completion("covered", None)),
    "empty logprobs": faults.answers(faults.completion("covered", {"content": []})),
    "a wrong label": faults.answers(faults.completion("great", faults.token("great", -0.1))),
    "two labels at once": faults.answers(faults.completion("", faults.token("", -0.1))),
    "a probability over one": faults.answers(faults.completion("cov", faults.token("cov", 2.0))),
    "logprobs beyond any number": faults.says(
        json.dumps(faults.completion("cov", faults.token("cov", "N")))
        .replace('"N"', "-1" + "0" * 400)
        .encode()
    ),
    "an error that nests for ever": faults.says(b"[" * 100_000),
    "ten megabytes": faults.floods,
    "packed bytes": faults.answers({}, Content_Encoding="gzip"),
    "a request refused": faults.answers({"error": {"message": "bad logprobs"}}, 400),
}
UNAVAILABLE = {
    "502, a proxy's page": lambda handler, body: faults.send(
        handler, b"<html><h1>Bad Gateway</h1></html>", 502, "text/html"
    ),
    "502, an error that nests for ever": lambda handler, body: faults.send(
        handler, b"[" * 100_000, 502
    ),
    "nothing at this path": faults.answers({"detail": "Not Found"}, 404),
    "dies in the middle": faults.breaks_off,
    "503, its engine dead": faults.answers({"error": {"message": "EngineDeadError"}}, 503),
    "500": faults.answers({"error": {"message": "EngineDeadError"}}, 500),
    "429 for ever": faults.answers({"error": {"message": "slow down"}}, 429),
    "a key refused": faults.answers({"error": {"message": "no"}}, 401),
    "another model now": faults.answers({"error": {"message": "model not found"}}, 404),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_reply_that_cannot_be_used_is_no_mark(server, name):
    model = ready(server)
    server.interfere = INVALID[name]
    assert reason_of(grade(model)) == "invalid_model_output"


@pytest.mark.parametrize("name", UNAVAILABLE)
def test_a_server_that_fails_is_no_mark(server, name):
    model = ready(server)
    server.interfere = UNAVAILABLE[name]
    found = grade(model)
    assert reason_of(found) == "model_unavailable"
    assert "Not graded" in found.feedback


@pytest.mark.parametrize("fault", [faults.hangs, faults.dribbles])
def test_silence_and_babble_end_at_the_time_limit(server, fault):
    model = ready(server, Limits(first=0.3, total=0.5))
    server.interfere = fault
    started = time.monotonic()
    assert reason_of(grade(model)) == "model_unavailable"
    assert time.monotonic() - started < 15


def test_a_server_that_is_not_there():
    with ScriptedModel("good") as server:
        model = ready(server)
    found = grade(model)
    assert reason_of(found) == "model_unavailable"
    assert "no connection" in found.feedback


@pytest.mark.parametrize(
    "fault",
    [
        faults.answers({"error": {"message": "starting"}}, 503),
        faults.answers({"error": {"message": "slow down"}}, 429, Retry_After="1"),
        faults.breaks_off,
        faults.says(b"<html>", "text/html"),
    ],
)
def test_what_passes_is_tried_again(server, fault):
    model = ready(server)
    server.interfere = faults.first(2, fault)
    found = grade(model)
    assert isinstance(found, Scored)
    assert [p.verdict for p in found.points] == ["covered", "covered"]


def test_a_server_that_starts_slowly_is_waited_for(server):
    server.interfere = faults.first(3, faults.answers({"error": {"message": "starting"}}, 503))
    assert isinstance(grade(language_model(server, breaker=Breaker(most=9))), Scored)


def test_no_more_than_three_retries_and_never_beyond_the_total(server):
    model = ready(server, breaker=Breaker(most=99))
    server.interfere = UNAVAILABLE["500"]
    with pytest.raises(ModelUnavailableError, match="4 times"):
        model.label(CHAT)
    assert len(server.requests) == 4
    ticks = itertools.count(step=50.0)
    hasty = ready_with_clock(server, lambda: next(ticks))
    with pytest.raises(ModelUnavailableError, match="once"):
        hasty.label(CHAT)


def ready_with_clock(server, clock):
    server.interfere = None
    model = ready(server)
    model._patience = Patience(
        Limits(total=40.0), Breaker(most=99), random.Random(0), clock, lambda _: None
    )
    server.interfere = UNAVAILABLE["500"]
    return model


def test_after_failures_nothing_is_sent_until_a_trial_succeeds(server):
    now = [0.0]
    model = ready(server, breaker=Breaker(most=4, rest=30.0, clock=lambda: now[0]))
    server.interfere = UNAVAILABLE["500"]
    for _ in range(3):
        assert reason_of(grade(model)) == "model_unavailable"
    assert len(server.requests) == 4
    server.interfere = None
    now[0] = 29.0
    assert reason_of(grade(model)) == "model_unavailable"
    now[0] = 31.0
    assert isinstance(grade(model), Scored)
    assert isinstance(grade(model), Scored)


def test_a_failed_trial_shuts_it_again(server):
    now = [0.0]
    model = ready(server, breaker=Breaker(most=4, rest=30.0, clock=lambda: now[0]))
    server.interfere = UNAVAILABLE["500"]
    grade(model)
    now[0] = 31.0
    grade(model)
    assert len(server.requests) == 5


def test_a_busy_server_does_not_count_as_ill(server):
    model = ready(server, breaker=Breaker(most=4))
    server.interfere = UNAVAILABLE["429 for ever"]
    grade(model)
    server.interfere = None
    assert isinstance(grade(model), Scored)


def test_the_wrong_model_name_is_told_at_the_start(server):
    with pytest.raises(ModelUnavailableError, match="GREENROOM_LLM_MODEL"):
        answering_model(Endpoint(server.url, "another"), limit=60.0)
    assert answering_model(Endpoint(server.url), limit=60.0) == "scripted"


def test_the_probe_gives_up_after_its_limit(server):
    server.interfere = faults.hangs
    started = time.monotonic()
    with pytest.raises(ModelUnavailableError, match="greenroom serve"):
        answering_model(Endpoint(server.url, "scripted"), limit=0.3)
    assert time.monotonic() - started < 15


def test_a_dead_engine_behind_a_sound_health_page_does_not_answer_the_probe(server):
    server.interfere = UNAVAILABLE["503, its engine dead"]
    with pytest.raises(ModelUnavailableError, match="503"):
        answering_model(Endpoint(server.url, "scripted"), limit=60.0)


def test_a_server_without_log_probabilities_cannot_mark(server):
    server.interfere = lambda handler, body: (
        handler.path == faults.CHAT
        and faults.answers(faults.completion("covered", None))(handler, body)
    )
    found = grade(language_model(server))
    assert reason_of(found) == "model_unavailable"
    assert "log probabilities" in found.feedback


def test_a_long_answer_is_read_in_parts_and_no_word_is_lost():
    filler = "Team {} keeps it on a shared disk, which is a matter of taste and of the budget. "
    filler = "".join(filler.format(n) for n in range(14))
    answer = FULL.split(". ")[0] + ". " + filler + FULL.split(". ")[1]
    with ScriptedModel("good", context=380) as server:
        model = ready(server)
        found = LanguageModelGrader(model, WordEmbedder()).grade(
            GradeRequest(QUESTION, answer, None, POINTS)
        )
        prompts = [r["messages"][-1]["content"] for r in server.requests if "messages" in r]
    assert isinstance(found, Scored)
    assert [p.verdict for p in found.points] == ["covered", "covered"]
    assert "parts" in found.feedback
    for start in range(0, len(answer) - 60, 40):
        assert any(answer[start : start + 20] in p for p in prompts)


def test_a_reference_too_long_for_the_model_is_left_out_and_that_is_said():
    from agent.points import bare_reference

    request = GradeRequest(QUESTION, FULL, bare_reference("Caches are old. " * 300), POINTS)
    with ScriptedModel("good", context=500) as server:
        found = LanguageModelGrader(ready(server), WordEmbedder()).grade(request)
    assert isinstance(found, Scored)
    assert "key points alone" in found.feedback


def test_points_too_long_for_the_model_are_no_mark():
    with ScriptedModel("good", context=20) as server:
        model = ready(server)
        assert reason_of(grade(model)) == "invalid_model_output"


def test_a_prompt_that_the_server_cut_in_silence_is_an_overflow(server):
    model = ready(server)
    cut = faults.completion("cov", faults.token("cov", -0.1), prompt_tokens=3)
    server.interfere = faults.answers(cut)
    assert reason_of(grade(model)) == "invalid_model_output"


def test_the_fallback_marks_under_its_own_name(server):
    embedded = word_grader()
    model = LanguageModelGrader(ready(server), WordEmbedder())
    guarded = WithFallback(CombinedGrader(model, embedded), embedded)
    assert guarded.grade(REQUEST).grader.name == "combined"
    server.interfere = UNAVAILABLE["500"]
    found = guarded.grade(REQUEST)
    assert isinstance(found, Scored)
    assert found.grader.name == "embedded"
    assert found == embedded.grade(REQUEST)
    nothing = GradeRequest(QUESTION, FULL)
    assert reason_of(guarded.grade(nothing)) == "no_reference"


# Words


class Hint(BaseModel):
    hint: str = Field(max_length=200)


def test_words_come_as_they_are_streamed(server):
    assert "".join(ready(server).stream(CHAT, 50)).startswith("You said")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.streams("one ", "two ", finish=None, done=False), ModelUnavailableError),
        (faults.streams("one ", "two ", finish=None), ModelUnavailableError),
        (faults.streams("one ", "two ", finish="length"), InvalidOutputError),
        (faults.streams("one ", "two ", "three ", pause=2.0), ModelUnavailableError),
    ],
)
def test_a_stream_that_breaks_off_does_not_pass_for_the_whole(server, fault, error):
    model = ready(server, SHORT)
    server.interfere = fault
    words = model.stream(CHAT, 50)
    assert next(words) == "one "
    with pytest.raises(error):
        list(words)


def test_a_stream_that_never_begins_is_tried_again_and_given_up(server):
    model = ready(server, Limits(first=0.2, between=0.2, total=0.5))
    server.interfere = faults.hangs
    with pytest.raises(ModelUnavailableError):
        list(model.stream(CHAT, 50))


@pytest.mark.parametrize("piece", ["the same ", ""])
def test_a_stream_that_says_the_same_for_ever_ends(server, piece):
    """It keeps every time limit between two pieces, and a limit of tokens it does not know."""
    model = ready(server, Limits(first=5.0, between=5.0))
    server.interfere = faults.repeats(piece)
    with pytest.raises(InvalidOutputError, match="limit of tokens"):
        list(model.stream(CHAT, 20))
    with pytest.raises(InvalidOutputError):
        model.structured(CHAT, Hint, 20)


def test_a_stream_of_one_endless_line_is_not_read_to_its_end(server):
    model = ready(server, Limits(first=20.0, retries=0))
    server.interfere = faults.floods
    with pytest.raises(InvalidOutputError, match="MiB"):
        list(model.stream(CHAT, 20))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_answer_and_no_key_follow_to_another_address(server, status):
    model = ready(server)
    with ScriptedModel("good") as other:
        elsewhere = f"{other.url}/chat/completions"
        server.interfere = faults.answers({}, status, Location=elsewhere)
        assert reason_of(grade(model)) == "model_unavailable"
        with pytest.raises(ModelUnavailableError):
            list(model.stream(CHAT, 20))
        with pytest.raises(ModelUnavailableError):
            answering_model(Endpoint(server.url, "scripted"), limit=60.0)
        assert not other.requests


def test_nobody_keeps_reading_what_nobody_waits_for(server):
    """A server that dribbles for ever would keep a thread and a connection for ever."""
    model = ready(server, Limits(first=0.3, total=0.5, retries=0))
    server.interfere = faults.dribbles
    before = threading.active_count()
    assert reason_of(grade(model)) == "model_unavailable"
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_json_is_taken_when_it_fits_the_schema(server):
    model = ready(server)
    server.interfere = faults.streams('{"hint": ', '"think of a hash"}')
    assert model.structured(CHAT, Hint, 50).hint == "think of a hash"


@pytest.mark.parametrize(
    "fault",
    [
        faults.streams('{"hint": "thi', finish="length"),
        faults.streams('{"hint": "thi'),
        faults.streams('{"hint": 3}'),
        faults.streams("Certainly! Here is a hint."),
        faults.streams('{"hint":', *[" " * 50] * 40),
    ],
)
def test_json_that_does_not_fit_is_shown_to_the_model_once(server, fault):
    model = ready(server)
    server.interfere = faults.first(1, fault)
    again = faults.streams('{"hint": "think of a hash"}')
    broken = server.interfere
    server.interfere = lambda h, b: broken(h, b) or again(h, b)
    assert model.structured(CHAT, Hint, 50).hint == "think of a hash"
    assert len(server.requests) == 2
    assert "valid JSON" in server.requests[1]["messages"][-1]["content"]
    server.interfere = fault
    with pytest.raises(InvalidOutputError):
        model.structured(CHAT, Hint, 50)
    assert len(server.requests) == 4
