"""What an ingest did, a row for every file it met.

Invariant: `IngestReport.as_json` gives the fields of the contract, whatever the file's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus.schema import CurriculumTopic, Digest, Removed
from index.store_rows import StoredDocument

State = Literal["indexed", "unchanged", "updated", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class IngestRow:
    """What became of one file. `chunks`, `questions` and `removed` are those of the document that
    stands in the store for it (or would, in a dry run), `topics` those that it names as a study
    plan; a skipped or failed file has none.
    """

    id: str
    path: str
    title: str | None
    media_type: str | None
    state: State
    reason: str | None = None
    duplicate_of: str | None = None
    chunks: int = 0
    questions: int = 0
    removed: tuple[Removed, ...] = ()
    topics: tuple[str, ...] = ()

    @classmethod
    def of_digest(cls, digest: Digest, state: State, reason: str | None = None) -> IngestRow:
        """The row of a document that has just been parsed."""
        return cls(
            id=digest.document.id,
            path=digest.document.path,
            title=digest.document.title,
            media_type=digest.document.media_type,
            state=state,
            reason=reason,
            chunks=len(digest.chunks),
            questions=len({question.id for question in digest.questions}),
            removed=digest.removed,
            topics=tuple(topic.name for topic in digest.curriculum),
        )

    @classmethod
    def of_stored(
        cls,
        document: StoredDocument,
        removed: tuple[Removed, ...],
        topics: Sequence[CurriculumTopic] = (),
    ) -> IngestRow:
        """The row of a document that stands in the store unchanged."""
        return cls(
            id=document.id,
            path=document.path,
            title=document.title,
            media_type=document.media_type,
            state="unchanged",
            chunks=document.chunks,
            questions=document.questions,
            removed=removed,
            topics=tuple(topic.name for topic in topics),
        )

    def as_json(self) -> dict[str, Any]:
        """The row as plain types."""
        return {
            "id": self.id,
            "path": printable(self.path),
            "title": self.title,
            "media_type": self.media_type,
            "state": self.state,
            "reason": self.reason,
            "duplicate_of": self.duplicate_of,
            "chunks": self.chunks,
            "questions": self.questions,
            "removed": [
                {"start": r.start, "end": r.end, "reason": r.reason, "text": r.text}
                for r in self.removed
            ],
            "topics": list(self.topics),
        }


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The rows of one ingest, in the order in which the files were met."""

    rows: tuple[IngestRow, ...]

    @property
    def failed(self) -> bool:
        """Whether any file failed."""
        return any(row.state == "failed" for row in self.rows)

    @property
    def changed(self) -> bool:
        """Whether the store has changed (or would have, in a dry run)."""
        return any(row.state in ("indexed", "updated") for row in self.rows)

    @property
    def totals(self) -> dict[str, int]:
        """How many documents, passages and questions the rows stand for."""
        good = [row for row in self.rows if row.state in ("indexed", "unchanged", "updated")]
        return {
            "documents": len(good),
            "chunks": sum(row.chunks for row in good),
            "questions": sum(row.questions for row in good),
        }

    def as_json(self) -> dict[str, Any]:
        """The report as plain types."""
        return {"documents": [row.as_json() for row in self.rows], "totals": self.totals}


def printable(path: str) -> str:
    """A path that can be written as UTF-8: bytes that are no text become question marks."""
    return path.encode("utf-8", "replace").decode("utf-8")
