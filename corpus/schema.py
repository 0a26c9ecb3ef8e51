"""The nouns that flow through Greenroom, from a document to a question.

Invariant: every span satisfies ``document.text[span.start:span.end] == span.quote``; offsets count
Unicode code points of the repaired text with ``\\n`` line ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["user", "library"]
BlockKind = Literal["heading", "paragraph", "list_item", "table", "code", "quote", "rule", "html"]
ChunkKind = Literal["prose", "qa", "list", "table", "code"]
QuestionKind = Literal[
    "concept",
    "comparison",
    "scenario",
    "debugging",
    "calculation",
    "design",
    "behavioural",
    "coding",
]
Origin = Literal["explicit", "derived", "authored", "generated"]


class GreenroomError(Exception):
    """Something a person can act on: the message names the value at fault and the next step."""

    exit_code = 1


class CorpusError(GreenroomError):
    """A document cannot be used; the message names it and says what to do."""


class UnreadableError(CorpusError):
    """A file cannot be turned into text (`reason` is one readable clause)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim passage of a document."""

    document_id: str
    path: str
    start: int
    end: int
    quote: str

    def part(self, start: int, end: int) -> Span:
        """The passage at ``quote[start:end]``."""
        return Span(
            self.document_id,
            self.path,
            self.start + start,
            self.start + end,
            self.quote[start:end],
        )


@dataclass(frozen=True, slots=True)
class Removed:
    """A passage kept out of questions, references and citations, and why."""

    start: int
    end: int
    reason: (
        str  # advert, comment, navigation, spam, share_bar, caption, sign_off, metadata, reference
    )
    text: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader makes of a file: repaired text, a title, the media type."""

    text: str
    title: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited. `path` is absolute, or ``library:<topic>``."""

    id: str
    path: str
    title: str
    media_type: str
    source: Source
    sha256: str  # of the file's bytes
    text: str

    def span(self, start: int, end: int) -> Span:
        """The passage ``text[start:end]`` as a span of this document."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(
                f"span {start}:{end} lies outside {self.path} ({len(self.text)} chars)"
            )
        return Span(self.id, self.path, start, end, self.text[start:end])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that is embedded and found; ``text == document.text[start:end]``."""

    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    heading: str  # "A > B", the headings above it; may be empty
    kind: ChunkKind


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One thing a good answer says. `weight` is positive; `span` carries it in the source."""

    id: str
    text: str
    weight: float = 1.0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Misconception:
    """What people say that is wrong, why it is, and which key point it contradicts."""

    text: str
    why: str
    contradicts: str | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something notes often say that the library says otherwise.

    ``claim`` and ``wordings`` are ways notes put it; ``correction`` says what holds and ``span`` is
    the library's passage for it; ``points`` names the key points it bears on, each a question's id
    and a key point's id.
    """

    id: str
    claim: str
    wordings: tuple[str, ...]
    correction: str
    span: Span
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further question, and the key point it aims at."""

    text: str
    aims_at: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What an answer is graded against: ``text`` is the spans' quotes joined by a blank line."""

    text: str
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: tuple[Span, ...]) -> Reference:
        """The reference made of these spans, in order."""
        return cls("\n\n".join(s.quote for s in spans), spans)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank. `reference` is None where the document gives no answer."""

    id: str
    document_id: str
    topic: str
    question: str
    kind: QuestionKind
    origin: Origin
    difficulty: int  # 1 (easy) to 5
    roles: tuple[str, ...]
    reference: Reference | None
    key_points: tuple[KeyPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    coaching: tuple[str, ...] = ()
    model_answer: str | None = None
    further_reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CurriculumTopic:
    """A topic that a study plan names, with the subjects listed under it."""

    name: str
    subjects: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything Greenroom takes from one document."""

    document: Document
    chunks: tuple[Chunk, ...]
    questions: tuple[Question, ...]
    removed: tuple[Removed, ...]
    curriculum: tuple[CurriculumTopic, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A structural piece of a document: one heading, paragraph, list item, table, code block…

    ``start:end`` is the whole piece as it stands in the text (markers included, no trailing line
    break); ``body_start:body_end`` is its content without the marker (``- ``, ``## ``, fences).
    """

    kind: BlockKind
    start: int
    end: int
    body_start: int
    body_end: int
    level: int = 0  # heading level 1-6; list nesting depth from 0
    marker: str = ""  # "-", "1.", "[ ]", "```python"…
