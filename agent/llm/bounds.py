"""How much of a reply is taken, whoever sends it.

Invariant: of one reply at most `LARGEST` bytes are read, uncompressed as they were asked for; once
nobody waits for it, it ends with the next byte that comes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx

from agent.llm.faults import InvalidOutputError, PassingError
from agent.llm.watch import given_up

LARGEST = 8 * 2**20  # bytes; a reply of ours has thousands, vLLM's counters some 100,000
PLAIN = {"Accept-Encoding": "identity"}  # a few bytes that are packed may be gigabytes
_IDENTITY = ("", "identity")


def bound(response: httpx.Response) -> None:
    """Bound the body of a response that is not read yet; a hook of `httpx.Client`.

    Raises `InvalidOutputError` for one that is compressed.
    """
    packed = response.headers.get("content-encoding", "").strip().lower()
    if packed not in _IDENTITY:
        raise InvalidOutputError(f"the reply is packed ({packed[:20]}), which was not asked for")
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx.SyncByteStream):
    """The bytes of a reply, counted."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        with contextlib.closing(self):
            for piece in self._stream:
                count += len(piece)
                if count > LARGEST:
                    raise InvalidOutputError(f"the reply is longer than {LARGEST >> 20} MiB")
                if given_up():
                    raise PassingError("nobody waits for this reply any more")
                yield piece

    def close(self) -> None:
        self._stream.close()
