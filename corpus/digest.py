"""All that Greenroom takes from one document: chunks, questions, curriculum, and what it left out.

Invariant: nothing of a removed passage is in a chunk or in a question's reference.
"""

from __future__ import annotations

from corpus.blocks import scan
from corpus.chunks import chunk
from corpus.junk import find_junk
from corpus.questions.curriculum import curriculum
from corpus.questions.derived import derived_questions
from corpus.questions.explicit import explicit_questions
from corpus.schema import Digest, Document


def digest(document: Document) -> Digest:
    """Blocks, then junk, then chunks and questions. Pure: the same text gives the same digest."""
    blocks = scan(document.text)
    removed = find_junk(document, blocks)
    explicit = explicit_questions(document, blocks, removed)
    derived = derived_questions(document, blocks, removed, explicit)
    return Digest(
        document=document,
        chunks=chunk(document, blocks, removed),
        questions=explicit + derived,
        removed=removed,
        curriculum=curriculum(document, blocks),
    )
