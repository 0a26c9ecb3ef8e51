"""The key points of a request: its own, or those derived from its reference, each with its source.

Invariant: a derived point's span quotes the reference word by word; a bare key point is its own
source.
"""

from __future__ import annotations

import dataclasses
import re

from agent.grades import GradeRequest
from corpus.questions.keypoints import points_of_text
from corpus.schema import KeyPoint, Reference, Span

REFERENCE = "reference"  # document and path of a reference that came as a bare string
KEY_POINTS = "key_points"  # and of a key point that came without a reference
_LEVELS = frozenset(
    """fully partially partly mostly completely correct incorrect right wrong complete incomplete
    full partial half no marks mark points point credit answer excellent good fair poor""".split()
)
_LEAST_QUOTE = 12  # characters: a shorter point may stand in a reference by chance


def points_of(request: GradeRequest) -> tuple[KeyPoint, ...]:
    """All points, each with a span where there is verbatim support; none without a reference."""
    if request.key_points:
        return tuple(_with_source(p, request.reference) for p in request.key_points)
    if request.reference is None or not request.reference.text.strip():
        return ()
    return _derived(request.reference, request.question)


def bare_reference(text: str, path: str = REFERENCE) -> Reference:
    """A reference that came as a string, as one span of the document "reference"."""
    return Reference(text, (Span(REFERENCE, path, 0, len(text), text),))


def names_a_level(text: str) -> bool:
    """Whether a key point only names a level of a marking scale ("Partially correct"), so that
    there is nothing in it that an answer could say."""
    words = re.findall(r"\w+", text.lower())
    return bool(words) and _LEVELS.issuperset(words)


def _with_source(point: KeyPoint, reference: Reference | None) -> KeyPoint:
    if point.span is not None:
        return point
    if reference is None:
        own = Span(KEY_POINTS, KEY_POINTS, 0, len(point.text), point.text)
        return dataclasses.replace(point, span=own)
    if len(point.text) >= _LEAST_QUOTE:
        for span in reference.spans:
            at = span.quote.find(point.text)
            if at >= 0:
                return dataclasses.replace(point, span=span.part(at, at + len(point.text)))
    return point


def _derived(reference: Reference, question: str) -> tuple[KeyPoint, ...]:
    found = points_of_text(reference.text, question)
    return tuple(
        KeyPoint(f"k{i}", p.text, p.weight, _source(reference, p.start, p.end))
        for i, p in enumerate(found, 1)
    )


def _source(reference: Reference, start: int, end: int) -> Span | None:
    """The part of one of the reference's spans at this place of its joined text."""
    at = 0
    for span in reference.spans:
        if at <= start and end <= at + len(span.quote):
            return span.part(start - at, end - at)
        at += len(span.quote) + len("\n\n")
    return None
