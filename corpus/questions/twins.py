"""Two subjects that a title pairs ("Training & Inference"): what each is and how they differ.

Invariant: nothing is asked unless the text explains both subjects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.drafts import Draft, Place
from corpus.questions.grammar import can_be_asked, what_is
from corpus.questions.outline import Section
from corpus.questions.plaintext import plain
from corpus.questions.sentences import sentences
from corpus.schema import Document

_PAIR = re.compile(
    r"(?:^|[(:–—-]\s*)(?P<a>[A-Za-z][\w-]{2,24})\s+(?:&|and|vs\.?|versus)"
    r"\s+(?P<b>[A-Za-z][\w-]{2,24})(?=\s*(?:$|\)))"
)
MENTIONS = 3  # a subject named less often is not what the text is about
_OPENERS = r"(?:(?:so|thus|therefore|now|in short|basically),?\s+)?"


def twin_drafts(document: Document, found: Sequence[Section], subject: str) -> list[Draft]:
    """Questions on the pair that the title or a title-like first line names."""
    text = document.text
    pair = _pair(document, found, subject)
    if pair is None:
        return []
    explained = [_passages(text, found, term) for term in pair]
    if not all(explained):
        return []
    both = tuple(sorted({p for places in explained for p in places}))
    first, second = pair
    drafts = [
        Draft(what_is(term, text), places, term, order=1)
        for term, places in zip(pair, explained, strict=True)
        if not re.search(
            rf"(?:what does|the (?:word|term)) [\"“]{re.escape(term)}[\"”]", text, re.I
        )
    ]
    drafts.append(
        Draft(
            f"What is the difference between {first} and {second}?", both, f"{first} and {second}"
        )
    )
    return drafts


def _pair(document: Document, found: Sequence[Section], subject: str) -> tuple[str, str] | None:
    lines = [subject, document.title]
    for section in found[:2]:
        lines.append(section.title)
        lines.extend(
            plain(document.text[b.start : b.end])
            for b in section.blocks[:4]
            if b.end - b.start < 100
        )
    for line in lines:
        if match := _PAIR.search(line):
            pair = (match.group("a").lower(), match.group("b").lower())
            counts = [len(re.findall(rf"\b{re.escape(t)}\b", document.text, re.I)) for t in pair]
            if min(counts) > MENTIONS and all(can_be_asked(t) for t in pair):
                return pair
    return None


def _passages(text: str, found: Sequence[Section], term: str) -> tuple[Place, ...]:
    """The rest of each paragraph from where the term is a sentence's subject; two at most."""
    opening = re.compile(
        rf"{_OPENERS}(?:using {term},\s|{term}\s(?!and\b|&|or\b|,)(?:in\s\S+\s)?(?:is|are|works?|"
        rf"requires?|means|needs?|adds?|uses?|refers|takes?|happens)\b)",
        re.IGNORECASE,
    )
    places: list[Place] = []
    for section in found:
        if not section.is_source:
            continue
        for block in section.blocks:
            if block.kind != "paragraph":
                continue
            body = text[block.body_start : block.body_end]
            for a, _ in sentences(body):
                if opening.match(body, a):
                    places.append((block.body_start + a, block.body_end))
                    break
    return tuple(places[:2])
