"""Heaps of terms: runs of names without a claim, wherever they stand in an answer.

Invariant: a heap has no sentence in it. Most of its items are names: a few words with no verb that
this module knows, no sign of a relation (an equals sign, an arrow), and no function word but such
as hold a name together ("cost per token").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from agent.line_breaks import BORDER
from agent.segments import sentences
from agent.words import FUNCTION_WORDS, NUMBERS, OTHER_LANGUAGES, PLAIN_VERBS, words

TERMS = 6  # in a row, where they are the whole sentence
TERMS_IN_SENTENCE = 12  # in a row, as a part of a sentence that says something
SHARE = 0.7  # of the items that are terms; others are short, but may say something
CONTENT = 7  # words with content in all of them
SMALL = 0.08  # function words for each of these, where the names are long
NAMED_WORDS = 5  # a longer item with small words in it may be a clause
SHORT_WORDS = 7  # a longer item with a verb is a clause
FRAGMENT_WORDS = 1.6  # words of an item on average where each is a sentence of its own
BARE = 10  # words in a row that nothing holds together
BRACKETS = 0.06  # of the characters: code, a table, coordinates
LISTED = 18  # words; where the question asks for a list, only a longer one is a heap
_SEPARATOR = re.compile(
    rf"[,;|•·&.!?]+(?=\s|$)|[\n{BORDER}]+|/(?=\s)|(?<=\s)(?:and|or|plus)(?=\s)", re.I
)
_BRACKET = re.compile(r"[{}()\[\]]")
_ARROW = re.compile(r"[→⇒]|[-=]>")
_RELATION = re.compile(r"[=≠≈<>≤≥]|\s[×*+−-]\s|:\s")
_UNBROKEN = re.compile(r"[^=→≈≠×÷<>(){}\[\]:+*−]+")
_GLUE = frozenset(
    """a an the of per in at to for by with on from between over no not up down out into without
    before after below above under all each most more than as against during through""".split()
)
# With one of these an item is a clause, with one of those it may be.
_CLAUSAL = frozenset(
    """it he she they we you i it's that's they're i'd i'm i've you're there because this these
    those is are was were been do does did has have had will would can could may might must should
    isn't aren't don't doesn't can't won't""".split()
)
_LISTING = re.compile(
    r"(?:^|[.?!,;:]\s+|\band\s+|\byou\s+|\bplease\s+)(?:list|name|enumerate|write\s+down)\b"
    r"|\bgive\s+\w+\s+examples?|\bstate\s+(?:the|all|\w+\s+of|at\s+least)\b"
    r"|\bwhat\s+are\s+the\s+(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\bwhich\s+[\w\s-]{1,30}\s(?:are\s+there|exist)\b",
    re.I,
)
_ARTICLE = re.compile(r"\b(?:[Tt]he|[Aa]n)\s+")  # "a" may be a name: "bulb A is lit"
_NEVER_AFTER_ARTICLE = re.compile(
    r"(?:of|in|on|at|by|to|from|is|are|was|were|be|and|or|but|because)\b"
)
_LEADS = frozenset(
    """question answer important topic topics key term terms keyword keywords concept concepts idea
    ideas relevant main issue issues aspect aspects point points thing things matters""".split()
)
Kind = Literal["term", "short", "clause"]


@dataclass(frozen=True, slots=True)
class _Item:
    """Words between two separators; `content` counts those that mean something, `small` those
    that hold others together."""

    start: int
    end: int
    kind: Kind
    content: int
    small: int

    @property
    def named(self) -> bool:
        return self.kind == "term" and self.content > 0


def heaps(text: str, question: str = "") -> Iterator[tuple[int, int]]:
    """Start and end of each heap, in order; none overlap.

    Where the question asks for a list, a list of up to LISTED words is an answer.
    """
    least = LISTED if _LISTING.search(question) else 0
    read = [(low, high, list(_items(text, low, high))) for low, high in sentences(text)]
    fragments = [len(items) <= 2 and all(i.kind != "clause" for i in items) for _, _, items in read]
    at = 0
    for single, group in groupby(fragments):
        count = len(list(group))
        some = read[at : at + count]
        at += count
        if single and _is_scattered([i for _, _, items in some for i in items], least):
            yield some[0][0], some[-1][1]
        else:
            for low, high, items in some:
                yield from _in_sentence(text, low, high, items, least)


def _in_sentence(
    text: str, low: int, high: int, items: Sequence[_Item], least: int
) -> Iterator[tuple[int, int]]:
    if len(_BRACKET.findall(text, low, high)) > BRACKETS * (high - low):
        return
    if _is_list(items, least) or _is_broken(text[low:high]):
        yield low, high
        return
    for clause, group in groupby(items, key=lambda item: item.kind == "clause"):
        run = list(group)
        content = sum(item.content for item in run)
        if not clause and content > least and _mostly_named(run, TERMS_IN_SENTENCE):
            yield run[0].start, run[-1].end
            continue
        for item in run:
            if item.content > least:
                yield from _bare(text, item)


def _is_list(items: Sequence[_Item], least: int) -> bool:
    """Whether a sentence is nothing but names."""
    content = sum(item.content for item in items)
    if not items or content < max(CONTENT, least + 1) or items[0].kind != "term":
        return False
    if any(item.kind == "clause" for item in items):
        return False
    if content >= 2 * CONTENT and sum(item.small for item in items) <= SMALL * content:
        return True
    return _mostly_named(items, TERMS)


def _mostly_named(items: Sequence[_Item], least: int) -> bool:
    terms = sum(item.named for item in items)
    # A number alone is neither a term nor a claim.
    return terms >= max(least, SHARE * sum(item.content > 0 for item in items))


def _is_scattered(items: Sequence[_Item], least: int) -> bool:
    """Whether sentences of a word or two are names; terse notes have longer ones."""
    items = [item for item in items if item.content]
    content = sum(item.content for item in items)
    return (
        len(items) >= TERMS
        and content >= max(CONTENT, least + 1)
        and content <= FRAGMENT_WORDS * len(items)
    )


def _is_broken(sentence: str) -> bool:
    """Whether articles stand where none can: words in no order."""
    after = [m.end() for m in _ARTICLE.finditer(sentence)]
    wrong = sum(bool(_NEVER_AFTER_ARTICLE.match(sentence, at)) for at in after)
    return wrong >= 2 and wrong / len(after) > 0.3


def _items(text: str, low: int, high: int) -> Iterator[_Item]:
    start = low
    for match in [*_SEPARATOR.finditer(text, low, high), None]:
        end = match.start() if match else high
        piece = text[start:end]
        said = words(piece)
        if said:
            first = start + len(piece) - len(piece.lstrip())
            yield _Item(
                first,
                start + len(piece.rstrip()),
                _kind(piece, said),
                sum(_has_content(w) for w in said),
                sum(w in FUNCTION_WORDS for w in said),
            )
        if match:
            start = match.end()


def _kind(piece: str, said: list[str]) -> Kind:
    if _announces(said):
        return "term"
    if _ARROW.search(piece) or any(_ties(w) for w in said):
        return "clause"
    small = [w for w in said if w in FUNCTION_WORDS]
    says = any(w in PLAIN_VERBS for w in said) or any(w not in _GLUE for w in small)
    if says or _RELATION.search(piece):
        return "short" if len(said) <= SHORT_WORDS else "clause"
    return "term" if not small or len(said) <= NAMED_WORDS else "clause"


def _ties(word: str) -> bool:
    return word in _CLAUSAL or (word in OTHER_LANGUAGES and word not in FUNCTION_WORDS)


def _has_content(word: str) -> bool:
    return (
        len(word) > 1
        and word not in FUNCTION_WORDS
        and word not in NUMBERS
        and not word[0].isdigit()
    )


def _announces(said: list[str]) -> bool:
    """Words that announce terms and say nothing themselves: "the key ideas here are X"."""
    content = [w for w in said if w not in FUNCTION_WORDS]
    return any(w in _LEADS for w in content) and sum(w not in _LEADS for w in content) <= 2


def _bare(text: str, item: _Item) -> Iterator[tuple[int, int]]:
    """Runs of words in an item that nothing holds together."""
    for found in _UNBROKEN.finditer(text, item.start, item.end):
        tokens = list(re.finditer(r"\S+", found.group()))
        for tied, group in groupby(tokens, key=lambda token: _is_tied(token.group())):
            run = list(group)
            if not tied and sum(_counts(token.group()) for token in run) >= BARE:
                yield found.start() + run[0].start(), found.start() + run[-1].end()


def _is_tied(token: str) -> bool:
    return any(w in FUNCTION_WORDS or w in OTHER_LANGUAGES for w in words(token))


def _counts(token: str) -> bool:
    return any(_has_content(w) for w in words(token))
