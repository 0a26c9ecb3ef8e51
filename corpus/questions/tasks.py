"""Tasks: exercises answered by code, whose wording may be spread over several blocks.

Invariant: a task reads on its own: the instruction above it, what is given and the examples are in
its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.outline import Outline
from corpus.questions import wording
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Prompt
from corpus.schema import Block, Document

LONGEST = 900  # characters of a task's text; examples beyond are left out
_EXAMPLE = re.compile(
    r"(?:for )?(?:examples?|inputs?|outputs?|where|notes?|e\.g|samples?|expected|given|"
    r"constraints?|test cases?)\b",
    re.I,
)
_GIVEN = re.compile(
    r"\b(?:schema|tables?|suppose|given|consider|assume|imagine|data ?set|following|you have)\b",
    re.I,
)
_PLURALS = (
    ("queries", "query"),
    ("functions", "function"),
    ("programs", "program"),
    ("scripts", "script"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """`answer` is the block at which the answer begins."""

    text: str
    answer: int


def task_of(document: Document, blocks: Sequence[Block], prompt: Prompt) -> Task | None:
    """The task that a prompt sets, where fenced code answers it; None for an ordinary question."""
    if prompt.layout in ("title", "faq", "term", "inline"):
        return None
    code = next(
        (i for i in range(prompt.first + 1, prompt.stop) if _is_answer_code(blocks[i])), None
    )
    if code is None:
        return None
    between = range(prompt.first + 1, code)
    if prompt.layout != "numbered-bold" and not wording.is_task(prompt.text):
        return None
    begin = code
    if between and _leads_in(document, blocks[code - 1]):
        begin = code - 1
    description = range(prompt.first + 1, begin)
    size = sum(blocks[i].end - blocks[i].start for i in description)
    if size > 1200 or (
        wording.asks_plainly(prompt.text) and not _describes(document, blocks, description)
    ):
        return None
    return Task(_text(document, blocks, prompt, description), begin)


def _is_answer_code(block: Block) -> bool:
    return block.kind == "code" and block.marker[:1] in ("`", "~", "<")


def _leads_in(document: Document, block: Block) -> bool:
    """Whether a paragraph announces the code under it ("With a loop:") and is no example."""
    text = plain(document.text[block.body_start : block.body_end])
    return block.kind == "paragraph" and text.endswith(":") and not _EXAMPLE.match(text)


def _describes(document: Document, blocks: Sequence[Block], among: range) -> bool:
    """Whether what stands before the code goes on with the task rather than answer it."""
    return all(
        blocks[i].kind in ("list_item", "code", "html", "table")
        or (
            len(text := plain(document.text[blocks[i].start : blocks[i].end])) < 200
            and text.endswith(":")
        )
        for i in among
    )


def _text(document: Document, blocks: Sequence[Block], prompt: Prompt, among: range) -> str:
    text = prompt.text
    items: list[str] = []
    for i in among:
        block = blocks[i]
        if block.kind not in ("list_item", "paragraph", "code"):
            continue
        said = " ".join(plain(document.text[block.body_start : block.body_end]).split())
        if len(text) + sum(map(len, items)) + len(said) > LONGEST:
            break
        if block.kind == "list_item":
            items.append(_item(said))
            continue
        text, items = _with_items(text, items), []
        text = f"{_closed(text)} {said}"
    return _with_items(text, items)


def _item(text: str) -> str:
    return text[:-3].rstrip(" ,") + " …" if text.endswith("...") else text.rstrip(".;,")


def _with_items(text: str, items: list[str]) -> str:
    if not items:
        return text
    listed = "; ".join(items)
    listed = listed if listed.endswith("…") else listed + "."
    return f"{text} {listed}" if text.endswith("?") else f"{text.rstrip('.: ')}: {listed}"


def _closed(text: str) -> str:
    return text if text.endswith((".", "?", "!", ":", ";")) else text + "."


def instruction_for(
    document: Document, blocks: Sequence[Block], outline: Outline, first: int
) -> str:
    """The instruction, with what is given, that stands between a heading and its first task.

    Empty where there is none. `first` is the block of the first prompt of the section.
    """
    heading = outline.heading(first)
    start = 0 if heading is None else heading + 1
    above = [b for b in blocks[start:first] if b.kind in ("paragraph", "list_item")]
    texts = [" ".join(plain(document.text[b.body_start : b.body_end]).split()) for b in above]
    if not above or above[-1].kind != "paragraph" or not texts[-1].endswith(":"):
        return ""
    if not (wording.is_task(texts[-1]) or "following" in texts[-1].lower()):
        return ""
    given = _given(above[:-1], texts[:-1])
    return f"{given} {_singular(texts[-1])}".strip()


def _given(blocks: Sequence[Block], texts: Sequence[str]) -> str:
    if not any(_GIVEN.search(t) for t in texts) or sum(map(len, texts)) > LONGEST:
        return ""
    text = ""
    items: list[str] = []
    for block, said in zip(blocks, texts, strict=True):
        if block.kind == "list_item":
            items.append(_item(said))
        else:
            text = f"{_closed(_with_items(text, items))} {said}" if text else said
            items = []
    return _closed(_with_items(text, items)).lstrip(": ")


def _singular(instruction: str) -> str:
    """ "Write SQL queries to …" asks for one query at a time."""
    for many, one in _PLURALS:
        match = re.match(rf"(\w+) ((?:[\w-]+ )?){many}\b", instruction)
        if match:
            what = f"{match.group(2)}{one}"
            spelled = what[:2].isupper() and what[0] in "AEFHILMNORSX"
            article = "an" if what[0].lower() in "aeiou" or spelled else "a"
            return f"{match.group(1)} {article} {what}{instruction[match.end() :]}"
    return instruction


def instructed(instruction: str, task: str) -> str:
    """The instruction with one task of its list."""
    if task[:1].isupper() and task[1:2].islower():
        task = task[:1].lower() + task[1:]
    return f"{instruction} {task}"
