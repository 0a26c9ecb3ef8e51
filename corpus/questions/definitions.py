"""Questions from definitions: marked terms, glossary entries, a section that defines its title.

Invariant: the reference of "What is X?" starts with the words that define X.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.drafts import Draft, Place
from corpus.questions.grammar import can_be_asked, is_plural, is_technical, spoken, what_is
from corpus.questions.outline import Section
from corpus.questions.plaintext import content_words, plain
from corpus.questions.sentences import sentences
from corpus.schema import Block

_VERB = (
    r"(?:is|are|refers? to|means|denotes?|describes?|encompass(?:es)?|represents?|consists? of|"
    r"is defined as|stands? for)"
)
_MARKED = re.compile(
    r"^(?:(?:an?|the)\s+)?(?P<mark>\*\*|__|\*|_)(?P<term>[^*_\n]{2,60}?)(?P=mark)(?:\s*\([^()"
    r"]{1,60}\))?\s+"
    rf"{_VERB}\s+(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = re.compile(
    r"^(?:(?P<article>an?|the)\s+)?(?P<term>[^,;:.!?]{2,60}?)(?:\s*\((?P<long>[^()]{2,60})\))?\s+"
    r"(?:is|are)\s+(?:an?|the|any|one of|ways?|types?|techniques?|methods?)\s+(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(
    r"\b(?:is|are)(?: also| often| commonly)? (?:known as|called|termed|referred to as) (?:an? |"
    r"the )?"
    r"(?P<mark>\*\*|[\"“_*])(?P<term>[^\"”“*_\n]{3,50}?)(?:\*\*|[\"”_*])"
)
_ENTRY = re.compile(
    r"^(?P<mark>\*\*|__|`|\*)?(?P<term>[A-Za-z][^:*`\n]{1,60}?)(?P=mark)?\s*(?::|\s[–—-]\s)"
    r"(?:\*\*|__)?\s*(?P<rest>\S.*)",
    re.DOTALL,
)
_BOLD_ENTRY = re.compile(
    r"^(?P<mark>\*\*|__)(?P<term>[A-Za-z][^:*\n]{1,60}?):?(?P=mark)\s*(?::|"
    r"[–—-]\s)?\s*(?P<rest>\S.*)",
    re.DOTALL,
)
_TERMS_TITLE = re.compile(
    r"\b(?:glossary|terminology|key (?:terms|concepts)|core concepts|terms|vocabulary|definitions|"
    r"concepts|"
    r"acronyms|(?:types|kinds) of)\b|\b(?:techniques|methods|algorithms|architectures|metrics|"
    r"libraries|frameworks|optimi[sz]ers|loss(?: function)?s|activation functions|data structures|"
    r"design patterns|layers)$",
    re.IGNORECASE,
)
_DASHED = re.compile(r"^(?P<term>[A-Z][^:*`\n.,;?!–—]{1,50}?)\s[–—-]\s(?P<rest>\S.*)", re.DOTALL)
_DEFINING = re.compile(
    r"(?:an?|the|any|one of)\s(?=(?:\S+\s){4})[^.]*\b(?:that|which|where|whose|"
    r"used|so that|when)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:week|day|step|phase|part|stage|level|case|option|note|tip|example|fact|claim|myth)\b|"
    r"(?:\w+ )?(?:problem|reason|idea|point|thing|issue|cause|effect|outcome|question|answer|"
    r"strategy|challenge|trick|rule|catch|fix|lesson|difference|upside|downside|cost|when|"
    r"task|action|situation)s?$)",
    re.IGNORECASE,
)
_ADVICE = re.compile(r"\b(?:you(?:r|['’]ll|['’]re)?|we|our|my|I|let['’]s)\b")
_DANGLING = re.compile(
    r"\b(?:as (?:above|below|follows)|following|described (?:above|below)|see )\b", re.I
)


def definition_drafts(
    text: str, section: Section, asked: frozenset[str], title: str = ""
) -> list[Draft]:
    """Definitions in the section. `asked`: terms (lower case) that have a question already;
    `title`: the document's, for a section that has none."""
    found: list[Draft] = []
    entries = _entries(text, section, section.title or title)
    found.extend(entries)
    for block in section.blocks:
        if block.kind in ("paragraph", "quote"):
            found.extend(_marked(text, block))
            found.extend(_called(text, block))
    if opening := _opening(text, section):
        found.append(opening)
    return [d for d in found if d.subject.lower() not in asked]


def _sentences_of(text: str, block: Block) -> list[Place]:
    body = text[block.body_start : block.body_end]
    return [(block.body_start + a, block.body_start + b) for a, b in sentences(body)]


def _marked(text: str, block: Block) -> list[Draft]:
    """Sentences that open with a bold or italic term and define it, with what follows."""
    places = _sentences_of(text, block)
    starts = [i for i, (a, b) in enumerate(places) if _defines(text[a:b], _MARKED)]
    found = []
    for number, i in enumerate(starts):
        match = _MARKED.match(text[slice(*places[i])])
        if match is None:
            continue
        stop = starts[number + 1] if number + 1 < len(starts) else len(places)
        end = places[min(stop, i + 3) - 1][1]
        term = spoken(plain(match.group("term")), text)
        found.append(Draft(what_is(term, text), ((places[i][0], end),), term))
    return found


def _defines(sentence: str, pattern: re.Pattern[str]) -> bool:
    match = pattern.match(sentence)
    if match is None or not can_be_asked(plain(match.group("term"))):
        return False
    rest = plain(match.group("rest"))
    return len(rest.split()) >= 5 and not _ADVICE.search(rest) and not _DANGLING.search(rest)


def _called(text: str, block: Block) -> list[Draft]:
    """ "… is known as the *issue efficiency*": the sentence defines the marked term."""
    found = []
    for start, end in _sentences_of(text, block):
        match = _CALLED.search(text[start:end])
        if match is None:
            continue
        term = plain(match.group("term")).strip()
        before = plain(text[start : start + match.start()])
        if len(before.split()) < 6 or re.match(
            r"(?:this|these|it|they|that|such|which)\b", before, re.I
        ):
            continue
        if can_be_asked(term) and not _ADVICE.search(before) and before[0].isupper():
            found.append(Draft(what_is(spoken(term, text), text), ((start, end),), term, order=2))
    return found


def _entries(text: str, section: Section, title: str) -> list[Draft]:
    """ "Term: explanation" items under a heading that announces terms or techniques, or where most
    of the section is made of them."""
    glossary = bool(
        re.search(
            r"\b(?:glossary|terms|terminology|vocabulary|definitions|acronyms|concepts)\b",
            title,
            re.I,
        )
    )
    if not (glossary or _TERMS_TITLE.search(title)):
        return _unannounced(text, section)
    found = []
    for start, end, is_item in _entry_places(text, section, glossary):
        body = text[start:end]
        match = _BOLD_ENTRY.match(body) or (_ENTRY.match(body) if glossary or is_item else None)
        if match is None:
            continue
        term, rest = plain(match.group("term")), plain(match.group("rest"))
        if len(rest.split()) < 5 or not can_be_asked(term) or _ADVICE.search(rest):
            continue
        if re.match(r"(?:this|these|it|they|such|in|when|if|by|due|because|while)\b", rest, re.I):
            continue
        if not glossary and not is_technical(term):
            continue
        place = (start + match.start("rest"), end)
        found.append(Draft(what_is(spoken(term, text), text), (place,), term, order=1))
    return found if len(found) > 1 or glossary else []


def _unannounced(text: str, section: Section) -> list[Draft]:
    """Entries under a heading that says nothing of terms: three or more, half of the section, and
    each explanation opens as a definition does."""
    found = []
    places = _entry_places(text, section, True)
    for start, end, _ in places:
        body = text[start:end]
        match = _BOLD_ENTRY.match(body) or _DASHED.match(body)
        if match is None or not _DEFINING.match(plain(match.group("rest"))):
            continue
        term = plain(match.group("term"))
        if not can_be_asked(term) or _LABEL.match(term) or _ADVICE.search(match.group("rest")):
            continue
        place = (start + match.start("rest"), end)
        found.append(Draft(what_is(spoken(term, text), text), (place,), term, order=1))
    return found if len(found) >= 3 and len(found) * 2 >= len(places) else []


def _entry_places(text: str, section: Section, glossary: bool) -> list[tuple[int, int, bool]]:
    """Where an entry may stand: outer list items, paragraphs, in a glossary each line of one."""
    places = []
    for block in section.blocks:
        if block.kind == "list_item" and block.level == 0:
            places.append((block.body_start, block.body_end, True))
        elif block.kind == "paragraph":
            lines = [block.body_start]
            body = text[block.body_start : block.body_end]
            if glossary:
                opens = re.finditer(
                    r"(?<=[.!?])[ \t]*\n(?=\W{0,3}[A-Z][^:\n]{1,50}(?::|\s[–—-]\s))", body
                )
                lines += [block.body_start + m.end() for m in opens]
            ends = [*(start - 1 for start in lines[1:]), block.body_end]
            places += [(a, b, False) for a, b in zip(lines, ends, strict=True)]
    return places


def _opening(text: str, section: Section) -> Draft | None:
    """A section whose first sentence defines its title: the whole opening answers "What is …?" """
    prose = [b for b in section.blocks if b.kind == "paragraph"]
    if not prose:
        return None
    start, end = _sentences_of(text, prose[0])[0]
    match = _PLAIN.match(plain(text[start:end]))
    if match is None or not can_be_asked(match.group("term")):
        return None
    term, title = content_words(match.group("term")), content_words(section.title)
    if not section.title:
        article = (match.group("article") or "").lower()
        if article == "the" or _LABEL.match(match.group("term")) or section.blocks[0] != prose[0]:
            return None
        title = term
    if (
        not term
        or not term <= title
        or len(title) > len(term) + 1
        or _ADVICE.search(match.group("rest"))
    ):
        return None
    name = spoken(match.group("term"), text)
    if not section.title and re.fullmatch(r"[A-Z][a-z]+(?: [a-z]+)+", name):
        name = name[0].lower() + name[1:]  # the capital is the sentence's
    if match.group("long"):
        name = f"{name} ({match.group('long')})"
    question = what_is(name, text)
    article = (match.group("article") or "").lower()
    if article and not is_plural(name, text):
        question = f"What is {'an' if article == 'an' else article} {name}?"
    return Draft(question, _opening_places(section.blocks, prose[0]), name)


def _opening_places(blocks: Sequence[Block], first: Block) -> tuple[Place, ...]:
    """The first paragraph and the prose and lists under it, up to about 900 characters."""
    at = blocks.index(first)
    end = first.end
    for block in blocks[at + 1 :]:
        if block.kind not in ("paragraph", "list_item") or block.end - first.start > 900:
            break
        end = block.end
    return ((first.body_start, end),)
