"""Whether a server answers, and what it can do: found out by asking it, never by its version.

Invariant: nothing here takes longer than the limit it is given, and nothing of a person's text is
sent.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agent.grades import GradeRequest
from agent.llm.chat import NO_THINKING, json_format, one_label
from agent.llm.endpoint import Endpoint
from agent.llm.exchange import exchange
from agent.llm.faults import (
    InvalidOutputError,
    ModelUnavailableError,
    PassingError,
    translated,
)
from agent.llm.labels import (
    LABELS,
    TOP_LOGPROBS,
    label_begun_by,
    read_decision,
    read_logprobs,
)
from agent.llm.prompts import dossier
from agent.llm.replies import first_logprobs
from agent.llm.watch import within
from corpus.schema import KeyPoint

if TYPE_CHECKING:
    import httpx

PROBE_S = 2.0  # for the one-token probe that decides which grader marks
Way = Literal["systemone", "choice", "plain"]
Form = Literal["structured_outputs", "response_format", "none"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do. `way`: how verdicts are asked for (its own decisions, a constrained
    choice, or a plain reply whose probabilities are read); `json`: the field of a request that
    holds it to a schema, if it knows one."""

    way: Way
    json: Form = "structured_outputs"


def answering_model(endpoint: Endpoint, limit: float = PROBE_S) -> str:
    """The name of the model that a one-token probe answered with, within `limit` seconds.

    Raises `ModelUnavailableError`, which names the address.
    """
    import httpx  # noqa: F401 - its import takes time that is not the server's

    try:
        return within(functools.partial(_answering, endpoint, limit), limit)
    except (PassingError, InvalidOutputError) as error:
        raise ModelUnavailableError(
            f"the language model at {endpoint.url} does not answer ({error}); "
            "start it with `greenroom serve`, or check GREENROOM_LLM_URL"
        ) from error


def ask_capabilities(endpoint: Endpoint, model: str, limit: float) -> Capabilities:
    """What the server can do. Raises `PassingError`, `InvalidOutputError` or
    `ModelUnavailableError` where it cannot mark."""
    return within(functools.partial(_asked, endpoint, model, limit), limit)


def _answering(endpoint: Endpoint, limit: float) -> str:
    with endpoint.open(limit) as client:
        model = endpoint.model or _only_model(client, endpoint)
        body = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
        exchange(client, "POST", f"{endpoint.url}/chat/completions", model, _of(model, body))
        return model


def _only_model(client: httpx.Client, endpoint: Endpoint) -> str:
    names = [str(row["id"]) for row in _models(client, endpoint)]
    if len(names) != 1:
        shown = ", ".join(names[:5]) or "none"
        raise ModelUnavailableError(
            f"{endpoint.url} serves these models: {shown}; name one in GREENROOM_LLM_MODEL"
        )
    return names[0]


def _asked(endpoint: Endpoint, model: str, limit: float) -> Capabilities:
    with translated(model), endpoint.open(limit) as client:
        if _decides(client, endpoint, model):
            return Capabilities("systemone")
        if _chooses(client, endpoint, model):
            return Capabilities("choice")
        _labels(client, endpoint, model)
        formed = _forms(client, endpoint, model)
        return Capabilities("plain", "response_format" if formed else "none")


def _decides(client: httpx.Client, endpoint: Endpoint, model: str) -> bool:
    """Whether ``/v1/systemone`` answers with the labels that it is given."""
    question = {"type": "choice", "instructions": "Pick one.", "criteria": dict.fromkeys(LABELS)}
    body = {"model": model, "state": "Hello", "questions": {"1": question}, **NO_THINKING}
    reply = client.post(f"{endpoint.url}/systemone", json=body)
    if reply.status_code != 200:
        return False
    try:
        read_decision(reply.json()["answers"]["1"])
    except (InvalidOutputError, ValueError, KeyError, TypeError):
        return False
    return True


def _chooses(client: httpx.Client, endpoint: Endpoint, model: str) -> bool:
    """Whether a constrained choice holds against a prompt that asks for something else."""
    body = {
        "messages": [{"role": "user", "content": "Reply with the word: hello"}],
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": TOP_LOGPROBS,
        "structured_outputs": {"choice": list(LABELS)},
    }
    reply = exchange(client, "POST", f"{endpoint.url}/chat/completions", model, _of(model, body))
    try:
        choice = reply["choices"][0]
        said, logprobs = choice["message"]["content"], choice["logprobs"]
    except (KeyError, IndexError, TypeError) as error:
        raise InvalidOutputError("the reply has no choices") from error
    if not isinstance(logprobs, dict) or not logprobs.get("content"):
        raise ModelUnavailableError(
            f"the model server at {endpoint.url} gives no log probabilities, which marking needs; "
            "use vLLM (`greenroom serve`), or --grader embedded"
        )
    return isinstance(said, str) and label_begun_by(said) is not None


def _labels(client: httpx.Client, endpoint: Endpoint, model: str) -> None:
    """See that a model which nothing forces begins with a label. Raises `ModelUnavailableError`:
    one that thinks first would mark nothing, an answer after the other."""
    point = KeyPoint("k1", "One and one is two.")
    messages = dossier(GradeRequest("What is one and one?", ""), (point,), "It is two.").ask(point)
    body = one_label(model, messages, constrained=False)
    reply = exchange(client, "POST", f"{endpoint.url}/chat/completions", model, body)
    try:
        read_logprobs(first_logprobs(reply), constrained=False)
    except InvalidOutputError as error:
        raise ModelUnavailableError(
            f"{model} at {endpoint.url} cannot mark: its reply does not begin with a label "
            f"({error}); take a model that answers at once, without thinking first, or "
            "--grader embedded"
        ) from error


def _forms(client: httpx.Client, endpoint: Endpoint, model: str) -> bool:
    """Whether a server that knows no ``structured_outputs`` takes a schema as OpenAI's does."""
    body = {
        "messages": [{"role": "user", "content": "Reply with JSON."}],
        "max_tokens": 1,
        "response_format": json_format({"type": "object"}),
    }
    url = f"{endpoint.url}/chat/completions"
    return client.post(url, json=_of(model, body)).status_code == 200


def _of(model: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "temperature": 0.0, **NO_THINKING, **body}


def _models(client: httpx.Client, endpoint: Endpoint) -> list[dict[str, Any]]:
    reply = exchange(client, "GET", f"{endpoint.url}/models", endpoint.model or "")
    rows = reply.get("data")
    if not isinstance(rows, list):
        raise InvalidOutputError("the list of models is none")
    return [row for row in rows if isinstance(row, dict) and "id" in row]
