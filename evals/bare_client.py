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
from evals.sent_requests import Sent, salted

if TYPE_CHECKING:
    import httpx

REPLY_S = 600.0


@dataclass(frozen=True, slots=True)
class BareRun:
    """`seconds` of the whole; `waits`: seconds from each request to the end of its reply, in order
    of sending; `failed`: requests without a reply of status 200."""

    seconds: float
    waits: tuple[float, ...]
    failed: int


def send_all(endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str) -> BareRun:
    """Send them, `at_once` of them out at a time. Raises ValueError where that is less than one."""
    if at_once < 1:
        raise ValueError(f"at_once is {at_once}; it must be at least 1")
    return asyncio.run(_send_all(endpoint, sent, at_once, salt))


async def _send_all(endpoint: Endpoint, sent: Sequence[Sent], at_once: int, salt: str) -> BareRun:
    import httpx

    bodies = [(request.url, salted(request.body, salt)) for request in sent]
    waits = [0.0] * len(bodies)
    failed = 0
    waiting = iter(enumerate(bodies))
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    transport = httpx.AsyncHTTPTransport(uds=endpoint.uds, limits=limits)
    headers = {"Authorization": f"Bearer {endpoint.key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, headers=headers, timeout=REPLY_S) as client:

        async def work() -> None:
            nonlocal failed
            for i, (url, data) in waiting:
                began = time.perf_counter()
                answered = await _answered(client, url, data)
                failed += not answered  # on a line of its own: others count while this one waits
                waits[i] = time.perf_counter() - began

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(min(at_once, len(bodies)))))
        return BareRun(time.perf_counter() - started, tuple(waits), failed)


async def _answered(client: httpx.AsyncClient, url: str, data: bytes) -> bool:
    import httpx

    try:
        reply = await client.post(url, content=data)
    except httpx.HTTPError:
        return False
    return reply.status_code == 200
