"""Questions from study checklists: items (or sections) with a goal, sources and advice.

Invariant: a reference holds what the goal states about its subject, without the imperative that
introduces it ("Understand X as …") and without advice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.questions.coaching import (
    Field,
    coaching_text,
    fields_of,
    is_advice,
    is_coaching_field,
)
from corpus.questions.drafts import Draft, Place
from corpus.questions.grammar import can_be_asked, is_plural, spoken, with_article
from corpus.questions.outline import Section
from corpus.questions.plaintext import plain
from corpus.questions.sentences import sentences
from corpus.schema import Block

_GOAL = re.compile(
    r"^(?:goals?|objectives?|outcomes?|learn|understand|what to know|takeaways?|summary|key "
    r"(?:points?|facts?)|remember|concepts?|details?|notes?)$",
    re.I,
)
_WHY = re.compile(r"^why (?:it|this|they) matters?$", re.I)
_LEAD = r"(?:understand|learn(?: about)?|know|grasp|study|recogni[sz]e|review|remember|see|note)"
_AS = re.compile(
    rf"^{_LEAD}\s+(?:that\s+)?(?P<term>.{{2,60}}?)\s+as\s+(?=(?:an?|the|one)\s)", re.IGNORECASE
)
_PARTS = re.compile(rf"^{_LEAD}\s+(?P<term>[^:.]{{2,60}}?):\s+", re.IGNORECASE)
_THAT = re.compile(
    rf"^{_LEAD}\s+(?:that\s+)?(?=(?P<term>[^,.:]{{2,50}}?)\s+(?:is|are)\s+(?:an?|the)\s)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"^note\s+(?:that\s+)?(?=its|their|the|how it|\w+s?\b)", re.IGNORECASE)
_TERMS = re.compile(
    r"^(?:key |the |these |important )*(?:terms?|vocabulary|words|jargon|concepts)$", re.I
)
_PARENTHESISED = re.compile(
    r"(?P<mark>\*\*|\*|__|_|[\"“])(?P<term>[\w][\w /+.-]{1,40}?)(?:\*\*|\*|__|_|[\"”])"
    r"\s*\((?P<meaning>[^()]{8,})\)"
)
_IMPERATIVE = re.compile(
    r"^(?:focus|skip|read|watch|be\b|tie|link|relate|practi[cs]e|explain|say|don['’]t|no need|"
    r"emphasi[sz]e)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    fields: tuple[Field, ...]


def checklist_drafts(text: str, section: Section, subject: str) -> tuple[list[Draft], list[str]]:
    """The section's questions, and the advice that belongs to no item of it."""
    drafts: list[Draft] = []
    advice: list[str] = []
    for item in _items(text, section):
        coaching = tuple(coaching_text(text, f) for f in item.fields if is_coaching_field(text, f))
        made = [
            draft
            for field in item.fields
            if not is_coaching_field(text, field)
            for draft in _from_field(text, field, item.name or subject)
        ]
        if made and item.name:
            first = made[0]
            made[0] = Draft(first.question, first.places, first.subject, coaching=coaching)
        else:
            advice.extend(coaching)
        drafts.extend(made)
    return drafts, advice


def _items(text: str, section: Section) -> list[_Item]:
    """Each list item with the labelled lines in it or nested under it; lines outside of any item
    belong to the section itself."""
    items: list[_Item] = []
    loose: list[Field] = []
    for block in section.blocks:
        if block.kind not in ("list_item", "paragraph"):
            continue
        fields = fields_of(text, block)
        if block.kind == "list_item" and block.level == 0:
            name, inner = _name(text, block, fields)
            if name:
                items.append(_Item(name, tuple(inner)))
            else:
                loose.extend(fields)
        elif items and (block.level > 0 or text[block.start - 1 : block.start] in (" ", "\t")):
            items[-1] = _Item(items[-1].name, (*items[-1].fields, *fields))
        else:
            loose.extend(fields)
    named = [i for i in items if i.fields]
    if loose:
        named.append(_Item(section.title, tuple(loose)))
    return named


def _name(text: str, block: Block, fields: Sequence[Field]) -> tuple[str, list[Field]]:
    first_line = text[block.body_start : block.body_end].split("\n", 1)[0]
    opens_with_field = fields and fields[0].start <= block.body_start + len(first_line)
    if opens_with_field:
        return "", []
    bold = re.match(r"(?:\*\*|__)(.+?)(?:\*\*|__)", first_line)
    name = plain(bold.group(1) if bold else first_line)
    return (name if len(name.split()) <= 10 else ""), list(fields)


def _from_field(text: str, field: Field, name: str) -> list[Draft]:
    if _WHY.match(field.label):
        return _why(text, field, name)
    if not _GOAL.match(field.label):
        return []
    return _from_goal(text, field)


def _why(text: str, field: Field, name: str) -> list[Draft]:
    term = spoken(re.sub(r"\s*\([^()]*\)", "", name), text)
    places = [
        (field.start + a, field.start + b) for a, b in sentences(text[field.start : field.end])
    ]
    start, end = places[0]
    if cut := re.search(r"\s*[—–]\s*[^—–]*\byour?\b", text[start:end]):
        end = start + cut.start()
    if re.search(r"\byour?\b", text[start:end]) or end - start < 40 or not can_be_asked(term):
        return []
    verb = "do" if is_plural(term, text) else "does"
    return [Draft(f"Why {verb} {with_article(term, text)} matter?", ((start, end),), term)]


def _from_goal(text: str, field: Field) -> list[Draft]:
    drafts: list[Draft] = []
    for a, b in sentences(text[field.start : field.end]):
        start, end = field.start + a, field.start + b
        sentence = text[start:end]
        if terms := _terms(text, start, end):
            drafts.extend(terms)
        elif made := _stated(text, start, end):
            drafts.append(made)
        elif drafts and not _IMPERATIVE.match(sentence) and not is_advice(sentence):
            drafts[-1] = _extended(text, drafts[-1], start, end)
    return drafts


def _stated(text: str, start: int, end: int) -> Draft | None:
    """ "Understand X as a …", "Understand X: a, b, c", "Know that X is a …"."""
    sentence = text[start:end]
    if match := _AS.match(sentence) or _THAT.match(sentence):
        term = _term(match.group("term"), text)
        if not can_be_asked(term):
            return None
        verb, pronoun = ("are", "are they") if is_plural(term, text) else ("is", "is it")
        question = f"What {verb} {with_article(term, text)}, and what {pronoun} used for?"
        return Draft(question, ((start + match.end(), end),), term)
    if (match := _PARTS.match(sentence)) and not _TERMS.match(match.group("term")):
        given = match.group("term")
        term = _term(given, text)
        if not can_be_asked(term) or len(sentence[match.end() :].split()) < 4:
            return None
        the = "the " if re.match(r"the\s", given, re.I) else ""
        verb = "do" if is_plural(term, text) else "does"
        return Draft(f"What {verb} {the}{term} consist of?", ((start + match.end(), end),), term)
    return None


def _term(raw: str, text: str) -> str:
    return spoken(re.sub(r"^(?:the|an?|what|how)\s+", "", plain(raw), flags=re.IGNORECASE), text)


def _terms(text: str, start: int, end: int) -> list[Draft]:
    """ "*term* (what it means)"."""
    return [
        Draft(
            f"What does “{match.group('term')}” mean?",
            ((start + match.start("meaning"), start + match.end("meaning")),),
            match.group("term"),
        )
        for match in _PARENTHESISED.finditer(text[start:end])
        if can_be_asked(match.group("term")) and len(match.group("meaning").split()) >= 3
    ]


def _extended(text: str, draft: Draft, start: int, end: int) -> Draft:
    """The draft with a further sentence: joined where it follows on, a place of its own after
    "Note …"."""
    note = _NOTE.match(text[start:end])
    places: tuple[Place, ...]
    if note:
        places = (*draft.places, (start + note.end(), end))
    elif not text[draft.places[-1][1] : start].strip():
        places = (*draft.places[:-1], (draft.places[-1][0], end))
    else:
        places = (*draft.places, (start, end))
    return Draft(draft.question, places, draft.subject, coaching=draft.coaching)
