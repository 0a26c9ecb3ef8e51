"""Questions in boxes, toggles, transcripts, and with the answer on their own line.

Invariant: each test looks at one block and, for a toggle, at how deep the next one stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions import wording
from corpus.questions.prompt import Prompt, prompt_of
from corpus.schema import Block, Document

_CALLOUT = re.compile(r">[ \t]*\[!(?:question|faq|help)\][+-]?[ \t]*(?P<title>[^\n]{4,300})", re.I)
_ANY_CALLOUT = re.compile(r">[ \t]*\[!\w+\]")
_SPEAKER = re.compile(
    r"[\s*_]*(?:interviewer|interrogator|hiring manager)\s*\d?[\s*_]*:[\s*_]*", re.I
)
_SPOKEN_LEAD = re.compile(r"(?:and|so|but|okay|ok|now|then|well|right|good|great)\b,?\s+", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SAME_LINE = re.compile(
    r"(?P<q>[^?\n]{8,200}\?)(?:\*\*|__)?(?:\s*[-–—:]|\s*->|\s*=>)?\s+(?P<a>\S[^?]*)$|"
    r"(?P<short>[^?:\n]{6,90}?)(?:\*\*|__)?(?:\s+[-–—]|:)\s+(?P<told>\S[^?]*)$"
)
_INSTRUCTION = re.compile(
    r"(?:please |also |briefly |then )*(?:give|provide|state|list|name|show|use|include|mention|"
    r"illustrate|support|justify|assume|suppose|consider|draw|write|sketch|answer|be specific|"
    r"include|choose|select|pick|hint|note)\b",
    re.I,
)
_SHORTEST_TOLD = 5  # words of an answer on the question's own line


def is_callout(document: Document, block: Block) -> bool:
    """Whether a quote is a box of a note-taking program (``> [!note]``)."""
    return block.kind == "quote" and bool(_ANY_CALLOUT.match(document.text, block.start))


def callout(document: Document, block: Block, i: int) -> Prompt | None:
    """ "> [!question] What is …?" with the answer in the box."""
    match = _CALLOUT.match(document.text, block.start, block.end)
    if match is None:
        return None
    text = wording.cleaned(match.group("title"))
    start, end = match.span("title")
    after = re.compile(r"[\s>]*").match(document.text, end, block.end)
    answer = after.end() if after else block.end
    return Prompt("marked", i, i + 1, start, end, answer, text) if text else None


def is_interviewer(raw: str) -> bool:
    """Whether a passage is what the interviewer says in a transcript."""
    return bool(_SPEAKER.match(raw))


def spoken(block: Block, i: int, raw: str) -> Prompt | None:
    """The last sentence of the interviewer that asks something."""
    match = _SPEAKER.match(raw)
    said = _SENTENCE_END.split(wording.cleaned(raw[match.end() if match else 0 :]))
    for sentence in reversed(said):
        text = _SPOKEN_LEAD.sub("", sentence, count=1)
        text = text[:1].upper() + text[1:]
        if wording.asks_plainly(text):
            return prompt_of("marked", block, i, text)
    return None


def same_line(block: Block, i: int, raw: str) -> Prompt | None:
    """ "1) What is X? - the answer" and "2. Explain Y: the answer"."""
    match = _SAME_LINE.match(raw) if block.marker[:1].isdigit() else None
    if match is None:
        return None
    name, told = ("q", "a") if match.group("q") else ("short", "told")
    text = wording.cleaned(match.group(name))
    answer = wording.cleaned(match.group(told))
    if (
        len(answer.split()) < _SHORTEST_TOLD
        or wording.stands_alone(answer)
        or _INSTRUCTION.match(answer)
    ):
        return None
    if not wording.asks(text) or (name == "short" and len(text.split()) < 2):
        return None
    start = block.body_start
    return Prompt(
        "same-line", i, i + 1, start, start + match.end(name), start + match.start(told), text
    )


def opens_toggle(document: Document, blocks: Sequence[Block], i: int) -> bool:
    """Whether an indented paragraph or code, no further item, follows a list item."""
    if i + 1 >= len(blocks) or blocks[i + 1].kind not in ("paragraph", "code"):
        return False
    return is_indented(document, blocks[i + 1])


def is_indented(document: Document, block: Block) -> bool:
    """Whether a block starts two or more blanks, or a tab, into its line."""
    line = document.text[document.text.rfind("\n", 0, block.start) + 1 : block.start]
    lead = line + document.text[block.start : block.start + 1]
    return not line.strip() and (len(line) >= 2 or "\t" in lead or lead == "  ")
