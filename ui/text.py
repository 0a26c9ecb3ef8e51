"""Text from outside, made safe to show in a terminal."""

from __future__ import annotations

import re

# Controls, overrides of the writing direction (they reorder what stands beside them), and halves of
# characters that no terminal can write.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, most: int = 0) -> str:
    """The text without control sequences, a sign for each that was there; cut at `most` characters
    if that is not 0."""
    clean = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean if not most or len(clean) <= most else clean[: most - 1].rstrip() + "…"


def one_line(text: str, most: int = 0) -> str:
    """As `plain`, with every run of white space as one space."""
    return plain(" ".join(text.split()), most)
