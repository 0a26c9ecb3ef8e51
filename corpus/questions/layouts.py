"""What may be a question, block by block: the layouts in which documents write their questions.

Invariant: a block is judged by its own text (and the next block's, for a mark alone on its line).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.questions import wording
from corpus.schema import Block, Document

Layout = Literal[
    "marked",
    "summary",
    "numbered-bold",
    "heading",
    "listed",
    "bold",
    "term",
    "faq",
    "inline",
    "title",
    "same-line",
]

_MARK = re.compile(
    r"[\s*_#(\[]*(?:(?:interview\s+)?(?:question|frage|pregunta|domanda|pergunta|vraag)"
    r"\s*[#№]?\s*\d{0,3}|q\s?\d{1,3}|q)\s*(?:[.:)\]]|"
    r"\s[-–—]\s|$)[\s*_]*",
    re.I,
)
_ANSWER = re.compile(
    r"[\s*_#>-]*(?:<\w+>)*\s*(?:(?:(?:sample|model|ideal|short|suggested|example|expected|"
    r"best|possible|full|"
    r"correct|detailed|the|view|show|see|reveal|click (?:to|"
    r"for)(?: \w+){0,2})\s+)*(?:the\s+)?(?:answers?|solutions?|ans|antwort|respuesta|"
    r"réponse|risposta|resposta|antwoord|candidate|interviewee|applicant)\s*\d{0,3}"
    r"(?:\*\*|__|</\w+>|\s)*(?:[:.)]|[-–—](?=\s)|$)|(?-i:A)\s?\d{0,3}(?:\*\*|__)?:(?=[\s*_]))"
    r"(?:\*\*|__|</\w+>|\s)*",
    re.I,
)
_NUMBERED_BOLD = re.compile(r"\s*(?:\*\*|__)\s*\d{1,3}\s*[.)](?:\*\*|__)?")
_TITLED = re.compile(
    r"\s*(?:\*\*|__)\s*\d{1,3}\s*[.)]\s*(?P<title>[^*\n]{2,80}?)[.:]?\s*(?:\*\*|"
    r"__)[.:]?\s+(?P<rest>\S.*)",
    re.S,
)
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*\n]{3,400}?)(?:\*\*|__)\s*(?P<tail>\W*)$")
_BOLD_LEAD = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*\n]{8,300}?\?)\s*(?:\*\*|__)[\s:–—-]*(?=\S)")
_INLINE_ANSWER = re.compile(
    r"\?(?:\*\*|__)?\s*(?:\n\s*|\s)(?:\*\*|__)?A(?:ns(?:wer)?)?(?:\*\*|__)?\s*[:.](?:\*\*|__)?\s+"
)
_CALLOUT = re.compile(r">[ \t]*\[!(?:question|faq|help)\][+-]?[ \t]*(?P<title>[^\n]{4,300})", re.I)
_ANY_CALLOUT = re.compile(r">[ \t]*\[!\w+\]")
_SPEAKER = re.compile(r"[\s*_]*(?:interviewer|interrogator|hiring manager)\s*\d?[\s*_]*:[\s*_]*", re.I)
_SPOKEN_LEAD = re.compile(r"(?:and|so|but|okay|ok|now|then|well|right|good|great)\b,?\s+", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LETTERED = re.compile(r"\s*(?:\*\*|__)?[A-Z]\d{1,2}[.)](?:\*\*|__)?\s+")
_SAME_LINE = re.compile(
    r"(?P<q>[^?\n]{8,200}\?)(?:\*\*|__)?(?:\s*[-–—:]|\s*->|\s*=>)?\s+(?P<a>\S[^?]*)$|"
    r"(?P<short>[^?:\n]{6,90}?)(?:\*\*|__)?(?:\s+[-–—]|:)\s+(?P<told>\S[^?]*)$"
)
LONGEST_QUESTION = 1500
_SHORTEST_TOLD = 5  # words of an answer on the question's own line


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question at its place.

    ``start:end`` is its raw text; blocks ``first`` up to ``stop`` (exclusive) hold it and its
    answer; the answer begins at offset ``answer_start``.
    """

    layout: Layout
    first: int
    stop: int
    start: int
    end: int
    answer_start: int
    text: str  # cleaned
    answer_end: int = 0  # where the answer ends inside block ``first``; 0: the blocks tell


def answer_marker(text: str) -> int:
    """How many characters at the start of a block only announce the answer ("Answer:")."""
    match = _ANSWER.match(text[:200])
    return match.end() if match else 0


def candidate(document: Document, blocks: Sequence[Block], i: int) -> Prompt | None:
    block = blocks[i]
    raw = document.text[block.body_start : block.body_end]
    if block.kind == "html":
        return _tagged(block, i, raw)
    if block.kind == "quote":
        return _callout(document, block, i)
    if block.kind not in ("heading", "paragraph", "list_item") or not raw.strip():
        return None
    if (mark := _MARK.match(raw)) and len(raw) <= LONGEST_QUESTION:
        return _marked(document, blocks, i, mark.end())
    if len(raw) > 4000 or answer_marker(raw):
        return None
    if is_interviewer(raw) and block.kind != "heading":
        return _spoken(block, i, raw)
    if block.kind == "heading":
        text = wording.cleaned(raw)
        return _prompt("heading", block, i, text) if wording.asks_plainly(text) else None
    if block.kind == "paragraph":
        return _paragraph(block, i, raw)
    return _item(document, blocks, i, raw)


def _prompt(layout: Layout, block: Block, i: int, text: str, end: int | None = None) -> Prompt:
    end = block.body_end if end is None else end
    return Prompt(
        layout,
        i,
        i + 1,
        block.body_start,
        end,
        max(end, block.end) if end == block.body_end else end,
        text,
    )


def _tagged(block: Block, i: int, raw: str) -> Prompt | None:
    if block.marker == "front-matter":
        title = re.search(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", raw, re.M)
        text = wording.cleaned(title.group(1)) if title else ""
        if title is None or not wording.asks_plainly(text):
            return None
        start = block.body_start + title.start(1)
        return Prompt("title", i, i + 1, start, block.body_start + title.end(1), block.end, text)
    if block.marker == "<summary>" and not answer_marker(raw):
        text = wording.cleaned(raw)
        return _prompt("summary", block, i, text) if len(text) > 8 else None
    if block.marker == "<dt>":
        text = wording.cleaned(raw)
        return _prompt("term", block, i, text) if wording.asks(text) else None
    return None


def _marked(document: Document, blocks: Sequence[Block], i: int, skip: int) -> Prompt | None:
    """ "Q 1. …", "Question 3: …"; a mark alone on its line has its question in the next block."""
    block = blocks[i]
    raw = document.text[block.body_start : block.body_end]
    inline = _INLINE_ANSWER.search(raw)
    if inline:
        end = block.body_start + inline.start() + 1
        text = wording.cleaned(raw[: inline.start() + 1])
        return Prompt(
            "marked", i, i + 1, block.body_start, end, block.body_start + inline.end(), text
        )
    text = wording.cleaned(raw[skip:])
    if text:
        return _prompt("marked", block, i, text)
    if i + 1 < len(blocks) and blocks[i + 1].kind in ("paragraph", "heading", "quote"):
        following = blocks[i + 1]
        text = wording.cleaned(document.text[following.body_start : following.body_end])
        if 0 < len(text) <= LONGEST_QUESTION:
            return replace(_prompt("marked", following, i, text), stop=i + 2)
    return None


def is_callout(document: Document, block: Block) -> bool:
    """Whether a quote is a box of a note-taking program (``> [!note]``)."""
    return block.kind == "quote" and bool(_ANY_CALLOUT.match(document.text, block.start))


def _callout(document: Document, block: Block, i: int) -> Prompt | None:
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


def _spoken(block: Block, i: int, raw: str) -> Prompt | None:
    """The last sentence of the interviewer that asks something."""
    match = _SPEAKER.match(raw)
    said = _SENTENCE_END.split(wording.cleaned(raw[match.end() if match else 0 :]))
    for sentence in reversed(said):
        text = _SPOKEN_LEAD.sub("", sentence, count=1)
        text = text[:1].upper() + text[1:]
        if wording.asks_plainly(text):
            return _prompt("marked", block, i, text)
    return None


def _paragraph(block: Block, i: int, raw: str) -> Prompt | None:
    if (lettered := _LETTERED.match(raw)) and len(raw) <= 400:
        text = wording.cleaned(raw[lettered.end() :])
        return _prompt("listed", block, i, text) if wording.asks(text) else None
    if _NUMBERED_BOLD.match(raw) and len(raw) <= LONGEST_QUESTION:
        return _numbered_bold(block, i, raw)
    if bold := _BOLD_LINE.match(raw):
        text = wording.cleaned(raw)
        marks = any(ord(c) > 0x2300 for c in bold.group(0))
        if wording.asks_plainly(text) or (marks and len(text) > 3):
            return _prompt("bold", block, i, text)
        return None
    if lead := _BOLD_LEAD.match(raw):
        text = wording.cleaned(lead.group("text"))
        if wording.asks_plainly(text):
            return _prompt("inline", block, i, text, block.body_start + lead.end())
        return None
    if len(raw) > 400 or "?" not in raw[-40:]:
        return None
    text = wording.cleaned(raw)
    if len(text) <= 250 and text.endswith("?") and wording.asks_plainly(text):
        return _prompt("faq", block, i, text)
    return None


def _numbered_bold(block: Block, i: int, raw: str) -> Prompt | None:
    """ "**1) …**", "**1.** …" and "**1) Title.** The task": title and task become two sentences."""
    titled = _TITLED.match(raw)
    text = wording.cleaned(raw)
    if titled:
        title, rest = (wording.cleaned(titled.group(name)) for name in ("title", "rest"))
        text = f"{title}{'' if title.endswith('?') else '.'} {rest}"
    return _prompt("numbered-bold", block, i, text) if len(text) > 2 else None


def _item(document: Document, blocks: Sequence[Block], i: int, raw: str) -> Prompt | None:
    block = blocks[i]
    if lead := _BOLD_LEAD.match(raw):
        text = wording.cleaned(lead.group("text"))
        if wording.asks_plainly(text):
            return _prompt("inline", block, i, text, block.body_start + lead.end())
    inline = _INLINE_ANSWER.search(raw)
    if inline and wording.asks(wording.cleaned(raw[: inline.start() + 1])):
        end = block.body_start + inline.start() + 1
        text = wording.cleaned(raw[: inline.start() + 1])
        return Prompt(
            "listed", i, i + 1, block.body_start, end, block.body_start + inline.end(), text
        )
    if block.level == 0 and (told := _same_line(block, i, raw)):
        return told
    toggle = block.level == 0 and raw.rstrip().endswith("?") and opens_toggle(document, blocks, i)
    if not (block.marker[:1].isdigit() and block.level == 0) and not (
        toggle or _BOLD_LINE.match(raw)
    ):
        return None
    text = wording.cleaned(raw)
    if len(text) <= LONGEST_QUESTION and (wording.asks(text) or _announced(document, blocks, i)):
        return _prompt("listed", block, i, text)
    return None


def _same_line(block: Block, i: int, raw: str) -> Prompt | None:
    """ "1) What is X? - the answer" and "2. Explain Y: the answer"."""
    match = _SAME_LINE.match(raw) if block.marker[:1].isdigit() else None
    if match is None:
        return None
    name, told = ("q", "a") if match.group("q") else ("short", "told")
    text = wording.cleaned(match.group(name))
    answer = wording.cleaned(match.group(told))
    if len(answer.split()) < _SHORTEST_TOLD or wording.stands_alone(answer):
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


def _announced(document: Document, blocks: Sequence[Block], i: int) -> bool:
    """Whether the next block says of itself that it is the answer."""
    if i + 1 >= len(blocks):
        return False
    after = blocks[i + 1]
    return answer_marker(document.text[after.body_start : after.body_end]) > 0
