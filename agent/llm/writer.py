"""The seam between those who need words of a schema and the language model that gives them.

Invariant: whoever writes keeps to the schema, or raises a fault of `agent.llm.faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from pydantic import BaseModel

from agent.llm.patience import Limits

M = TypeVar("M", bound=BaseModel)


class Writer(Protocol):
    """Gives a value of a schema. Raises the faults of `agent.llm.faults`."""

    def structured(
        self,
        messages: Sequence[tuple[str, str]],
        schema: type[M],
        most_tokens: int,
        *,
        limits: Limits | None = None,
        check: Callable[[M], str] | None = None,
    ) -> M: ...
