"""Whether a server answers, and what it can do: found out by asking it, never by its version.

Invariant: nothing here takes longer than the limit it is given, and nothing of the person's text is
sent.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agent.llm.endpoint import Endpoint
from agent.llm.exchange import exchange
from agent.llm.faults import (
    InvalidOutputError,
    ModelUnavailableError,
    PassingError,
    translated,
)
from agent.llm.labels import LABELS, TOP_LOGPROBS, label_begun_by, read_decision
from agent.llm.watch import within

if TYPE_CHECKING:
    import httpx

PROBE_S = 2.0  # for the one-token probe that decides which grader marks
Way = Literal["systemone", "choice", "plain"]
_NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do. `way`: how verdicts are asked for (its own decisions, a constrained
    choice, or a plain reply whose probabilities are read); `context`: tokens it reads, if it says.
    """

    way: Way
    context: int | None
    tokenize: bool
    metrics: bool


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
        rows = [row for row in _models(client, endpoint) if row.get("id") == model]
        context = rows[0].get("max_model_len") if rows else None
        way: Way = "systemone" if _decides(client, endpoint, model) else "choice"
        if way == "choice" and not _chooses(client, endpoint, model):
            way = "plain"
        tokenize = {"model": model, "prompt": "Hello"}
        return Capabilities(
            way,
            context if isinstance(context, int) and context > 0 else None,
            client.post(f"{endpoint.root}/tokenize", json=tokenize).status_code == 200,
            client.get(f"{endpoint.root}/metrics").status_code == 200,
        )


def _decides(client: httpx.Client, endpoint: Endpoint, model: str) -> bool:
    """Whether ``/v1/systemone`` answers with the labels that it is given."""
    question = {"type": "choice", "instructions": "Pick one.", "criteria": dict.fromkeys(LABELS)}
    body = {"model": model, "state": "Hello", "questions": {"1": question}, **_NO_THINKING}
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


def _of(model: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "temperature": 0.0, **_NO_THINKING, **body}


def _models(client: httpx.Client, endpoint: Endpoint) -> list[dict[str, Any]]:
    reply = exchange(client, "GET", f"{endpoint.url}/models", endpoint.model or "")
    rows = reply.get("data")
    if not isinstance(rows, list):
        raise InvalidOutputError("the list of models is none")
    return [row for row in rows if isinstance(row, dict) and "id" in row]
