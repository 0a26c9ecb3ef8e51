"""The answer to a prompt as spans of the document: whole, and without what is not the answer.

Invariant: no span touches a removed passage, an announcement ("Answer:") or advice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.questions.layouts import answer_marker
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Prompt
from corpus.schema import Block, Document, Removed, Span

_PLACEHOLDER = re.compile(
    r"\W*(?:(?:(?:your |add |write |put |insert |the )*answer(?:s)?(?: goes)?(?: here)?)|"
    r"todo\b.{0,40}|tb[ad]|"
    r"to be (?:added|written|answered|done|determined|updated|continued)|(?:coming|"
    r"answer(?:ed)?) soon|n/?a|none|"
    r"pending|wip|work in progress|fill (?:this |me )?in|no answer(?: yet)?|"
    r"not answered(?: yet)?|unanswered|"
    r"contributions? (?:are )?welcome|help wanted|please (?:add|contribute|create).{0,60}|\?+|)\W*",
    re.I,
)
_ADVICE = re.compile(
    r"[\s*_>#-]*(?:💡|📝|🎯|🔑)?[\s*_]*(?:interview(?:er)?(?:[’']s)? (?:tip|advice|hint|note)s?|"
    r"pro[- ]?tip|"
    r"resume (?:link|tie[- ]?in)|how to answer|what (?:the )?interviewers? (?:wants?|looks?|"
    r"are looking)[^:]{0,40}|"
    r"tips? for (?:candidates|the interview|answering)|red flags?|green flags?|look for|"
    r"follow[- ]?ups?(?: questions?)?|scoring)\s*(?:\*\*|__)?\s*:|"
    r"[\s>]*\[!(?:tip|hint|important)\][+-]?[ \t]*interview",
    re.I,
)
LONGEST_ARTICLE = 2500  # characters; of a longer article under a title the leading part is taken
LEADING_PART = 2000
LONGEST = 8000  # characters of any other answer: beyond that the text has moved on


@dataclass(frozen=True, slots=True)
class Answer:
    """`spans` may be empty: the question is left open. `advice` is to be shown later."""

    spans: tuple[Span, ...]
    advice: tuple[str, ...]


def answer_of(
    document: Document,
    blocks: Sequence[Block],
    prompt: Prompt,
    begin: int,
    removed: Sequence[Removed],
) -> Answer:
    """The answer in blocks `begin` up to ``prompt.stop``.

    `blocks` leaves out removed ones; a passage removed between two blocks parts the answer in two
    spans. Headings, rules and bare tags at the end are cut off.
    """
    if prompt.answer_end:
        return Answer((document.span(prompt.answer_start, prompt.answer_end),), ())
    places, advice = _places(document, blocks, prompt, begin)
    article = prompt.layout in ("title", "heading")
    places = _leading(places, *((LONGEST_ARTICLE, LEADING_PART) if article else (LONGEST,) * 2))
    spans = tuple(document.span(start, end) for start, end in _runs(document, places, removed))
    if _PLACEHOLDER.fullmatch(plain(" ".join(s.quote[:400] for s in spans[:3]))[:200]):
        return Answer((), advice)
    return Answer(spans, advice)


_Place = tuple[int, int, bool]  # start, end, whether it may end an answer


def _places(
    document: Document, blocks: Sequence[Block], prompt: Prompt, begin: int
) -> tuple[list[_Place], tuple[str, ...]]:
    places: list[_Place] = []
    advice: list[str] = []
    first = blocks[prompt.first]
    if begin == prompt.first and prompt.answer_start < first.end:
        places.append((prompt.answer_start, first.end, True))
    for i in range(max(begin, prompt.first + 1), prompt.stop):
        block = blocks[i]
        if block.start < prompt.answer_start:
            continue
        start = block.start
        raw = document.text[block.body_start : block.body_end]
        if not any(p[2] for p in places) and (skip := answer_marker(raw)):
            if block.kind == "html":
                continue
            start = block.body_start + skip
            start += len(document.text[start : block.end]) - len(
                document.text[start : block.end].lstrip()
            )
        if _ADVICE.match(raw) and block.kind != "code":
            advice.append(plain(raw))
            continue
        if start >= block.end:
            continue
        solid = block.kind not in ("heading", "rule", "html") or block.marker in (
            "<summary>",
            "<dt>",
        )
        places.append((start, block.end, solid))
    while places and not places[-1][2]:
        places.pop()
    while places and not places[0][2]:
        places.pop(0)
    return places, tuple(advice)


def _leading(places: list[_Place], longest: int, part: int) -> list[_Place]:
    """Of an answer over `longest` characters the leading blocks, up to `part`, at least one."""
    if not places or places[-1][1] - places[0][0] <= longest:
        return places
    kept = [places[0]]
    for place in places[1:]:
        if place[1] - places[0][0] > part:
            break
        kept.append(place)
    while len(kept) > 1 and not kept[-1][2]:
        kept.pop()
    return kept


def _runs(
    document: Document, places: list[_Place], removed: Sequence[Removed]
) -> list[tuple[int, int]]:
    """Neighbouring places as one passage, unless something was removed or left out between them."""
    runs: list[tuple[int, int]] = []
    for start, end, solid in places:
        if runs and not _parted(document, runs[-1][1], start, removed):
            runs[-1] = (runs[-1][0], end)
        elif solid:
            runs.append((start, end))
    return [run for run in runs if any(not c.isspace() for c in document.text[slice(*run)])]


def _parted(document: Document, end: int, start: int, removed: Sequence[Removed]) -> bool:
    at = bisect_left(removed, end, key=lambda r: r.start)
    if at < len(removed) and removed[at].start < start:
        return True
    return bool(document.text[end:start].strip())
