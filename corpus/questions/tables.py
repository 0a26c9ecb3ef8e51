"""Questions from tables: one per row of a glossary or attribute table, one per comparison table.

Invariant: a reference is made of cells only, each without its bars and blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.questions.drafts import Draft, Place, trimmed
from corpus.questions.grammar import can_be_asked, joined, spoken, what_is, with_article
from corpus.questions.outline import Section
from corpus.questions.plaintext import plain
from corpus.schema import Block

_NAME = re.compile(
    r"^(?:concept|term|name|topic|component|technique|method|metric|acronym|abbreviation|type|tool|"
    r"algorithm|model|framework|library|keyword|feature|term(?:inology)?|pattern|strategy|hardware|"
    r"technology|module|command|operation|function|architecture|optimi[sz]er|loss|format|device|"
    r"option)s?$",
    re.IGNORECASE,
)
_MEANING = re.compile(
    r"\b(?:description|definition|meaning|explanation|what it (?:is|does|means)|summary|details?)"
    r"\b",
    re.I,
)
_GROUP = re.compile(
    r"^(?:layer|stage|phase|level|tier|category|area|step|component|part|domain)s?$", re.I
)
_TOOLS = re.compile(
    r"\b(?:tools?|platforms?|technolog(?:y|ies)|frameworks?|librar(?:y|ies)|products?|services?)\b",
    re.I,
)
_PURPOSE = re.compile(
    r"\b(?:purpose|role|function|goal|what for|responsibilit(?:y|ies)|used for|use)\b", re.I
)
_USE = re.compile(r"\b(?:use[- ]cases?|when to use|best for|applications?|ideal for)\b", re.I)
_GOOD = re.compile(r"\b(?:pros?|advantages?|benefits?|strengths?)\b", re.I)
_BAD = re.compile(r"\b(?:cons?|disadvantages?|drawbacks?|limitations?|weakness(?:es)?)\b", re.I)
_FORMULA = re.compile(r"\bformula\b|\bequation\b", re.I)
_ASPECT = re.compile(
    r"^(?:|aspects?|features?|criteri(?:on|a)|propert(?:y|ies)|dimensions?|factors?|attributes?|"
    r"characteristics?|parameters?|metrics?)$",
    re.I,
)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.I)


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table, as places in the text; every row is as wide as the header."""

    header: list[str]
    rows: list[list[Place]]


def table_drafts(text: str, section: Section, subject: str) -> list[Draft]:
    """The questions that the section's tables give."""
    found: list[Draft] = []
    for block in section.blocks:
        if block.kind == "table" and (table := read_table(text, block)):
            found.extend(_ask(text, table, section, subject))
    return found


def read_table(text: str, block: Block) -> Table | None:
    """A table of bars (not an HTML one) as cells; None if it has no header or no row."""
    lines: list[list[Place]] = []
    position = block.start
    for line in text[block.start : block.end].split("\n"):
        if line.strip() and not re.fullmatch(r"[\s|:+-]+", line):
            lines.append(_cells(line, position))
        position += len(line) + 1
    if len(lines) < 2 or len(lines[0]) < 2 or not text[block.start : block.end].count("|"):
        return None
    header = [plain(text[a:b]) for a, b in lines[0]]
    rows = [row for row in lines[1:] if len(row) == len(header)]
    return Table(header, rows) if rows else None


def _cells(line: str, offset: int) -> list[Place]:
    edges = [m.start() for m in re.finditer(r"(?<!\\)\|", line)]
    if not edges:
        return []
    inner = line.strip()
    if not inner.startswith("|"):
        edges.insert(0, -1)
    if not inner.endswith("|"):
        edges.append(len(line))
    cells: list[Place] = []
    for left, right in pairwise(edges):
        start, end = left + 1, right
        while start < end and line[start].isspace():
            start += 1
        while end > start and line[end - 1].isspace():
            end -= 1
        cells.append((offset + start, offset + end))
    return cells


def _ask(text: str, table: Table, section: Section, subject: str) -> list[Draft]:
    first, rest = table.header[0], table.header[1:]
    if _ASPECT.match(first) and len(rest) in (2, 3) and not any(_is_attribute(h) for h in rest):
        return _comparison(text, table, rest)
    if _NAME.match(first) and any(_MEANING.search(h) for h in rest):
        column = next(i for i, h in enumerate(rest, 1) if _MEANING.search(h))
        found = [_definition(text, row, column) for row in table.rows]
        return [d for d in found if d is not None]
    if _NAME.match(first) or _GROUP.match(first):
        found = [_attributes(text, table, row, section, subject) for row in table.rows]
        return [d for d in found if d is not None]
    return []


def _is_attribute(header: str) -> bool:
    return any(p.search(header) for p in (_MEANING, _TOOLS, _PURPOSE, _USE, _GOOD, _BAD))


def _words(text: str, place: Place) -> int:
    return len(plain(text[slice(*place)]).split())


def _definition(text: str, row: Sequence[Place], column: int) -> Draft | None:
    name = plain(text[slice(*row[0])])
    if _words(text, row[column]) < 4:
        return None
    rivals = [spoken(part, text) for part in _VERSUS.split(name)]
    if len(rivals) > 1:
        if any(part != part.lower() for part in rivals):
            rivals = _VERSUS.split(name)
        kinds = joined(rivals, "and")
        return Draft(f"How do you choose between {kinds}?", (row[column],), rivals[0])
    term = spoken(name, text)
    return Draft(what_is(term, text), (row[column],), term)


def _comparison(text: str, table: Table, sides: list[str]) -> list[Draft]:
    if not all(can_be_asked(side) for side in sides) or len(table.rows) < 2:
        return []
    places: list[Place] = []
    for row in table.rows[:8]:
        cells = [cell for cell in row if cell[1] > cell[0]]
        if len(cells) == len(row) or len(cells) > 2:
            places.append((cells[0][0], cells[-1][1]))
    names = [spoken(side, text) for side in sides]
    if any(name != name.lower() for name in names):
        names = list(sides)
    if not places:
        return []
    if len(names) == 2:
        return [
            Draft(
                f"What are the main differences between {joined(names)}?", tuple(places), names[0]
            )
        ]
    return [Draft(f"How do {joined(names)} compare?", tuple(places), names[0])]


def _attributes(
    text: str, table: Table, row: Sequence[Place], section: Section, subject: str
) -> Draft | None:
    """A row of named attributes (tools, purpose, uses, pros and cons) as one question."""
    name = plain(text[slice(*row[0])])
    kind = table.header[0].lower().rstrip("s")
    columns = {
        label: [i for i, h in enumerate(table.header) if i and pattern.search(h)]
        for label, pattern in (
            ("tools", _TOOLS),
            ("purpose", _PURPOSE),
            ("use", _USE),
            ("good", _GOOD),
            ("bad", _BAD),
            ("formula", _FORMULA),
        )
    }
    chosen: list[int] = []
    if columns["tools"] and _GROUP.match(table.header[0]):
        stack = spoken(section.title or subject, text) if can_be_asked(section.title) else ""
        of = f" of the {stack}" if stack and not stack.lower().startswith("the ") else ""
        tools = re.sub(r"\s*/\s*", " or ", table.header[columns["tools"][0]].lower())
        question = f"Which {tools} serve the “{name}” {kind}{of}"
        question += ", and what are they for?" if columns["purpose"] else "?"
        chosen = columns["tools"][:1] + columns["purpose"][:1]
    elif columns["good"] and columns["bad"]:
        question = f"What are the advantages and disadvantages of {spoken(name, text)}?"
        chosen = columns["good"][:1] + columns["bad"][:1]
    elif columns["purpose"] or columns["use"]:
        term = spoken(name, text)
        question = f"When would you use {with_article(term, text)}?"
        if columns["formula"] and columns["use"]:
            question = f"How is {term} calculated, and when would you use it?"
        elif not columns["use"]:
            question = f"What is the role of {term}?"
        chosen = columns["purpose"][:1] + columns["use"][:1]
        chosen += columns["formula"][:1] if columns["use"] else []
    places = [row[i] for i in sorted(set(chosen)) if row[i][1] > row[i][0]]
    if not places or sum(_words(text, p) for p in places) < 3:
        return None
    return Draft(question, tuple(trimmed(text, *p) for p in places), name)
