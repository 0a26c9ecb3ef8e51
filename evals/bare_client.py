"""The same requests by a client that does nothing else: what a server gives at best.

Invariant: it sends them in the order in which they were sent, never more at a time than it is told,
and reads every reply to its end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.llm.endpoint import Endpoint
from evals.in_flight import in_flight
from evals.sent_requests import Sent, salted

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class BareRun:
    """`seconds` of the whole; `waits`: seconds from each request to the end of its reply, in order
    of sending; `failed`: requests without a reply of status 200."""

    seconds: float
    waits: tuple[float, ...]
    failed: int


def send_all(endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str) -> BareRun:
    """Send them, `at_once` of them out at a time. Raises ValueError where that is less than one."""
    return asyncio.run(_send_all(endpoint, sent, at_once, salt))


async def _send_all(endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str) -> BareRun:
    bodies = [(request.url, salted(request.body, salt)) for request in sent]
    waits = [0.0] * len(bodies)
    failed = 0

    async def send(client: httpx.AsyncClient, i: int, request: tuple[str, bytes]) -> None:
        nonlocal failed
        began = time.perf_counter()
        answered = await _answered(client, *request)
        failed += not answered  # on a line of its own: others count while this one waits
        waits[i] = time.perf_counter() - began

    started = time.perf_counter()
    await in_flight(endpoint, bodies, at_once, send)
    return BareRun(time.perf_counter() - started, tuple(waits), failed)


async def _answered(client: httpx.AsyncClient, url: str, data: bytes) -> bool:
    import httpx

    try:
        reply = await client.post(url, content=data)
    except httpx.HTTPError:
        return False
    return reply.status_code == 200
