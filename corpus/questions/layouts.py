"""What may be a question, block by block: the layouts in which documents write their questions.

Invariant: a block is judged by its own text (and the next block's, for a mark alone on its line).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.questions import wording
from corpus.questions.boxes import callout, is_interviewer, opens_toggle, same_line, spoken
from corpus.questions.prompt import LONGEST_QUESTION, Prompt, prompt_of
from corpus.schema import Block, Document

_MARK = re.compile(
    r"[\s*_#(\[]*(?:(?:interview\s+)?(?:question|frage|pregunta|domanda|pergunta|vraag)"
    r"\s*[#№]?\s*\d{0,4}|q\s?\d{1,4}|q)\s*(?:[.:)\]]|"
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
_NUMBERED_BOLD = re.compile(r"\s*(?:\*\*|__)\s*\d{1,4}\s*[.)](?:\*\*|__)?")
_TITLED = re.compile(
    r"\s*(?:\*\*|__)\s*\d{1,4}\s*[.)]\s*(?P<title>[^*\n]{2,80}?)[.:]?\s*(?:\*\*|"
    r"__)[.:]?\s+(?P<rest>\S.*)",
    re.S,
)
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*\n]{3,400}?)(?:\*\*|__)\s*(?P<tail>\W*)$")
_BOLD_LEAD = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*\n]{8,300}?\?)\s*(?:\*\*|__)[\s:–—-]*(?=\S)")
_INLINE_ANSWER = re.compile(
    r"\?(?:\*\*|__)?\s*(?:\n\s*|\s)(?:\*\*|__)?A(?:ns(?:wer)?)?(?:\*\*|__)?\s*[:.](?:\*\*|__)?\s+"
    r"|\?A(?:ns(?:wer)?)?:[ \t]*(?=\S)"  # as it comes out of a spreadsheet
)
_LETTERED = re.compile(r"\s*(?:\*\*|__)?[A-Z]\d{1,2}[.)](?:\*\*|__)?\s+")


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
        return callout(document, block, i)
    if block.kind not in ("heading", "paragraph", "list_item") or not raw.strip():
        return None
    if (mark := _MARK.match(raw)) and len(raw) <= LONGEST_QUESTION:
        return _marked(document, blocks, i, mark.end())
    if len(raw) > 4000 or answer_marker(raw):
        return None
    if is_interviewer(raw) and not (block.kind == "heading" and block.marker):
        return spoken(block, i, raw)
    if block.kind == "heading":
        text = wording.cleaned(raw)
        return prompt_of("heading", block, i, text) if wording.asks_plainly(text) else None
    if block.kind == "paragraph":
        return _paragraph(block, i, raw)
    return _item(document, blocks, i, raw)


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
        return prompt_of("summary", block, i, text) if len(text) > 8 else None
    if block.marker == "<dt>":
        text = wording.cleaned(raw)
        return prompt_of("term", block, i, text) if wording.asks(text) else None
    return None


def _marked(document: Document, blocks: Sequence[Block], i: int, skip: int) -> Prompt | None:
    """ "Q 1. …", "Question 3: …"; a mark alone on its line has its question in the next block."""
    block = blocks[i]
    raw = document.text[block.body_start : block.body_end]
    inline = _INLINE_ANSWER.search(raw)
    if inline:
        end = block.body_start + inline.start() + 1
        text = wording.cleaned(raw[: inline.start() + 1])
        begin = block.body_start + inline.end()
        # Fields of a row parted by tabs: what follows the answer is a tag.
        tab = raw.find("\t", inline.end()) if "\t" in inline.group() else -1
        stop = block.body_start + len(raw[:tab].rstrip()) if tab > inline.end() else 0
        return Prompt("marked", i, i + 1, block.body_start, end, begin, text, stop)
    text = wording.cleaned(raw[skip:])
    if text:
        return prompt_of("marked", block, i, text)
    if i + 1 < len(blocks) and blocks[i + 1].kind in ("paragraph", "heading", "quote"):
        following = blocks[i + 1]
        text = wording.cleaned(document.text[following.body_start : following.body_end])
        if 0 < len(text) <= LONGEST_QUESTION:
            return replace(prompt_of("marked", following, i, text), stop=i + 2)
    return None


def _paragraph(block: Block, i: int, raw: str) -> Prompt | None:
    if (lettered := _LETTERED.match(raw)) and len(raw) <= 400:
        text = wording.cleaned(raw[lettered.end() :])
        return prompt_of("listed", block, i, text) if wording.asks(text) else None
    if _NUMBERED_BOLD.match(raw) and len(raw) <= LONGEST_QUESTION:
        return _numbered_bold(block, i, raw)
    if bold := _BOLD_LINE.match(raw):
        text = wording.cleaned(raw)
        marks = any(ord(c) > 0x2300 for c in bold.group(0))
        if wording.asks_plainly(text) or (marks and len(text) > 3):
            return prompt_of("bold", block, i, text)
        return None
    if lead := _BOLD_LEAD.match(raw):
        text = wording.cleaned(lead.group("text"))
        if wording.asks_plainly(text):
            return prompt_of("inline", block, i, text, block.body_start + lead.end())
        return None
    if len(raw) > 400 or "?" not in raw[-40:]:
        return None
    text = wording.cleaned(raw)
    if len(text) <= 250 and text.endswith("?") and wording.asks_plainly(text):
        return prompt_of("faq", block, i, text)
    return None


def _numbered_bold(block: Block, i: int, raw: str) -> Prompt | None:
    """ "**1) …**", "**1.** …" and "**1) Title.** The task": title and task become two sentences."""
    titled = _TITLED.match(raw)
    text = wording.cleaned(raw)
    if titled:
        title, rest = (wording.cleaned(titled.group(name)) for name in ("title", "rest"))
        text = f"{title}{'' if title.endswith('?') else '.'} {rest}"
    return prompt_of("numbered-bold", block, i, text) if len(text) > 2 else None


def _item(document: Document, blocks: Sequence[Block], i: int, raw: str) -> Prompt | None:
    block = blocks[i]
    if lead := _BOLD_LEAD.match(raw):
        text = wording.cleaned(lead.group("text"))
        if wording.asks_plainly(text):
            return prompt_of("inline", block, i, text, block.body_start + lead.end())
    inline = _INLINE_ANSWER.search(raw)
    if inline and wording.asks(wording.cleaned(raw[: inline.start() + 1])):
        end = block.body_start + inline.start() + 1
        text = wording.cleaned(raw[: inline.start() + 1])
        return Prompt(
            "listed", i, i + 1, block.body_start, end, block.body_start + inline.end(), text
        )
    if block.level == 0 and (told := same_line(block, i, raw)):
        return told
    toggle = block.level == 0 and raw.rstrip().endswith("?") and opens_toggle(document, blocks, i)
    if not (block.marker[:1].isdigit() and block.level == 0) and not (
        toggle or _BOLD_LINE.match(raw)
    ):
        return None
    text = wording.cleaned(raw)
    if len(text) <= LONGEST_QUESTION and (wording.asks(text) or _announced(document, blocks, i)):
        return prompt_of("listed", block, i, text)
    return None


def _announced(document: Document, blocks: Sequence[Block], i: int) -> bool:
    """Whether the next block says of itself that it is the answer."""
    if i + 1 >= len(blocks):
        return False
    after = blocks[i + 1]
    return answer_marker(document.text[after.body_start : after.body_end]) > 0
