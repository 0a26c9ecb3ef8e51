"""What search reads of a passage: its title and headings, then its text without link targets.

Invariant: every character kept of the text knows where it stood, so that a token's offsets still
point into the passage as it stands in the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedder import Embedding, TokenMatrix

# What carries no meaning for search: the targets of links and images, bare addresses, tags, the
# rules under table heads, runs of ornament, and the marks of emphasis. Addresses matter most: the
# word pieces of one can outnumber those of the sentence around it.
_NOISE = re.compile(
    r"""
      \]\((?:[^()\s]|\([^()\s]*\)){1,2000}(?:\s+"[^"\n]{0,500}")?\)        # target of a link
    | (?:https?|ftp)://[^\s<>()\[\]]+
    | (?<![\w)\]])!?\[                                                      # of a link, not a[i]
    | </?[A-Za-z][^<>\n]{0,300}>
    | [-=_*~|:+─═│┌┐└┘├┤┬┴┼\s]{4,}(?=\s)                                    # table heads, boxes
    | \*\*|(?<!\w)__|__(?!\w)|`{1,3}|~~
    | (?m:^[\ \t]*(?:\#{1,6}|>)[\ \t])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is what the encoder and BM25 read; its first `prefix` characters are the title and
    headings; `origin` int32 [len(text) - prefix] is where each further character stood."""

    text: str
    prefix: int
    origin: npt.NDArray[np.int32]

    def restore(self, embedding: Embedding) -> Embedding:
        """The same embedding with offsets into the passage; −1 for tokens of the prefix."""
        offsets = embedding.tokens.offsets
        starts, ends = offsets[:, 0] - self.prefix, offsets[:, 1] - self.prefix
        restored = np.full_like(offsets, -1)
        inside = (starts >= 0) & (ends > starts)
        restored[inside, 0] = self.origin[starts[inside]]
        restored[inside, 1] = self.origin[ends[inside] - 1] + 1
        tokens = TokenMatrix(embedding.tokens.ids, restored, embedding.tokens.vectors)
        return Embedding(embedding.pooled, tokens)


def read(title: str, heading: str, text: str) -> Reading:
    """Read a passage. The title is left out where the headings already start with it."""
    above = heading if heading.startswith(title) else f"{title} > {heading}" if heading else title
    prefix = f"{above}\n" if above.strip() else ""
    keep = np.ones(len(text), dtype=bool)
    parts = []
    at = 0
    for match in _NOISE.finditer(text):
        parts.append(text[at : match.start()])
        # A run of ornament that contains white space still parts two words.
        blank = next((i for i in range(*match.span()) if text[i].isspace()), None)
        keep[match.start() : match.end()] = False
        if blank is not None:
            keep[blank] = True
            parts.append(text[blank])
        at = match.end()
    parts.append(text[at:])
    return Reading(prefix + "".join(parts), len(prefix), np.flatnonzero(keep).astype(np.int32))
