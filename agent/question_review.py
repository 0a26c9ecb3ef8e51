"""Looking through the questions that a language model wrote: keep, edit or reject.

Invariant: nothing a model wrote is asked before a person kept it, and what is kept cites words that
stand in the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.questions.identity import normalised, question_id
from corpus.schema import Document, GreenroomError, KeyPoint, Reference, Span
from index.drafts import Draft as Draft
from index.store import Store

MOST_POINTS = 8
LONGEST_QUESTION = 300  # characters
LONGEST_POINT = 400
LONGEST_QUOTE = 1_000


class ReviewError(GreenroomError):
    """A draft cannot be reviewed as was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class EditedPoint:
    """A key point as a person wants it: its text, and the words of the source that carry it."""

    text: str
    quote: str
    weight: float = 1.0


class QuestionReview:
    """The drafts of a store, for a person to decide on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self) -> tuple[Draft, ...]:
        """The drafts that wait, the oldest first."""
        return self._store.drafts.all("waiting")

    def draft(self, draft_id: str) -> Draft:
        """A draft that waits. Raises ReviewError where none with this id does."""
        found = self._store.drafts.get(draft_id)
        if found is None:
            raise _gone(draft_id)
        return found

    def keep(self, draft_id: str) -> Draft:
        """Put the question into the bank, to be asked from now on. Raises ReviewError."""
        draft = self.draft(draft_id)
        if not self._store.drafts.keep(draft):
            raise _gone(draft_id)
        return draft

    def reject(self, draft_id: str) -> None:
        """Turn the draft down; the same question is not written again. Raises ReviewError."""
        if not self._store.drafts.reject(draft_id):
            raise _gone(draft_id)

    def edit(
        self,
        draft_id: str,
        question: str | None = None,
        points: Sequence[EditedPoint] | None = None,
    ) -> Draft:
        """The draft with another wording or other points; it goes on waiting, and its id follows
        its wording. A point's quote must stand in the document, white space apart.

        Raises ReviewError, and nothing is changed.
        """
        old = self.draft(draft_id)
        document = self._store.document(old.question.document_id)
        if document is None:
            raise _gone(draft_id)
        wording = old.question.question if question is None else _line(question)
        _check_length(wording, LONGEST_QUESTION, "question")
        if not normalised(wording):
            raise ReviewError(f"the question {wording!r} has no words; write it out")
        changed = replace(old.question, id=question_id(document.id, wording), question=wording)
        if points is not None:
            made = _points(points, document, old.passage)
            changed = replace(changed, key_points=made, reference=_reference(made, old.passage))
        draft = replace(old, question=changed)
        if not self._store.drafts.replace(old.id, draft):
            raise ReviewError(f"the question {wording!r} is there already; word it differently")
        return draft

    def check_quote(self, draft_id: str, quote: str) -> None:
        """Raises ReviewError where these words do not stand in the draft's document, white space
        apart; the message says so."""
        draft = self.draft(draft_id)
        document = self._store.document(draft.question.document_id)
        if document is None:
            raise _gone(draft_id)
        _placed(quote, "quote", document, draft.passage)


def found_quote(quote: str, text: str, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Where a quote stands in ``text[start:end]``, runs of white space taken as one; (-1, -1)
    where it does not."""
    words = quote.split()
    if not words:
        return -1, -1
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    match = pattern.search(text, start, len(text) if end is None else end)
    return match.span() if match else (-1, -1)


def _points(
    points: Sequence[EditedPoint], document: Document, passage: Span
) -> tuple[KeyPoint, ...]:
    if not 1 <= len(points) <= MOST_POINTS:
        raise ReviewError(f"{len(points)} points; a question has 1 to {MOST_POINTS}")
    return tuple(_point(i, p, document, passage) for i, p in enumerate(points, 1))


def _point(number: int, point: EditedPoint, document: Document, passage: Span) -> KeyPoint:
    text = _line(point.text)
    _check_length(text, LONGEST_POINT, f"point {number}")
    if not normalised(text):
        raise ReviewError(f"point {number} has no words; write what a good answer says")
    if not 0 < point.weight <= 10:
        raise ReviewError(f"point {number} has the weight {point.weight:g}; take one up to 10")
    span = _placed(point.quote, f"quote of point {number}", document, passage)
    return KeyPoint(f"k{number}", text, point.weight, span)


def _placed(quote: str, what: str, document: Document, passage: Span) -> Span:
    """Where a quote stands, in the passage before elsewhere. Raises ReviewError."""
    _check_length(quote, LONGEST_QUOTE, what)
    start, end = found_quote(quote, document.text, passage.start, passage.end)
    if start < 0:
        start, end = found_quote(quote, document.text)
    if start < 0:
        raise ReviewError(
            f"the {what}, {_line(quote)[:80]!r}, does not stand in {document.title!r}; "
            "copy it from the source word for word"
        )
    return document.span(start, end)


def _reference(points: Sequence[KeyPoint], passage: Span) -> Reference:
    """The passage, and what is quoted from elsewhere."""
    outside = {
        point.span
        for point in points
        if point.span and not passage.start <= point.span.start <= point.span.end <= passage.end
    }
    return Reference.of(tuple(sorted({passage, *outside}, key=lambda s: (s.start, s.end))))


def _line(text: str) -> str:
    return " ".join(text.split())


def _check_length(text: str, most: int, what: str) -> None:
    if len(text) > most:
        raise ReviewError(f"the {what} has {len(text)} characters; take at most {most}")


def _gone(draft_id: str) -> ReviewError:
    return ReviewError(
        f"no question {draft_id!r} waits for review; see `greenroom questions review`"
    )
