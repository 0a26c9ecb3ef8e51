"""What can be said against a library of topics by reading alone: counts, lengths, repetitions.

What makes a topic unreadable is `corpus.authored`'s to refuse; this finds what makes one poor.
Invariant: a fault names its topic and, where it has one, its question, and says what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.schema import Digest, Question

LEAST_QUESTIONS = 14  # of a topic
LEAST_KINDS = 4
DIFFICULTIES = frozenset({1, 2, 3, 4, 5})
SPOKEN_WORDS = (110, 280)  # of a model answer: a minute to two minutes of speech
REPEATED_WORDS = 8  # in a row, from the prose
LONGEST_POINT = 40  # words
LONGEST_QUOTE = 600  # characters
LONGEST_SENTENCE = 45  # words
HARDEST_LIX = 50.0  # above it a text reads like an academic paper

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
_CODE = re.compile(r"```.*?```", re.S)
_LINK = re.compile(r"\]\(([^)\s]*)\)")
_URL = re.compile(r"https://[\w.-]+\.[a-z]{2,}(?:/\S*)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend in a topic, by its slug; `place` is a question's id or a part of it."""

    topic: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.place + ': ' if self.place else ''}{self.text}"


def faults(library: Sequence[Digest]) -> tuple[Fault, ...]:
    """All faults of these topics, topic by topic."""
    found = [fault for digest in library for fault in _topic_faults(digest)]
    return (*found, *_repeated(library))


def slug(digest: Digest) -> str:
    """The name of a topic's files."""
    return digest.document.path.removeprefix("library:")


def lix(prose: str) -> float:
    """Reading level: words a sentence plus the percentage of words over six letters (Björnsson
    1968, "Läsbarhet"). Headings, tables and code do not count; 0 for a text without sentences."""
    sentences = [_WORD.findall(s) for s in _sentences(prose)]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    hard = sum(len(word) > 6 for word in words)
    return len(words) / len(sentences) + 100 * hard / len(words)


def _topic_faults(digest: Digest) -> Iterator[Fault]:
    name = slug(digest)
    for text in _spread(digest.questions):
        yield Fault(name, "", text)
    for text in _prose(digest.document.text):
        yield Fault(name, "prose", text)
    shingles = _shingles(digest.document.text)
    for question in digest.questions:
        for text in _answer(question, shingles):
            yield Fault(name, question.id, text)
        for place, text in _points(question, digest):
            yield Fault(name, f"{question.id}, {place}", text)


def _spread(questions: Sequence[Question]) -> Iterator[str]:
    if len(questions) < LEAST_QUESTIONS:
        yield f"{len(questions)} questions; write at least {LEAST_QUESTIONS}"
    missing = DIFFICULTIES - {q.difficulty for q in questions}
    if missing:
        yield f"no question of difficulty {', '.join(map(str, sorted(missing)))}"
    kinds = {q.kind for q in questions}
    if len(kinds) < LEAST_KINDS:
        yield f"only the kinds {', '.join(sorted(kinds))}; ask in at least {LEAST_KINDS} ways"


def _prose(text: str) -> Iterator[str]:
    for sentence in _sentences(text):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield f"a sentence of over {LONGEST_SENTENCE} words: {sentence[:60]!r}; cut it"
    level = lix(text)
    if level > HARDEST_LIX:
        yield f"reading level LIX {level:.0f}, over {HARDEST_LIX:.0f}; use shorter sentences"
    for target in _LINK.findall(_CODE.sub("", text)):
        if not _URL.fullmatch(target):
            yield f"the link to {target!r} is no https address; mend or remove it"


def _answer(question: Question, prose: frozenset[tuple[str, ...]]) -> Iterator[str]:
    answer = question.model_answer or ""
    least, most = SPOKEN_WORDS
    count = len(answer.split())
    if not least <= count <= most:
        yield f"a model answer of {count} words; speak {least} to {most}"
    repeated = _shingles(answer) & prose
    if repeated:
        yield f"the model answer repeats the prose: {' '.join(min(repeated))!r}; say it anew"


def _points(question: Question, digest: Digest) -> Iterator[tuple[str, str]]:
    said = {m.text.casefold() for m in question.misconceptions}
    for point in question.key_points:
        if len(point.text.split()) > LONGEST_POINT:
            yield point.id, f"over {LONGEST_POINT} words; say one thing"
        if point.text.casefold() in said:
            yield point.id, "is also a misconception of its question"
        span = point.span
        if span is None:
            continue
        if len(span.quote) > LONGEST_QUOTE:
            yield point.id, f"quotes over {LONGEST_QUOTE} characters; cite what carries the point"
        if not any(c.start <= span.start and span.end <= c.end for c in digest.chunks):
            yield point.id, "its quote runs over two passages; cite one"


def _repeated(library: Sequence[Digest]) -> Iterator[Fault]:
    """Ids and questions that occur in more than one place of the library."""
    everything = [(slug(d), q) for d in library for q in d.questions]
    ids = Counter(q.id for _, q in everything)
    texts = Counter(_norm(q.question) for _, q in everything)
    for name, question in everything:
        if ids[question.id] > 1:
            yield Fault(name, question.id, "another question has this id; rename the newer one")
        if texts[_norm(question.question)] > 1:
            yield Fault(name, question.id, "the same question is asked twice; drop one")


def _sentences(prose: str) -> Iterator[str]:
    for piece in _SENTENCE_END.split(_CODE.sub("", prose)):
        text = piece.strip()
        if text and not text.startswith(("#", "|")):
            yield text


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    last = len(words) - REPEATED_WORDS + 1
    return frozenset(tuple(words[i : i + REPEATED_WORDS]) for i in range(last))


def _norm(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
