"""Key points: the few things a good answer must say, each with its exact words in the reference.

Invariant: points are in the order of the text, do not overlap, lie within one span each, and any
reference with a letter or a digit in it has at least one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.questions.choices import asked_for
from corpus.questions.passages import passages
from corpus.questions.plaintext import content_words, plain
from corpus.questions.statements import Statement, statements
from corpus.questions.weights import weigh
from corpus.schema import Document, KeyPoint, Span

MOST = 6  # what a person can be expected to say in one answer
MOST_OF_A_LIST = 8  # a list of many parallel things
MOST_OF_A_CHOICE = 16  # things of which the question asks for a few: each of them may be named
DROP_BELOW = 0.36  # lead-ins, asides and repetitions weigh less than this
LOOK_BACK = 60  # points among which a repetition is looked for
LONGEST_TEXT = 400  # characters of a point's readable text


@dataclass(frozen=True, slots=True)
class TextPoint:
    """One key point of a bare text: ``text[start:end]`` carries it, `text` reads it.

    `weight` is positive; an ordinary sentence has about 1.
    """

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    part: int  # which span or text
    statement: Statement
    text: str
    weight: float


def points_of_text(text: str, question: str = "") -> tuple[TextPoint, ...]:
    """The key points of one reference answer, at most 8, or 16 where the question asks for a few of
    them; none only for a text without a letter."""
    return tuple(
        TextPoint(c.statement.start, c.statement.end, c.text, c.weight)
        for c in _choose(_candidates([text], question), question)
    )


def key_points(document: Document, spans: Sequence[Span], question: str) -> tuple[KeyPoint, ...]:
    """The key points of a reference made of `spans` of `document`, with ids k1, k2, …"""
    chosen = _choose(_candidates([s.quote for s in spans], question), question)
    return tuple(
        KeyPoint(
            f"k{number}",
            c.text,
            c.weight,
            document.span(
                spans[c.part].start + c.statement.start, spans[c.part].start + c.statement.end
            ),
        )
        for number, c in enumerate(chosen, 1)
    )


def _candidates(texts: Sequence[str], question: str) -> list[_Candidate]:
    found = [
        (part, statement, _readable(text, statement))
        for part, text in enumerate(texts)
        for statement in statements(text, passages(text))
    ]
    found = [(part, s, t) for part, s, t in found if any(c.isalnum() for c in t)]
    if not found:
        found = [
            (part, Statement(*whole), _shortened(plain(text[slice(*whole)]) or text.strip()))
            for part, text in enumerate(texts)
            if (whole := _visible(text)) and any(c.isalnum() for c in text)
        ]
    scores = weigh([(s, t) for _, s, t in found], question)
    return [_Candidate(p, s, t, w) for (p, s, t), w in zip(found, scores, strict=True)]


def _visible(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    return start, max(start, len(text.rstrip()))


def _readable(text: str, statement: Statement) -> str:
    quote = text[statement.start : statement.end]
    if statement.kind == "code":
        return _shortened("the code: " + " ".join(quote.split()))
    if statement.kind == "row":
        cells = [plain(cell) for cell in quote.strip().strip("|").split("|")]
        return _shortened(": ".join([cells[0], ", ".join(c for c in cells[1:] if c)]).strip(": "))
    return _shortened(plain(quote))


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT].rsplit(" ", 1)[0] + " …"


def _choose(candidates: list[_Candidate], question: str) -> list[_Candidate]:
    if not candidates:
        return []
    best = max(c.weight for c in candidates)
    kept = [c for c in candidates if c.weight >= min(DROP_BELOW, best)]
    kept = _without_repetition(kept)
    items = [c for c in kept if c.statement.kind in ("item", "row")]
    most = MOST_OF_A_LIST if len(items) > MOST else MOST
    if asked_for(question) is not None:
        most = MOST_OF_A_CHOICE
    if len(kept) > most:
        strongest = sorted(range(len(kept)), key=lambda i: (-kept[i].weight, i))[:most]
        kept = [kept[i] for i in sorted(strongest)]
    return kept


def _without_repetition(candidates: list[_Candidate]) -> list[_Candidate]:
    """Drop what says again what an earlier point says (nine words in ten)."""
    kept: list[_Candidate] = []
    seen: list[frozenset[str]] = []
    for candidate in candidates:
        meaning = content_words(candidate.text)
        recent = seen[-LOOK_BACK:]
        if len(meaning) >= 3 and any(len(meaning & s) >= 0.9 * len(meaning) for s in recent):
            continue
        kept.append(candidate)
        seen.append(meaning)
    return kept
