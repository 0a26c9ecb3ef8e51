"""The JSON shapes that scripts rely on. Fields may be added, never renamed or dropped."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from corpus.schema import Document, KeyPoint, Question, Span


def span_json(span: Span | None) -> dict[str, Any] | None:
    """A passage of a document, or null."""
    return None if span is None else asdict(span)


def key_point_json(point: KeyPoint) -> dict[str, Any]:
    """A key point with its passage."""
    return {
        "id": point.id,
        "text": point.text,
        "weight": point.weight,
        "span": span_json(point.span),
    }


def question_json(question: Question) -> dict[str, Any]:
    """A row of ``greenroom questions``; `reference` is null where the document gives no answer."""
    reference = question.reference
    return {
        "id": question.id,
        "document_id": question.document_id,
        "topic": question.topic,
        "roles": list(question.roles),
        "difficulty": question.difficulty,
        "kind": question.kind,
        "origin": question.origin,
        "question": question.question,
        "reference": None
        if reference is None
        else {"text": reference.text, "spans": [span_json(s) for s in reference.spans]},
        "key_points": [key_point_json(p) for p in question.key_points],
        "misconceptions": [asdict(m) for m in question.misconceptions],
        "follow_ups": [f.text for f in question.follow_ups],
        "coaching": list(question.coaching),
        "model_answer": question.model_answer,
        "further_reading": list(question.further_reading),
    }


def document_json(document: Document) -> dict[str, Any]:
    """``greenroom show``: the text that every offset counts in."""
    return asdict(document)
