"""A derived question on its way: wording, the places that answer it, what it is about.

Invariant: a draft's places are in order, do not overlap and lie in the document's text.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.questions.grammar import can_be_asked
from corpus.questions.identity import question_id
from corpus.questions.keypoints import key_points
from corpus.questions.wording import difficulty_of, kind_of, roles_of
from corpus.schema import Document, Question, Reference

Place = tuple[int, int]
HEAD = 3000  # characters that say for whom a document is written


@dataclass(frozen=True, slots=True)
class Draft:
    """`subject` is the term asked about; `places` are ``(start, end)`` in the document's text.

    No places: the document asks, but does not answer. `order` ranks it among the drafts that
    compete for room (lower is kept first).
    """

    question: str
    places: tuple[Place, ...]
    subject: str
    topic: str = ""
    coaching: tuple[str, ...] = ()
    order: int = 0


def trimmed(text: str, start: int, end: int, marks: str = " \t\n*_|") -> Place:
    """``start:end`` without white space and markup at its edges (may be empty)."""
    while start < end and text[start] in marks:
        start += 1
    while end > start and text[end - 1] in marks:
        end -= 1
    return start, end


def to_question(document: Document, draft: Draft, topic: str) -> Question:
    """The finished question with its reference and key points."""
    spans = tuple(document.span(start, end) for start, end in draft.places)
    points = key_points(document, spans, draft.question) if spans else ()
    kind = kind_of(draft.question)
    if kind == "concept" and draft.question.startswith(("How do you choose", "What advantage")):
        kind = "comparison"
    level = difficulty_of(draft.question, kind)
    return Question(
        id=question_id(document.id, draft.question),
        document_id=document.id,
        topic=draft.topic or topic,
        question=draft.question,
        kind=kind,
        origin="derived",
        difficulty=min(5, level + (len(points) >= 6)),
        roles=roles_of(draft.question, f"{document.title}\n{document.text[:HEAD]}"),
        reference=Reference.of(spans) if spans else None,
        key_points=points,
        coaching=draft.coaching,
    )


def is_worthy(draft: Draft, text: str) -> bool:
    """Whether the draft asks something clear that its reference can answer."""
    if not can_be_asked(draft.subject) or len(draft.question) > 220:
        return False
    if not draft.places:
        return True
    answer = " ".join(text[start:end] for start, end in draft.places)
    return len(answer.split()) >= 3 and sum(c.isalpha() for c in answer) >= 15
