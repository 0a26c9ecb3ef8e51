"""How long a server takes to the first token of a reply that is streamed.

Invariant: the clock of a request runs from before it is sent to the first piece of its text; one
that brings none is counted as failed, not as fast.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.llm.endpoint import Endpoint
from evals.in_flight import in_flight
from evals.sent_requests import Sent, salted

if TYPE_CHECKING:
    import httpx

_DATA = "data: "


@dataclass(frozen=True, slots=True)
class FirstTokens:
    """`waits`: seconds to the first token, in order of sending, without those that `failed`."""

    waits: tuple[float, ...]
    failed: int


def first_tokens(endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str) -> FirstTokens:
    """Send each as a stream, `at_once` of them out at a time."""
    return asyncio.run(_first_tokens(endpoint, sent, at_once, salt))


def as_chat(sent: Sent) -> Sent:
    """The request as a chat completion, which streams; one that asks for several decisions becomes
    the first of them."""
    root, named, _ = sent.url.rpartition("/systemone")
    if not named:
        return sent
    question = next(iter(sent.body["questions"].values()))
    asked = f"{sent.body['state']}\n\n{question['instructions']}"
    body = {
        "model": sent.body["model"],
        "messages": [
            {"role": "system", "content": sent.body["instructions"]},
            {"role": "user", "content": asked},
        ],
        "max_tokens": 1,
        "temperature": 0.0,
        "structured_outputs": {"choice": list(question["criteria"])},
        "chat_template_kwargs": sent.body.get("chat_template_kwargs", {}),
    }
    return Sent(f"{root}/chat/completions", body)


async def _first_tokens(
    endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str
) -> FirstTokens:
    found: list[float | None] = [None] * len(sent)

    async def send(client: httpx.AsyncClient, i: int, request: Sent) -> None:
        data = salted({**request.body, "stream": True}, salt)
        began = time.perf_counter()
        if await _begins(client, request.url, data):
            found[i] = time.perf_counter() - began

    await in_flight(endpoint, sent, at_once, send)
    waits = tuple(wait for wait in found if wait is not None)
    return FirstTokens(waits, len(sent) - len(waits))


async def _begins(client: httpx.AsyncClient, url: str, data: bytes) -> bool:
    """Whether a token comes; returns as soon as it does. The rest is left to be cancelled."""
    import httpx

    try:
        async with client.stream("POST", url, content=data) as reply:
            async for line in reply.aiter_lines():
                if reply.status_code == 200 and _has_text(line):
                    return True
    except httpx.HTTPError:
        pass
    return False


def _has_text(line: str) -> bool:
    if not line.startswith(_DATA):
        return False
    try:
        choices = json.loads(line.removeprefix(_DATA))["choices"]
        return any(choice["delta"].get("content") for choice in choices)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
