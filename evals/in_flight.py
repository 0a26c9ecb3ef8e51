"""Requests of a bare client at a server, so many out at a time.

Invariant: they are begun in their order, and each by one worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from agent.llm.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

REPLY_S = 600.0
Item = TypeVar("Item")


async def in_flight(
    endpoint: Endpoint,
    items: Sequence[Item],
    at_once: int,
    send: Callable[[httpx.AsyncClient, int, Item], Awaitable[None]],
) -> None:
    """`send` each item with its number, `at_once` of them at a time. Raises ValueError where that
    is less than one."""
    import httpx

    if at_once < 1:
        raise ValueError(f"at_once is {at_once}; it must be at least 1")
    waiting = iter(enumerate(items))
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    transport = httpx.AsyncHTTPTransport(uds=endpoint.uds, limits=limits)
    headers = {"Authorization": f"Bearer {endpoint.key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, headers=headers, timeout=REPLY_S) as client:

        async def work() -> None:
            for i, item in waiting:
                await send(client, i, item)

        await asyncio.gather(*(work() for _ in range(min(at_once, len(items)))))
