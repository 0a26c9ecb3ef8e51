"""What a vLLM server counts of its work: tokens read, written, and found in its cache.

Invariant: read from ``/metrics`` alone; a server that does not tell gives None, never zeros.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from agent.llm.endpoint import Endpoint

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Counters:
    """Since the start of the server: tokens of prompts, tokens written, tokens looked for in the
    cache of prefixes and found there."""

    read: float
    written: float
    looked_up: float
    found: float

    def since(self, before: Counters) -> Counters:
        """What came to it after `before`."""
        return Counters(*(a - b for a, b in zip(astuple(self), astuple(before), strict=True)))

    @property
    def hit_share(self) -> float | None:
        """The share of tokens that were found in the cache; None where none was looked for."""
        return self.found / self.looked_up if self.looked_up else None


_NAMES = (
    "vllm:prompt_tokens_total",
    "vllm:generation_tokens_total",
    "vllm:prefix_cache_queries_total",
    "vllm:prefix_cache_hits_total",
)


def read_counters(endpoint: Endpoint) -> Counters | None:
    """The counters now, summed over the server's engines."""
    import httpx

    with endpoint.open(SECONDS) as client:
        try:
            reply = client.get(f"{endpoint.root}/metrics")
        except httpx.HTTPError:
            return None
    return counted(reply.text) if reply.status_code == 200 else None


def counted(text: str) -> Counters | None:
    """The counters in Prometheus' text format; None where one is missing or no number."""
    sums: dict[str, float] = {}
    for line in text.splitlines():
        name = line.partition("{")[0].partition(" ")[0]
        if name in _NAMES:
            try:
                sums[name] = sums.get(name, 0.0) + float(line.rpartition(" ")[2])
            except ValueError:
                return None
    if len(sums) < len(_NAMES):
        return None
    return Counters(*(sums[name] for name in _NAMES))
