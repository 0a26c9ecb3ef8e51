"""Questions from single sentences of prose whose form already holds a question and its answer.

Invariant: each pattern yields a grammatical question by moving words of the sentence, and the
sentence answers it.
"""

from __future__ import annotations

import re

from corpus.questions.coaching import is_advice
from corpus.questions.drafts import Draft, Place
from corpus.questions.grammar import can_be_asked, spoken
from corpus.questions.outline import Section
from corpus.questions.plaintext import plain
from corpus.questions.sentences import sentences
from corpus.schema import Block

_SUCH_AS = re.compile(
    r"^(?P<class>(?:\w+ ){0,2}?(?:frameworks|tools|libraries|methods|techniques|algorithms|models|"
    r"metrics|"
    r"platforms|services|optimizers|architectures|protocols|formats))\s+(?:like|such as|including)"
    r"\s+"
    r"(?P<names>[^,.;]+(?:,\s+[^,.;]+)*,?\s+(?:and|or)\s+[^,.;]+?)\s+(?P<verb>\w+(?<!s)(?<!ed)"
    r"(?<!ing))\s+(?P<rest>[^.;]{12,120})\.$",
    re.IGNORECASE,
)
_PLURAL_VERB = frozenset(
    """coordinate manage handle support provide enable allow reduce improve optimize optimise
    automate accelerate implement scale help make use offer track monitor measure convert
    compress distribute combine generate learn split integrate simplify store serve schedule
    orchestrate""".split()
)
_KINDS = re.compile(
    r"\bthere are (?P<number>two|three|four|five|six|seven|several|many)(?P<adjective> (?:main|"
    r"major|common|basic|primary|key))? "
    r"(?P<what>(?:types|kinds|forms|ways|stages|phases|components|categories|approaches|classes)"
    r"\b[^.:;,]{0,60})\s*[:.]?$",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"^the (?:word|term|phrase) [\"“*_](?P<term>[^\"”*_]{3,40})[\"”*_](?P<where> in "
    r"[^,.;]{2,40}?)?\s+(?:is used|means|refers|describes|denotes)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^the more (?P<what>[\w -]{3,40}?) (?:you (?:can )?|we (?:can )?|the \w+ )(?:provide|have|"
    r"use|add|give|collect|feed|get|gather)s?(?: \w+)?, "
    r"the (?:more )?(?P<adjective>\w+) (?P<thing>(?:the|your) [\w -]{2,40}?) (?:will be|is|are|"
    r"becomes?|gets?)\b",
    re.IGNORECASE,
)
_HOWEVER = re.compile(
    r"^(?:however,? )?(?P<new>[A-Z]{2,5}s)(?:,? however,?|,? on the other hand,?|,? in "
    r"contrast,?)? (?:can|are|have|do|offer|process)\b"
)
_ACRONYM = re.compile(r"\b[A-Z]{2,5}s\b")


def phrase_drafts(text: str, section: Section) -> list[Draft]:
    """The questions that sentences of the section's paragraphs give."""
    found: list[Draft] = []
    for index, block in enumerate(section.blocks):
        if block.kind != "paragraph":
            continue
        body = text[block.body_start : block.body_end]
        places = [(block.body_start + a, block.body_start + b) for a, b in sentences(body)]
        for number, place in enumerate(places):
            found.extend(_from_sentence(text, place, places[number + 1 :]))
            if number and (contrast := _contrast(text, places[number - 1], place)):
                found.append(contrast)
        found.extend(_from_block(text, section, index, places))
    return found


def _from_sentence(text: str, place: Place, after: list[Place]) -> list[Draft]:
    said = plain(text[slice(*place)]).lstrip("➡→ ")
    if is_advice(said):
        return []
    if (match := _SUCH_AS.match(said)) and match.group("verb").lower() in _PLURAL_VERB:
        kind = match.group("class").lower()
        question = f"Which {kind} {match.group('verb')} {match.group('rest')}?"
        start, end = place
        while not text[start].isalnum() and text[start] not in '*_["“`':
            start += 1
        return [Draft(question, ((start, end),), kind)]
    if match := _MORE.match(said):
        what, thing = match.group("what"), match.group("thing")
        measure = "number" if what.endswith("s") else "amount"
        question = (
            f"How does the {measure} of {what} affect how {match.group('adjective')} {thing} is?"
        )
        end = after[0][1] if after else place[1]
        return [Draft(question.replace("your ", "the "), ((place[0], end),), what)]
    return []


def _from_block(text: str, section: Section, index: int, places: list[Place]) -> list[Draft]:
    block = section.blocks[index]
    following = section.blocks[index + 1 :]
    last = plain(text[slice(*places[-1])]) if places else ""
    if match := _KINDS.search(last):
        items = _list_after(following)
        what = match.group("what").strip().rstrip(":").strip()
        number = match.group("number").lower()
        exact = number not in ("several", "many")
        if 2 <= len(items) <= 8 and can_be_asked(what.split(" of ")[-1]):
            counted = f"{number} " if exact else "main "
            question = f"What are the {counted}{what}?"
            return [Draft(question, ((items[0].body_start, items[-1].end),), what, order=1)]
    opening = plain(text[slice(*places[0])]) if places else ""
    if match := _WORD.match(opening):
        term = match.group("term").lower()
        where = match.group("where") or ""
        return [
            Draft(
                f"What does “{term}” mean{where}?", _explained(text, block, following, term), term
            )
        ]
    return []


def _list_after(blocks: tuple[Block, ...]) -> list[Block]:
    items = []
    for block in blocks:
        if block.kind != "list_item":
            break
        items.append(block)
    return items


def _explained(
    text: str, block: Block, following: tuple[Block, ...], term: str
) -> tuple[Place, ...]:
    """The next paragraph where it opens with the term (the first often only likens), else this."""
    if following and following[0].kind == "paragraph":
        body = text[following[0].body_start : following[0].body_end]
        if re.match(rf"\W*{re.escape(term)}\b", body, re.IGNORECASE):
            return ((following[0].body_start, following[0].body_end),)
    return ((block.body_start, block.body_end),)


def _contrast(text: str, before: Place, place: Place) -> Draft | None:
    """ "… using CPUs limits … . GPUs however can …"."""
    said, earlier = plain(text[slice(*place)]), plain(text[slice(*before)])
    match = _HOWEVER.match(said)
    if match is None or "however" not in said.lower()[:30]:
        return None
    old = [a for a in _ACRONYM.findall(earlier) if a != match.group("new")]
    if not old:
        return None
    question = f"What advantage do {match.group('new')} have over {old[-1]}?"
    return Draft(question, ((before[0], place[1]),), spoken(match.group("new"), text))
