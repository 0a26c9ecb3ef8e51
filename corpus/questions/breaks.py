"""Line breaks in a paragraph: those between notes, told from those that only wrap a sentence.

Invariant: where one line's sentence goes on in the next, no line of the paragraph is taken for a
note of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.lines import ends_sentence, flows_on

NARROW = 40  # characters: nobody wraps lines at less
SLACK = 0.75  # of the widest line: a shorter line had room for the next word
LARGE_SLACK = 0.4  # the same where the next line ends like the sentence of a wrapped paragraph
_UNFINISHED = re.compile(
    r"(?:[,;(\[/\\–—-]|\b(?:a|an|the|and|or|nor|but|of|to|in|on|at|by|for|from|with|as|into|than|"
    r"that|which|who|when|while|if|because|is|are|was|were|be|can|will|would|should|must|may|has|"
    r"have|had|do|does|not|no|its|their|this|these|using|via|called|like|includes?|such|e\.g\.?|"
    r"i\.e\.?|see))$"
)  # in lower case: a line "A" names something
_NAME = re.compile(r"[^\W\d_][\w-]*(?: [\w-]+){0,3}")
_LABELLED = re.compile(r"\w[\w/-]*(?: [\w/-]+){0,2}: +\S")


def are_notes(lines: Sequence[str], labelled: int) -> bool:
    """Whether every line is a note of its own. `labelled`: how many open with a label ("CPU: …").

    Notes are told by room at the end of a line for the word that follows, by lines too narrow to
    be wrapped, by several labels, or by three and more lines of which none ends a sentence; and no
    line goes on in the next.
    """
    bare = [line.strip() for line in lines]
    open_ends = [(a, b) for a, b in pairwise(bare) if not ends_sentence(a)]
    if not open_ends or any(_UNFINISHED.search(a) for a, _ in open_ends):
        return False
    if all(_NAME.fullmatch(line) and len(line) <= NARROW for line in bare):
        return len(bare) > 2 or not bare[1][0].islower()
    if all(_LABELLED.match(line) for line in bare):
        return True
    if any(flows_on(a, b) or not _opens(b) for a, b in pairwise(bare)):
        return False
    widest = max(map(len, bare))
    several = len(bare) > 2 and (labelled > 1 or not any(map(ends_sentence, bare)))
    return several or any(_had_room(a, b, widest) for a, b in open_ends)


def _opens(line: str) -> bool:
    first = line.lstrip("*_\"'“‘`")[:1]
    return first.isupper() or first.isdigit()


def _had_room(line: str, following: str, widest: int) -> bool:
    """Whether a writer who wraps lines would have put the next word into this line."""
    if ends_sentence(following):
        return len(line) <= LARGE_SLACK * widest
    needed = len(line) + 1 + len(following.split()[0])
    return needed <= SLACK * widest or widest <= NARROW
