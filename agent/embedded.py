"""The embedded grader: verdicts per key point from the encoder alone, no server, no network.

It sees whether an answer speaks to a point, not always whether it is right; where words hint at the
opposite its confidence falls and the candidate is asked. Invariant: every text is embedded alone,
so a request's grade is the same bytes whatever was graded before, beside or in another thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.calibration import LIST_CONFIDENCE, Judgement, judge
from agent.doubt import signs
from agent.evidence import Evidence, Reader, Reading
from agent.feedback import feedback_for, feedback_ungraded
from agent.flags import inspect
from agent.grades import (
    Flag,
    Grade,
    GradeRequest,
    GraderInfo,
    PointGrade,
    Scored,
    Ungraded,
    UngradedReason,
)
from agent.misconceptions import worst_misconception
from agent.points import points_of
from agent.score import ASK_BELOW, label_of, row_confidence, score_of
from corpus.schema import KeyPoint, Misconception
from index.embedder import Embedder
from index.late import align

VERSION = "2"
MEASURED = frozenset({"all-MiniLM-L6-v2"})  # encoders that evals/LOG.md has figures for
TOO_LONG = 100_000  # characters
OFF_TOPIC_BELOW = 0.25  # no point is matched better than this
EMPTY_CONFIDENCE = 0.98


class EmbeddedGrader:
    """Marks answers with an `Embedder`. Thread-safe; the reference side is cached by text."""

    def __init__(self, embedder: Embedder) -> None:
        self._reader = Reader(embedder)

    @property
    def info(self) -> GraderInfo:
        model = self._reader.embedder.name
        return GraderInfo("embedded", VERSION, model, model.split("/")[0] in MEASURED)

    def grade(self, request: GradeRequest) -> Grade:
        if len(request.answer) > TOO_LONG:
            return self._ungraded("too_long", ())
        points = points_of(request)
        inspected = inspect(request.question, request.answer)
        if "empty" in inspected.flags:
            return self._scored(tuple(_missing(p) for p in points), inspected.flags)
        if not points:
            return self._ungraded("no_reference", inspected.flags)
        reading = self._reader.read(request, inspected)
        found = self._reader.evidence(request, points, reading)
        flags = inspected.flags
        if max(e.whole for e in found) < OFF_TOPIC_BELOW and "question_copied" not in flags:
            flags = (*flags, "off_topic")
        graded = tuple(_graded(e, reading) for e in found)
        if reading.side is not None and "keyword_list" not in flags:
            for misconception in request.misconceptions:
                graded = self._contradicted(misconception, graded, found, reading)
        return self._scored(graded, flags)

    def evidence(self, request: GradeRequest) -> tuple[Evidence, ...]:
        """What the marks of a request rest on; what the constants are fitted to."""
        inspected = inspect(request.question, request.answer)
        reading = self._reader.read(request, inspected)
        return self._reader.evidence(request, points_of(request), reading)

    def _contradicted(
        self,
        misconception: Misconception,
        points: tuple[PointGrade, ...],
        found: Sequence[Evidence],
        reading: Reading,
    ) -> tuple[PointGrade, ...]:
        """The points after one misconception, unless the answer speaks of it to deny it."""
        side = self._reader.side(misconception.text, reading)
        said = self._reader.match(side, reading)
        if said is None or any(signs(misconception.text, reading.passage(said), reading.question)):
            return points
        similarity = [0.0] * len(points)
        if misconception.contradicts is None:
            similarity = [align(e.side.tokens, side.tokens, e.side.weights).score for e in found]
        return worst_misconception(
            misconception,
            points,
            said.features[0],
            [e.whole for e in found],
            similarity,
            reading.span(said),
        )

    def _scored(self, points: tuple[PointGrade, ...], flags: tuple[Flag, ...]) -> Scored:
        score = score_of(points)
        return Scored(
            score,
            row_confidence(points),
            label_of(points, score),
            points,
            flags,
            feedback_for(points, flags),
            self.info,
        )

    def _ungraded(self, reason: UngradedReason, flags: tuple[Flag, ...]) -> Ungraded:
        return Ungraded(reason, flags, feedback_ungraded(reason), self.info)


def _missing(point: KeyPoint) -> PointGrade:
    return PointGrade(
        point.id, point.text, point.weight, "missing", 0.0, EMPTY_CONFIDENCE, "grader", None,
        point.span,
    )  # fmt: skip


def _graded(evidence: Evidence, reading: Reading) -> PointGrade:
    point, found = evidence.point, evidence.match
    if found is None:
        return _missing(point)
    judged = judge(evidence.whole, len(evidence.side.tokens), evidence.signs, evidence.shared)
    if "keyword_list" in reading.inspected.flags and judged.verdict != "missing":
        judged = Judgement("missing", 0.0, LIST_CONFIDENCE, judged.strength)
    # A missing point shows words only where the candidate may be asked about them.
    shown = judged.verdict != "missing" or judged.confidence < ASK_BELOW
    return PointGrade(
        point.id,
        point.text,
        point.weight,
        judged.verdict,
        judged.score,
        judged.confidence,
        "grader",
        reading.span(found) if shown else None,
        point.span,
    )
