"""The chat model: `ChatOpenAI` with the settings that a local server needs, built only here.

Invariant: nothing is sent to any address but the endpoint's, retries are ours alone, and every
sampling setting is explicit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.llm.endpoint import Endpoint
from agent.llm.labels import LABELS, TOP_LOGPROBS
from agent.llm.patience import Limits

if TYPE_CHECKING:
    import httpx
    from langchain_openai import ChatOpenAI

# Qwen3 and its like think before they answer unless they are told not to.
NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}


def chat_model(endpoint: Endpoint, model: str, limits: Limits) -> tuple[ChatOpenAI, httpx.Client]:
    """The model and its connection pool, which the caller closes.

    `use_responses_api=False`: the other interface knows no ``structured_outputs``; the temperature
    is 0, since a server's own generation config may say otherwise.
    """
    import httpx
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    timeout = httpx.Timeout(limits.first, connect=limits.connect)
    client = endpoint.open(timeout)
    chat = ChatOpenAI(
        model=model,
        base_url=endpoint.url,
        api_key=SecretStr(endpoint.key),
        temperature=0.0,
        max_retries=0,
        timeout=timeout,
        use_responses_api=False,
        stream_usage=True,
        http_client=client,
        openai_proxy=None,  # else OPENAI_PROXY of the environment would refuse our client
        extra_body=NO_THINKING,
    )
    return chat, client


def one_label(*, constrained: bool) -> dict[str, Any]:
    """What a request for one label adds: one token, with the probabilities of its rivals."""
    choice = {"structured_outputs": {"choice": list(LABELS)}} if constrained else {}
    return {
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": TOP_LOGPROBS,
        "extra_body": {**NO_THINKING, **choice},
    }


def some_json(schema: dict[str, Any], most_tokens: int) -> dict[str, Any]:
    """What a request for JSON of this schema adds."""
    return {
        "max_tokens": most_tokens,
        "extra_body": {**NO_THINKING, "structured_outputs": {"json": schema}},
    }


def some_text(most_tokens: int) -> dict[str, Any]:
    """What a request for words adds."""
    return {"max_tokens": most_tokens, "extra_body": NO_THINKING}
