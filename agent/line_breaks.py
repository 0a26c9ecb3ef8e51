"""Which line breaks of a text end a sentence, and which only fold a long line.

Invariant: a break between two lines of prose folds them, unless the second begins something new: a
paragraph, a list item, a heading, a label, or a thought with a capital of its own. A break beside
code or a table row always ends what stands before it.
"""

from __future__ import annotations

import re

BORDER = "\N{PARAGRAPH SEPARATOR}"  # stands where words were taken out of the middle of a line
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_CODE = re.compile(
    r"(?: {4}|\t)|[\w.\[\]]{1,60}\s?[-+*/|&]?=(?!=)|[\w.]{1,60}\(.*\)$|.*[;{}\\|]$|.*\|.*\||@\w"
    r"|(?:def|class|for|if|while|with)\s.*:$|import\s[\w.]+$|return\s\w+$|(?:SELECT|FROM|WHERE)\s"
)
_ITEM = re.compile(r"(?:[-*•+–—#>|=~<\[]|\(?(?:\d{1,2}|[a-z])[.)]\s)")
_LABEL = re.compile(r"[\w/-]{1,30}(?: [\w/-]{1,30}){0,2}:(?:\s|$)")
_OPENING = re.compile(r"""[\w"'“‘(`$€£≈]""")
_CAPITAL = re.compile(r"""["'“‘(`]?(?:[A-Z][a-z]|(?:A|It)\s)""")
# A line that ends so is not finished, whatever the next begins with.
_UNFINISHED = re.compile(
    r"""(?:[,(\[/&+=<>→“‘-]|\b(?:a|an|the|of|in|on|at|to|for|from|by|with|and|or|nor|but|so|as|than
    |that|which|who|if|when|while|because|since|into|over|per|via|like|is|are|was|were|be|been|has
    |have|had|do|does|did|not|can|could|will|would|may|might|must|should|this|these|those|its|their
    |your|our|my|each|every|both|between|using|called|use|uses|e\.g\.|i\.e\.|vs\.?))$""",
    re.X | re.I,
)


def ending_breaks(text: str) -> frozenset[int]:
    """The places of the line breaks (``"\\n"``) that end a sentence, whatever stands before them.
    A break after a full stop ends one as well and need not be among them."""
    ending: set[int] = set()
    at, fenced = 0, False
    lines = text.split("\n")
    for i in range(len(lines) - 1):
        before, after = lines[i], lines[i + 1]
        at += len(before)
        fenced ^= bool(_FENCE.match(before))
        if fenced or _FENCE.match(before) or _ends(before, after):
            ending.add(at)
        at += 1
    return frozenset(ending)


def _ends(before: str, after: str) -> bool:
    left, right = before.rstrip(), after.strip()
    if not left or not right or _CODE.match(left) or _CODE.match(after.rstrip()):
        return True
    if left.lstrip().startswith("#") or _ITEM.match(right) or not _OPENING.match(right):
        return True
    if left.endswith(":"):
        return True
    begins = _LABEL.match(right) or _CAPITAL.match(right)
    return bool(begins) and not _UNFINISHED.search(left[-20:])
