"""Text from outside, made safe to show in a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str, most: int = 0) -> str:
    """The text without control sequences; cut at `most` characters if that is not 0."""
    clean = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean if not most or len(clean) <= most else clean[: most - 1].rstrip() + "…"
