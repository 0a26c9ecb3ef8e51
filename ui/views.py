"""What a grade, a question and a report look like, as plain data. The terminal and the web page
draw the same views. Invariant: pure functions; no text is escaped or styled here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from agent.choice import wanted_of
from agent.grades import Grade, PointGrade, Scored, Ungraded, Verdict
from corpus.schema import Span

SYMBOLS: dict[Verdict, str] = {
    "covered": "✓",
    "partial": "◐",
    "missing": "○",
    "contradicted": "✗",
}
WORDS: dict[Verdict, str] = {
    "covered": "covered",
    "partial": "partly covered",
    "missing": "not mentioned",
    "contradicted": "contradicts the source",
}
_WORST_FIRST: tuple[Verdict, ...] = ("contradicted", "missing", "partial", "covered")
REASONS: dict[str, str] = {
    "no_reference": "your documents give no answer to hold this against",
    "weak_retrieval": "nothing found in the documents is likely to answer this",
    "model_unavailable": "the language model cannot be reached",
    "invalid_model_output": "the language model gave no usable verdict",
    "too_long": "the answer is longer than 100,000 characters",
    "invalid_row": "the row cannot be read",
}
FLAGS: dict[str, str] = {
    "injection": "Part of the answer instructs the marker; that part earns nothing.",
    "keyword_list": "A list of terms is not an explanation; it earns little.",
    "question_copied": "Repeating the question earns nothing.",
    "off_topic": "None of the points looked for was found in this answer.",
    "empty": "Nothing to mark here; this is what a full answer holds.",
    "sources_disagree": "Your document and the bundled library disagree here; both are shown.",
}

STRONG_FROM, FAIR_FROM = 0.97, 0.5  # scores of search

Direction = Literal["better", "worse", "same"]


def fewer_asked(planned: int, wanted: int) -> str:
    """What to say where fewer questions fit than were wanted; nothing where enough do."""
    if planned >= wanted:
        return ""
    fit = "1 question fits" if planned == 1 else f"{planned} questions fit"
    return f"Only {fit} what you chose, of the {wanted} you asked for."


@dataclass(frozen=True, slots=True)
class Citation:
    """A source passage: where it stands, and its words."""

    document_id: str
    place: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PointView:
    """One key point of a grade; `other` is a source that says otherwise than `citation`."""

    id: str
    symbol: str
    verdict: str
    verdict_id: Verdict
    text: str
    said: str | None
    citation: Citation | None
    other: Citation | None
    self_marked: bool
    sure: str


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade as a person reads it. `percent` is None where there is no mark."""

    headline: str
    percent: int | None
    points: tuple[PointView, ...]
    remarks: tuple[str, ...]
    feedback: str
    grader: str


def citation(span: Span | None) -> Citation | None:
    """A citation of a document's passage; None for a point's own text."""
    if span is None or span.document_id == "key_points":
        return None
    if span.path.startswith("library:"):
        topic = span.path.removeprefix("library:").replace("-", " ")
        place = f"Greenroom library, {topic}"
    else:
        place = PurePath(span.path).name
    return Citation(span.document_id, place, span.quote, span.start, span.end)


def sureness(confidence: float) -> str:
    """A probability in words."""
    if confidence >= 0.85:
        return "sure"
    return "fairly sure" if confidence >= 0.65 else "unsure"


def match(score: float) -> str:
    """The score of a passage in words.

    The score tells the best passage of a query with an answer from the best of one without, and
    means less further down: on the test half of `evals/data/glossary_queries.jsonl`, 57% of the
    strong, 25% of the fair and 11% of the weak passages are from an article that answers.
    """
    if score >= STRONG_FROM:
        return "strong match"
    return "fair match" if score >= FAIR_FROM else "weak match"


def point_view(point: PointGrade) -> PointView:
    """One key point."""
    by_candidate = point.by == "candidate"
    return PointView(
        id=point.id,
        symbol=SYMBOLS[point.verdict],
        verdict=WORDS[point.verdict] + (", marked by you" if by_candidate else ""),
        verdict_id=point.verdict,
        text=point.text,
        said=point.answer_span.quote if point.answer_span else None,
        citation=citation(point.source_span),
        other=citation(point.other_span),
        self_marked=by_candidate,
        sure="" if by_candidate else sureness(point.confidence),
    )


def direction(before: PointGrade | None, after: PointGrade | None) -> Direction:
    """Where a point's verdict went; a point that was not graded stands with the missing ones."""
    was, now = (_WORST_FIRST.index(p.verdict if p else "missing") for p in (before, after))
    return "same" if was == now else "better" if now > was else "worse"


def band(score: float) -> str:
    """A mark in words."""
    if score >= 0.85:
        return "Strong"
    if score >= 0.6:
        return "Good"
    if score >= 0.35:
        return "Partly there"
    return "Thin" if score >= 0.1 else "Not there yet"


def grade_view(grade: Grade) -> GradeView:
    """The whole grade."""
    remarks = tuple(FLAGS[flag] for flag in grade.flags)
    wanted = wanted_of(grade.points) if isinstance(grade, Scored) else None
    if wanted is not None:
        remarks = (*remarks, f"Any {wanted} of these points are enough.")
    name = f"{grade.grader.name} grader {grade.grader.version}"
    if not grade.grader.measured:
        name += ", accuracy not measured"
    if isinstance(grade, Ungraded):
        reason = REASONS.get(grade.reason, grade.reason)
        return GradeView(f"Not graded: {reason}", None, (), remarks, grade.feedback, name)
    return _scored_view(grade, remarks, name)


def _scored_view(grade: Scored, remarks: tuple[str, ...], name: str) -> GradeView:
    percent = round(grade.score * 100)
    headline = f"{band(grade.score)}: {percent}% ({sureness(grade.confidence)} of the mark)"
    points = tuple(point_view(p) for p in sorted(grade.points, key=lambda p: -p.weight))
    return GradeView(headline, percent, points, remarks, grade.feedback, name)
