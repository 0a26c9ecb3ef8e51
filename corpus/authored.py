"""The bundled library's questions as they stand in a topic's data file, and what they become.

Invariant: a topic that passes `parse_topic` and `build_questions` is sound: every id is unique and
every quote, `contradicts` and `aims_at` names something that is there. What is not raises
`CorpusError` with the file, the question and what to do.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.schema import (
    CorpusError,
    Disagreement,
    Document,
    FollowUp,
    KeyPoint,
    Misconception,
    Question,
    QuestionKind,
    Reference,
    Span,
)

Words = Annotated[str, Field(min_length=1)]
Role = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)


class AuthoredPoint(_Entry):
    """One thing a good answer says, and the passage of the prose that carries it."""

    id: Annotated[str, Field(pattern=r"^k[1-9][0-9]*$")]
    text: Words
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    quote: Words


class AuthoredMisconception(_Entry):
    """What people say that is wrong, why it is, and which key point it contradicts."""

    text: Words
    why: Words
    contradicts: Words


class AuthoredFollowUp(_Entry):
    """A further question, and the key point it aims at."""

    text: Words
    aims_at: Words


class AuthoredQuestion(_Entry):
    """One question as its author wrote it."""

    id: Words
    question: Words
    roles: Annotated[list[Role], Field(min_length=1)]
    difficulty: Annotated[int, Field(ge=1, le=5)]
    kind: QuestionKind
    key_points: Annotated[list[AuthoredPoint], Field(min_length=3, max_length=6)]
    misconceptions: Annotated[list[AuthoredMisconception], Field(min_length=2)]
    follow_ups: Annotated[list[AuthoredFollowUp], Field(min_length=1, max_length=2)]
    model_answer: Words
    further_reading: Annotated[list[Words], Field(min_length=1)]
    coaching: list[Words] = []


class AuthoredDisagreement(_Entry):
    """What some notes say that is not so, in several wordings, and the prose that says what is.

    `points` are written ``question-id.k2``.
    """

    id: Words
    claim: Words
    wordings: Annotated[list[Words], Field(min_length=1)]
    correction: Words
    quote: Words
    points: Annotated[list[Words], Field(min_length=1)]


class AuthoredTopic(_Entry):
    """A whole data file. `reviewed` is the day on which its facts were last checked."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Words
    topic: Words
    reviewed: date
    questions: Annotated[list[AuthoredQuestion], Field(min_length=1)]
    disagreements: list[AuthoredDisagreement] = []


def parse_topic(data: bytes, name: str) -> AuthoredTopic:
    """Read and check a topic's data file; `name` is what an error calls it."""
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{name} is not TOML in UTF-8 ({error}); mend its syntax") from error
    try:
        topic = AuthoredTopic.model_validate(raw)
    except ValidationError as error:
        raise CorpusError(_first_fault(error, raw, name)) from error
    for fault in _loose_ends(topic):
        raise CorpusError(f"{name}: {fault}")
    return topic


def build_questions(topic: AuthoredTopic, document: Document, name: str) -> tuple[Question, ...]:
    """The topic's questions, each key point with its span in `document`."""
    return tuple(_build(entry, topic.topic, document, name) for entry in topic.questions)


def build_disagreements(
    topic: AuthoredTopic, document: Document, name: str
) -> tuple[Disagreement, ...]:
    """The topic's disagreements, each with its span in `document`."""
    return tuple(
        Disagreement(
            id=entry.id,
            claim=entry.claim,
            wordings=tuple(entry.wordings),
            correction=entry.correction,
            span=_find(entry.quote, f"disagreement {entry.id!r}", document, name),
            points=tuple(_point(reference) for reference in entry.points),
        )
        for entry in topic.disagreements
    )


def merge_spans(document: Document, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in document order; those that overlap or have only white space between are one."""
    merged: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and not document.text[merged[-1][1] : span.start].strip():
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
        else:
            merged.append((span.start, span.end))
    return tuple(document.span(start, end) for start, end in merged)


def _build(entry: AuthoredQuestion, topic: str, document: Document, name: str) -> Question:
    points = tuple(
        KeyPoint(
            p.id,
            p.text,
            p.weight,
            _find(p.quote, f"question {entry.id!r}, {p.id}", document, name),
        )
        for p in entry.key_points
    )
    spans = [p.span for p in points if p.span is not None]
    return Question(
        id=entry.id,
        document_id=document.id,
        topic=topic,
        question=entry.question,
        kind=entry.kind,
        origin="authored",
        difficulty=entry.difficulty,
        roles=tuple(entry.roles),
        reference=Reference.of(merge_spans(document, spans)),
        key_points=points,
        misconceptions=tuple(
            Misconception(m.text, m.why, m.contradicts) for m in entry.misconceptions
        ),
        follow_ups=tuple(FollowUp(f.text, f.aims_at) for f in entry.follow_ups),
        coaching=tuple(entry.coaching),
        model_answer=entry.model_answer,
        further_reading=tuple(entry.further_reading),
    )


def _find(quote: str, where: str, document: Document, name: str) -> Span:
    found = document.text.count(quote)
    if found != 1:
        raise CorpusError(
            f"{name}: {where}: the quote {quote[:60]!r} occurs {found} times in {document.path}; "
            "quote one passage of the prose, word for word, long enough to occur once"
        )
    start = document.text.index(quote)
    return document.span(start, start + len(quote))


def _point(reference: str) -> tuple[str, str]:
    question, _, point = reference.rpartition(".")
    return question, point


def _loose_ends(topic: AuthoredTopic) -> Iterator[str]:
    yield from _loose_questions(topic)
    yield from _loose_disagreements(topic)


def _loose_disagreements(topic: AuthoredTopic) -> Iterator[str]:
    known = {f"{q.id}.{p.id}" for q in topic.questions for p in q.key_points}
    yield from _loose_ids("disagreement", [d.id for d in topic.disagreements], topic.slug)
    for entry in topic.disagreements:
        where = f"disagreement {entry.id!r}"
        for reference in entry.points:
            if reference not in known:
                yield (
                    f"{where}: points names {reference!r}, which is not a key point of this topic; "
                    "write it as question-id.k2"
                )


def _loose_questions(topic: AuthoredTopic) -> Iterator[str]:
    yield from _loose_ids("question", [q.id for q in topic.questions], topic.slug)
    for question in topic.questions:
        where = f"question {question.id!r}"
        ids = [p.id for p in question.key_points]
        if len(set(ids)) < len(ids):
            yield f"{where}: two key points share an id ({', '.join(ids)}); number them anew"
        for misconception in question.misconceptions:
            if misconception.contradicts not in ids:
                yield _unknown(where, "contradicts", misconception.contradicts, ids)
        for follow_up in question.follow_ups:
            if follow_up.aims_at not in ids:
                yield _unknown(where, "aims_at", follow_up.aims_at, ids)


def _loose_ids(what: str, ids: Sequence[str], slug: str) -> Iterator[str]:
    for id_, count in Counter(ids).items():
        if count > 1:
            yield f"{what} {id_!r} occurs {count} times; give each {what} an id of its own"
        if not id_.startswith(f"{slug}-"):
            yield f"{what} {id_!r}: the id must start with {slug + '-'!r}; rename it"


def _unknown(where: str, field: str, value: str, ids: Sequence[str]) -> str:
    return f"{where}: {field} names {value!r}, which is not a key point; use {', '.join(ids)}"


def _first_fault(error: ValidationError, raw: dict[str, Any], name: str) -> str:
    """The first fault in words: file, question, field, what is wrong, what to do."""
    fault = error.errors(include_url=False)[0]
    path = fault["loc"]
    field = ".".join(str(part) for part in path)
    where = f"field {field}"
    if len(path) > 1 and path[0] == "questions" and isinstance(path[1], int):
        entry = raw["questions"][path[1]]
        id_ = entry.get("id") if isinstance(entry, dict) else None
        inner = ".".join(str(part) for part in path[2:]) or "entry"
        where = f"question {id_ or 'number ' + str(path[1] + 1)!r}, field {inner}"
    return f"{name}: {where}: {fault['msg']}; correct it in the file"
