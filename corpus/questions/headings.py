"""Questions that a heading asks without a question mark: "Limitations of X", "X vs Y".

Invariant: a heading becomes a question only where its section has prose or a list to answer it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.coaching import is_advice
from corpus.questions.drafts import Draft, Place
from corpus.questions.grammar import can_be_asked, is_plural, joined, spoken, with_article
from corpus.questions.outline import Section
from corpus.questions.plaintext import content_words, plain
from corpus.schema import Block

FEWEST_WORDS = 25  # an answer shorter than this is not worth a question
MOST_CHARACTERS = 2500

_FACET = re.compile(
    r"^(?:(?:key|main|common|major|typical|core|important|some|different|popular)"
    r"\s+)?(?P<facet>advantages?|benefits?|strengths|"
    r"disadvantages|drawbacks|limitations?|challenges|risks|pitfalls|use cases|applications|types|"
    r"kinds|"
    r"components|stages|phases|steps|properties|characteristics|assumptions|causes|symptoms|"
    r"advantages and disadvantages|pros and cons|trade-?offs|best practices|common mistakes|"
    r"failure modes|requirements|principles)(?:\s+(?:of|for|in|with|to)\s+(?P<term>.+))?$",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"^(?P<a>[^:]{2,40}?)\s+(?:vs\.?|versus)\s+(?P<b>[^:]{2,40}?)$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"^differences?\s+between\s+(?P<a>.{2,40}?)\s+and\s+(?P<b>.{2,40})$", re.IGNORECASE
)
_HOW = re.compile(r"^how\s+(?P<the>the\s+|an?\s+)?(?P<term>.{2,40}?)\s+works?$", re.IGNORECASE)
_WHAT = re.compile(r"^what\s+(?P<term>.{2,40}?)\s+(?:is|are|does)$", re.IGNORECASE)
_WHY = re.compile(r"^why\s+(?:use\s+)?(?P<term>[^?]{2,40}?)(?:\s+matters?)?$", re.IGNORECASE)
_ROLE = re.compile(
    r"^(?:the\s+)?(?P<noun>role|purpose|importance|impact|effect)\s+of\s+(?P<term>.{2,60})$",
    re.IGNORECASE,
)


def heading_draft(text: str, section: Section, subject: str) -> Draft | None:
    """The question that the section's heading stands for, if it is of a kind that reads well."""
    if section.heading is None or section.title.endswith("?"):
        return None
    asked = _question(text, section.title.rstrip(": "), section, subject)
    asked = asked or _explain(text, section)
    if asked is None:
        return None
    places = answer_places(text, section.blocks)
    words = sum(len(plain(text[a:b]).split()) for a, b in places)
    return Draft(asked[0], places, asked[1]) if words >= FEWEST_WORDS else None


def _explain(text: str, section: Section) -> tuple[str, str] | None:
    """A term as a heading, with prose that opens by speaking of it."""
    if not can_be_asked(section.title) or not explains(text, section):
        return None
    term = spoken(section.title, text)
    if len(term.split()) > 4 or re.search(r"\b(?:example|\w+ing (?:the|an?|your))\b", term, re.I):
        return None
    return f"Explain {with_article(term, text)}.", term


def _question(text: str, title: str, section: Section, subject: str) -> tuple[str, str] | None:
    if match := _VERSUS.match(title) or _BETWEEN.match(title):
        sides = [spoken(re.sub(r"^the\s+", "", match.group(s), flags=re.I), text) for s in "ab"]
        if all(can_be_asked(s) for s in sides):
            return f"What is the difference between {joined(sides)}?", sides[0]
        return None
    if match := _FACET.match(title):
        given = match.group("term") or _parent(section, subject)
        term = spoken(re.sub(r"^(?:the|an?)\s+", "", given, flags=re.I), text)
        if not can_be_asked(term):
            return None
        facet = match.group("facet").lower()
        verb = "is" if facet in ("advantage", "benefit", "limitation") else "are"
        link = (
            "in"
            if facet in ("challenges", "risks", "pitfalls", "best practices", "common mistakes")
            else "of"
        )
        if facet in ("best practices", "common mistakes"):
            link = "for" if facet == "best practices" else "with"
        name = term if facet in ("types", "kinds") else with_article(term, text)
        return f"What {verb} the {facet} {link} {name}?", term
    if match := _HOW.match(title):
        term = spoken(match.group("term"), text)
        name = (
            f"{(match.group('the') or '').lower()}{term}".strip()
            if match.group("the")
            else with_article(term, text)
        )
        verb = "do" if is_plural(term, text) else "does"
        return (f"How {verb} {name} work?", term) if can_be_asked(term) else None
    if match := _ROLE.match(title):
        term = spoken(match.group("term"), text)
        return (
            (f"What is the {match.group('noun').lower()} of {term}?", term)
            if can_be_asked(term)
            else None
        )
    if match := _WHAT.match(title):
        term = spoken(match.group("term"), text)
        return (
            (f"What {'are' if is_plural(term, text) else 'is'} {with_article(term, text)}?", term)
            if can_be_asked(term)
            else None
        )
    return None


def _parent(section: Section, subject: str) -> str:
    parent = section.above[-1] if section.above else subject
    return re.sub(r"\s*\([^()]*\)", "", parent)


def answer_places(text: str, blocks: Sequence[Block]) -> tuple[Place, ...]:
    """The prose and lists of a section as one place per unbroken run, advice left out."""
    places: list[Place] = []
    total = 0
    broken = True
    for block in blocks:
        usable = block.kind in ("paragraph", "list_item") and not is_advice(
            text[block.start : block.end]
        )
        if not usable or _is_pointer(text, block):
            broken = True
            continue
        total += block.end - block.start
        if total > MOST_CHARACTERS and places:
            break
        if broken:
            places.append((block.body_start, block.end))
        else:
            places[-1] = (places[-1][0], block.end)
        broken = False
    return tuple(places)


def _is_pointer(text: str, block: Block) -> bool:
    said = plain(text[block.start : block.end])
    return (
        bool(re.match(r"(?:see|read|for more|learn more|source|image|figure)\b", said, re.I))
        and len(said) < 160
    )


def explains(text: str, section: Section) -> bool:
    """Whether a section's prose opens by speaking of its title: its first words name it."""
    if not section.blocks or section.blocks[0].kind != "paragraph":
        return False
    prose = plain(text[section.blocks[0].start : section.blocks[0].end])
    title = content_words(section.title)
    opening = content_words(" ".join(prose.split()[: len(section.title.split()) + 2]))
    return bool(title) and title <= opening
