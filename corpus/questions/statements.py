"""Passages cut into statements, each small enough to be one key point.

Invariant: a statement lies within one passage, except that a lead-in and the short formula or code
under it are one statement; statements are in order and do not overlap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.questions.passages import Passage
from corpus.questions.plaintext import plain
from corpus.questions.sentences import sentences

StatementKind = Literal["sentence", "item", "row", "code"]

SHORT_LABEL = 45  # characters: a first sentence this short needs the next one to say something
LONGEST_ENUMERATION = 400  # characters
SHORT_CODE = 160  # characters of a formula that reads on from its lead-in
ROOM = 6  # statements: up to so many, none has to give way to another
ANNOUNCEMENT = 75  # characters of a sentence that only announces the next
_SILENT = ("code", "heading")
_LISTED = ("item", "labelled")
_COMMENT = re.compile(r"(?:This|These|That|Those)\b")
_SIGNPOST = re.compile(
    r"(?:first|second|third|fourth|fifth|last|final)(?:ly)?(?: of all)?,|another \w+(?: \w+)? "
    r"(?:is|involves)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"(?:yes|no|not (?:fully|really|quite|always|necessarily|exactly|entirely)|true|false|never|"
    r"always|neither|both|partly|in part)[.!]$",
    re.IGNORECASE,
)
_BREAK = re.compile(r";\s+(?=\S)|,\s+(?=(?:while|whereas)\s)")
_COMMA = re.compile(r",\s+(?:(?:and|or)\s+)?(?=\S)|(?<!,)\s+and\s+(?=\S+(?: \S+){0,4}\W*$)")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|can|will|would|should|must|may|has|have|had|do|does|it|they|you|we|"
    r"which|"
    r"that|because|if|when|then|not|no|between|for|of|with|in|to|from|by|on|at|into|than|as)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"[*_]*(?:A|Ans|Answer)(?::[*_]*|[*_]+:)\s+")
_ASKED = re.compile(r"[*_]*(?:Q|Question)(?::[*_]*|[*_]+:)\s[^?]*\?[*_]*$")
_NO_NAME = re.compile(
    r"[\W\d]*$|"
    r"(?:e\.g\.|i\.e\.|yes$|\d[\d.,]* \w|(?:hour|dai|week|month|quarter|year|annual)ly$)|[^=]*=",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(r"(?:while|whereas)\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A candidate for a key point: its span, its kind and where it stands.

    `opens` is true for the first statement of its paragraph; `order` counts list items from 0 and
    is -1 elsewhere; `nested` is true for an item below another item. `share` scales the weight of
    one name in an enumeration.
    """

    start: int
    end: int
    kind: StatementKind = "sentence"
    opens: bool = True
    order: int = -1
    nested: bool = False
    share: float = 1.0


def statements(text: str, parts: Sequence[Passage]) -> list[Statement]:
    """The statements of a text in order, code only where it is most of the text."""
    items = [p for p in parts if p.kind in _LISTED and len(plain(text[p.start : p.end])) > 12]
    listed = len(items) > 1
    shallow = min((p.depth for p in items), default=0)
    prose = sum(len(text[p.start : p.end].split()) for p in parts if p.kind not in _SILENT)
    roomy = _sentence_count(text, parts) <= ROOM
    found: list[Statement] = []
    order = 0
    for part in parts:
        if part.kind == "code":
            _add_code(found, text, part, mainly_code=prose < 12)
        elif part.kind == "row":
            found.append(Statement(part.start, part.end, "row", order=order))
            order += 1
        elif part.kind in _LISTED and listed:
            found.append(_item(text, part, order, nested=part.depth > shallow))
            if part.kind == "labelled" and roomy:
                found.extend(_further(text, part, found[-1].end))
            order += 1
        elif part.kind == "item":
            found.extend(replace(s, order=order) for s in _sentences(text, part))
            order += 1
        elif part.kind != "heading":
            found.extend(_sentences(text, part))
    found = [s for s in found if not _ASKED.match(text[s.start : s.end])] or found
    if len(found) <= 3:
        claims = [claim for statement in found for claim in _claims(text, statement)]
        found = [piece for claim in claims for piece in _named(text, claim, len(claims) - 1)]
    return found


def _sentence_count(text: str, parts: Sequence[Passage]) -> int:
    return sum(len(sentences(text[p.start : p.end])) for p in parts if p.kind not in _SILENT)


def _further(text: str, part: Passage, end: int) -> list[Statement]:
    """The sentences of a labelled paragraph after its first statement that do not comment on it."""
    return [
        replace(s, opens=False)
        for s in _sentences(text, replace(part, start=end))
        if not _COMMENT.match(text, s.start, s.end)
    ]


def _sentences(text: str, part: Passage) -> list[Statement]:
    found: list[Statement] = []
    announced = False
    for start, end in sentences(text[part.start : part.end]):
        start, end = part.start + start, part.start + end
        start = _after_label(text, start, end)
        if announced:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Statement(start, end, opens=not found))
        # "Secondly, dependencies are hard." only announces what the next sentence says, and "No."
        # needs it to say anything.
        sentence = text[start:end]
        announced = not announced and (
            (end - start < ANNOUNCEMENT and is_signpost(sentence))
            or bool(_VERDICT.match(sentence.strip("*_ ")))
        )
    return found


def is_signpost(sentence: str) -> bool:
    """Whether a sentence opens with its place in an enumeration ("Secondly, …")."""
    return bool(_SIGNPOST.match(sentence.lstrip("*_ ")))


def _item(text: str, part: Passage, order: int, nested: bool) -> Statement:
    """A list item: its label and first sentence carry it."""
    spans = sentences(text[part.start : part.end])
    end = spans[0][1]
    for _, further in spans[1:]:
        if len(plain(text[part.start : part.start + end])) > SHORT_LABEL:
            break
        end = further
    start = _after_label(text, part.start + spans[0][0], part.start + end)
    return Statement(start, part.start + end, "item", order=order, nested=nested)


def _after_label(text: str, start: int, end: int) -> int:
    label = _ANSWER.match(text, start, end)
    return label.end() if label else start


def _add_code(found: list[Statement], text: str, part: Passage, mainly_code: bool) -> None:
    start, end = part.start, part.end
    code = text[start:end]
    start += len(code) - len(code.lstrip())
    end -= len(code) - len(code.rstrip())
    last = found[-1] if found else None
    short = len(code.strip()) <= SHORT_CODE and code.strip().count("\n") < 3
    if last is not None and short and text[last.start : last.end].rstrip("*_ ").endswith(":"):
        found[-1] = replace(last, end=end)
    elif mainly_code and all(s.kind != "code" for s in found):  # a second one is another way
        found.append(Statement(start, end, "code"))


def _claims(text: str, statement: Statement) -> list[Statement]:
    """A compound sentence as its independent claims, where each says something by itself."""
    if statement.kind != "sentence":
        return [statement]
    quote = text[statement.start : statement.end]
    cuts = [m for m in _BREAK.finditer(quote) if _open_brackets(quote[: m.start()]) == 0]
    edges = [0, *(m.end() for m in cuts), len(quote)]
    ends = [*(m.start() for m in cuts), len(quote)]
    pieces = list(zip(edges[:-1], ends, strict=True))
    if len(pieces) == 1 or any(len(quote[a:b].split()) < 4 for a, b in pieces):
        return [statement]
    result = []
    for number, (a, b) in enumerate(pieces):
        subordinate = _SUBORDINATE.match(quote[a:b])
        a += subordinate.end() if subordinate else 0
        result.append(
            replace(
                statement,
                start=statement.start + a,
                end=statement.start + b,
                opens=statement.opens and number == 0,
            )
        )
    return result


def _named(text: str, statement: Statement, others: int) -> list[Statement]:
    """A bare enumeration ("A, B (c, d) and E") as its names, if that leaves room for `others`."""
    quote = text[statement.start : statement.end]
    if len(quote) > LONGEST_ENUMERATION:
        return [statement]
    cuts = [m for m in _COMMA.finditer(quote) if not _open_brackets(quote[: m.start()])]
    ends = [*(m.start() for m in cuts), len(quote.rstrip(" ,.\n"))]
    pieces = list(zip([0, *(m.end() for m in cuts)], ends, strict=True))
    # A list's item is one note already, unless it is itself a list of single words.
    longest = 1 if statement.kind == "item" else 5
    short = all(
        1 <= len(re.sub(r"\([^()]*\)", "", quote[a:b]).split()) <= longest
        and not _NO_NAME.match(quote[a:b])
        for a, b in pieces
    )
    bare = re.sub(r"\([^()]*\)", "", quote)
    roomy = not others or len(pieces) + others <= ROOM
    if not 3 <= len(pieces) <= 8 or not roomy or not short or _FINITE.search(bare):
        return [statement]
    share = max(0.4, 2.0 / len(pieces))
    return [
        replace(
            statement, start=statement.start + a, end=statement.start + b, opens=False, share=share
        )
        for a, b in pieces
    ]


def _open_brackets(text: str) -> int:
    return text.count("(") - text.count(")") + text.count("`") % 2
