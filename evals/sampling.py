"""A fixed part of a large file: the same rows on every machine, spread over all its questions.

Invariant: what is drawn depends on the rows alone; a run says of how many a part was drawn.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
SEED = "greenroom 1"  # another one would draw other rows, and figures of two runs not compare


def spread(items: Sequence[Item], most: int | None, group: Callable[[Item], str]) -> list[Item]:
    """At most `most` items (None: all), one of each group in turn until there are enough; which of
    a group, and which group first, is told by hashes. The items keep their order."""
    if most is None or len(items) <= most:
        return list(items)
    groups: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        groups[group(item)].append(i)
    ordered = [
        sorted(found, key=lambda i: _digest(f"{name}/{i}"))
        for name, found in sorted(groups.items(), key=lambda pair: _digest(pair[0]))
    ]
    turns = [(turn, place, i) for place, mine in enumerate(ordered) for turn, i in enumerate(mine)]
    return [items[i] for i in sorted(i for _, _, i in sorted(turns)[:most])]


def part_of(drawn: int, of: int, over: str = "") -> tuple[str, ...]:
    """What a report says of a part, in one sentence; nothing of a whole. `over` says what it was
    spread over."""
    spread_over = f", spread over all of its {over}" if over else ""
    return () if drawn == of else (f"A fixed draw of {drawn:,} of its {of:,} rows{spread_over}.",)


def _digest(text: str) -> bytes:
    return hashlib.sha256(f"{SEED}/{text}".encode()).digest()
