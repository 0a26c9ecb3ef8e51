"""A study plan read as topics: a heading (or label) with one comma-separated list of subjects.

Invariant: a document has either at least four such topics or none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.outline import Section, readable_title, sections
from corpus.questions.plaintext import plain
from corpus.schema import Block, CurriculumTopic, Document

FEWEST_TOPICS = 4
_SUBJECT_WORDS = 8  # a subject is a short noun phrase, not a clause


def curriculum(document: Document, blocks: Sequence[Block]) -> tuple[CurriculumTopic, ...]:
    """The topics of a study plan, in order; none for any other document."""
    text = document.text
    found = []
    for section in sections(document, blocks, ()):
        subjects = subjects_of(text, section)
        if subjects and section.heading is not None and section.title:
            span = document.span(section.heading.start, section.blocks[-1].end)
            found.append(CurriculumTopic(section.title, subjects, span))
    if len(found) < FEWEST_TOPICS:
        found = _labelled(document, blocks)
    return tuple(found) if len(found) >= FEWEST_TOPICS else ()


def subjects_of(text: str, section: Section) -> tuple[str, ...]:
    """The subjects under a heading whose body is nothing but a list of them, else none."""
    body = [b for b in section.blocks if b.kind not in ("rule", "html")]
    if not body or any(b.kind not in ("paragraph", "list_item") for b in body):
        return ()
    if len(body) == 1:
        return _subjects(text[body[0].body_start : body[0].body_end])
    if all(b.kind == "list_item" for b in body):
        items = [plain(text[b.body_start : b.body_end]) for b in body]
        return tuple(items) if _are_subjects(items) else ()
    return ()


def _labelled(document: Document, blocks: Sequence[Block]) -> list[CurriculumTopic]:
    """List items or lines "Topic: subject, subject, …"."""
    found = []
    for block in blocks:
        if block.kind not in ("list_item", "paragraph"):
            continue
        body = document.text[block.body_start : block.body_end]
        label, colon, rest = body.partition(":")
        if (
            colon
            and len(label.split()) <= 7
            and (subjects := _subjects(rest))
            and len(subjects) > 2
        ):
            name = readable_title(label)
            if name:
                span = document.span(block.start, block.end)
                found.append(CurriculumTopic(name, subjects, span))
    return found


def _subjects(line: str) -> tuple[str, ...]:
    parts = [p for p in (plain(part) for part in split_list(line)) if p]
    parts = [re.sub(r"\.$", "", re.sub(r"^and\s+", "", p)) for p in parts]
    return tuple(parts) if len(parts) > 2 and _are_subjects(parts) else ()


def split_list(line: str) -> list[str]:
    """The parts of a list between its commas and semicolons, none of them inside parentheses."""
    parts, depth, begin = [], 0, 0
    for i, char in enumerate(line):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        elif char in ",;" and depth == 0 and not line[i + 1 : i + 2].isdigit():
            parts.append(line[begin:i])
            begin = i + 1
    parts.append(line[begin:])
    return [p.strip() for p in parts]


def _are_subjects(parts: Sequence[str]) -> bool:
    """Short noun phrases: no sentence, no verb that makes one, none too long."""
    if len(parts) < 2 or any(len(p.split()) > _SUBJECT_WORDS for p in parts):
        return False
    sentence = re.compile(
        r"[.!?]\s|[!?:]$|\b(?:is|are|was|were|will|can|should|must|have|has|you|we|it|they|that|"
        r"which)\b|https?:",
        re.IGNORECASE,
    )
    if any(sentence.search(p) for p in parts):
        return False
    return sum(len(p.split()) for p in parts) <= 4 * len(parts)
