"""What goes to a server: words through `ChatOpenAI`, built only here with the settings that a local
one needs; a label, of which a mark needs many, as a plain body.

Invariant: nothing is sent to any address but the endpoint's, retries are ours alone, and every
sampling setting is explicit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agent.llm.endpoint import Endpoint
from agent.llm.labels import LABELS, TOP_LOGPROBS
from agent.llm.patience import Limits

if TYPE_CHECKING:
    import httpx
    from langchain_openai import ChatOpenAI

# Qwen3 and its like think before they answer unless they are told not to.
NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}


def pool(endpoint: Endpoint, limits: Limits) -> httpx.Client:
    """The connections of a model, which the caller closes."""
    return endpoint.open(_timeout(limits))


def chat_model(endpoint: Endpoint, model: str, limits: Limits, client: httpx.Client) -> ChatOpenAI:
    """The model over these connections.

    `use_responses_api=False`: the other interface knows no ``structured_outputs``; the temperature
    is 0, since a server's own generation config may say otherwise.
    """
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=model,
        base_url=endpoint.url,
        api_key=SecretStr(endpoint.key),
        temperature=0.0,
        max_retries=0,
        timeout=_timeout(limits),
        use_responses_api=False,
        stream_usage=True,
        http_client=client,
        openai_proxy=None,  # else OPENAI_PROXY of the environment would refuse our client
        extra_body=NO_THINKING,
    )


def one_label(
    model: str, messages: Sequence[tuple[str, str]], *, constrained: bool
) -> dict[str, Any]:
    """The whole request for one label: one token, with the probabilities of its rivals."""
    choice = {"structured_outputs": {"choice": list(LABELS)}} if constrained else {}
    return {
        "model": model,
        "messages": [{"role": role, "content": text} for role, text in messages],
        "temperature": 0.0,
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": TOP_LOGPROBS,
        **NO_THINKING,
        **choice,
    }


def some_json(schema: dict[str, Any], most_tokens: int, form: str) -> dict[str, Any]:
    """What a request for JSON of this schema adds. `form`: of `agent.llm.capabilities`."""
    held: dict[str, Any] = {}
    if form == "structured_outputs":
        held = {form: {"json": schema}}
    elif form == "response_format":
        held = {form: json_format(schema)}
    # Within `extra_body`, since ChatOpenAI takes another way for a ``response_format`` of its own.
    return {"max_tokens": most_tokens, "extra_body": {**NO_THINKING, **held}}


def json_format(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in OpenAI's ``response_format``."""
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}


def some_text(most_tokens: int) -> dict[str, Any]:
    """What a request for words adds."""
    return {"max_tokens": most_tokens, "extra_body": NO_THINKING}


def _timeout(limits: Limits) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(limits.first, connect=limits.connect)
