"""The embedded grader: verdicts per key point from a small encoder, no server, no network.

Alignment says where an answer speaks to a point, a trained judge whether it says it; where they
cannot tell, the confidence is low and the candidate is asked. Invariant: a request's grade is the
same bytes whatever was graded before, beside or in another thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.calibration import (
    Borders,
    Calibration,
    Chances,
    borders_for,
    judgement,
    without_contradiction,
)
from agent.choice import counted
from agent.evidence import Evidence, Reader, Reading
from agent.feedback import feedback_for, feedback_ungraded
from agent.flags import Inspected, inspect
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
from agent.idle_talk import BASE, IdleTalk
from agent.judge import VERDICTS, Judge
from agent.judging import Judged, Judging, Said
from agent.misconceptions import contradicted_by
from agent.points import points_of
from agent.score import ASK_BELOW, label_of, row_confidence, score_of
from agent.set_aside import without_asides
from agent.taken_back import without_withdrawn
from agent.withdrawn import Withdrawal, withdrawal
from corpus.questions.wording import kind_of
from corpus.schema import KeyPoint
from index.embedder import Embedder
from index.late import align

VERSION = "10"
MEASURED = frozenset({"greenroom-judge-8"})  # judges that evals/LOG.md has figures for
TOO_LONG = 100_000  # characters
OFF_TOPIC_BELOW = 0.25  # no point is matched better than this
ABOUT_NOTHING: frozenset[Flag] = frozenset({"empty", "off_topic"})
TOLD_OTHERWISE: frozenset[Flag] = frozenset({"question_copied", "keyword_list"})
EMPTY_CONFIDENCE = 0.98


class EmbeddedGrader:
    """Marks answers with an `Embedder` and a `Judge`. Thread-safe; the reference side is cached.

    `calibration` belongs to the judge; without one its probabilities are taken as they are.
    """

    def __init__(
        self, embedder: Embedder, judge: Judge, calibration: Calibration | None = None
    ) -> None:
        self._reader = Reader(embedder)
        self._judging = Judging(judge, calibration)
        self._idle_talk = IdleTalk()

    @property
    def info(self) -> GraderInfo:
        name = self._judging.judge.name
        return GraderInfo("embedded", VERSION, name, name in MEASURED)

    def grade(self, request: GradeRequest) -> Grade:
        if len(request.answer) > TOO_LONG:
            return self._ungraded("too_long", ())
        withdrawn = withdrawal(request.answer)
        return self._marked(request) if withdrawn is None else self._after_it(request, withdrawn)

    def _after_it(self, request: GradeRequest, withdrawn: Withdrawal) -> Grade:
        """The grade of an answer that withdraws what stands before ``withdrawn``."""
        said = request.answer
        before = self._marked(replace(request, answer=said[: withdrawn.start]))
        after = self._marked(replace(request, answer=said[withdrawn.end :]))
        if isinstance(before, Ungraded) or isinstance(after, Ungraded):
            return self._marked(request)
        points = without_withdrawn(said, withdrawn, before.points, after.points)
        flags = (f for f in (*before.flags, *after.flags) if f not in ABOUT_NOTHING)
        return self._scored(request, points, tuple(dict.fromkeys(flags)))

    def _marked(self, request: GradeRequest) -> Grade:
        points = points_of(request)
        inspected = inspect(request.question, request.answer)
        if "empty" in inspected.flags:
            return self._scored(request, tuple(_missing(p) for p in points), inspected.flags)
        if not points:
            return self._ungraded("no_reference", inspected.flags)
        reading = self._read(request, inspected)
        found = self._reader.evidence(points, reading)
        flags = inspected.flags
        if max(e.whole for e in found) < OFF_TOPIC_BELOW and not TOLD_OTHERWISE & set(flags):
            flags = (*flags, "off_topic")
        reading, found = self._counting(request, points, found, reading)
        judged = self._judging.judge_answer(request, found, reading, self._reader)
        borders = borders_for(derived=not request.key_points, alone=len(points) == 1)
        graded = tuple(
            self._graded(e, chances, reading, borders)
            for e, chances in zip(found, judged.chances, strict=True)
        )
        for said in judged.said:
            graded = self._after(said, graded, found, judged, reading)
        return self._scored(request, graded, flags)

    def evidence(self, request: GradeRequest) -> tuple[tuple[Evidence, ...], Judged]:
        """What the marks of a request rest on; what the constants are fitted to."""
        reading = self._read(request, inspect(request.question, request.answer))
        points = points_of(request)
        found = self._reader.evidence(points, reading)
        reading, found = self._counting(request, points, found, reading)
        return found, self._judging.judge_answer(request, found, reading, self._reader)

    def _read(self, request: GradeRequest, inspected: Inspected) -> Reading:
        """The answer without idle talk, which our own encoder's vectors tell. Where a story of
        the candidate's own is asked for, nothing that belongs to one is idle."""
        reading = self._reader.read(request, inspected)
        ours = self._reader.embedder.name.rpartition("/")[0] == BASE
        if reading.side is None or not ours or kind_of(request.question) == "behavioural":
            return reading
        return self._reader.without(request, reading, self._idle_talk.places(reading))

    def _counting(
        self,
        request: GradeRequest,
        points: Sequence[KeyPoint],
        found: tuple[Evidence, ...],
        reading: Reading,
    ) -> tuple[Reading, tuple[Evidence, ...]]:
        """What of an answer counts once it is known what the points say."""
        counting = without_asides(request, found, reading, self._reader)
        if counting is reading:
            return reading, found
        return counting, self._reader.evidence(points, counting)

    def _graded(
        self, evidence: Evidence, chances: Chances, reading: Reading, borders: Borders
    ) -> PointGrade:
        point, found = evidence.point, evidence.match
        if found is None:
            return _missing(point)
        judged = judgement(chances, borders)
        found_at = (found.low, found.high)
        place: tuple[int, int] | None = found_at
        if judged.verdict == "contradicted":
            place = self._judging.contradiction(evidence, reading)
            if place is None:
                judged, place = judgement(without_contradiction(chances), borders), found_at
        elif judged.verdict == "missing" and judged.confidence >= ASK_BELOW:
            place = None  # a missing point shows words only where the candidate may be asked
        return PointGrade(
            point.id,
            point.text,
            point.weight,
            judged.verdict,
            judged.score,
            judged.confidence,
            "grader",
            reading.span(*place) if place else None,
            point.span,
        )

    def _after(
        self,
        said: Said,
        points: tuple[PointGrade, ...],
        found: tuple[Evidence, ...],
        judged: Judged,
        reading: Reading,
    ) -> tuple[PointGrade, ...]:
        """The points after one misconception."""
        similarity = [0.0] * len(points)
        if said.misconception.contradicts is None:
            side = self._reader.side(said.misconception.text, reading)
            similarity = [align(e.side.tokens, side.tokens, e.side.weights).score for e in found]
        return contradicted_by(
            said.misconception,
            points,
            said.chance,
            [chances[VERDICTS.index("covered")] for chances in judged.chances],
            similarity,
            reading.span(said.match.low, said.match.high),
        )

    def _scored(
        self, request: GradeRequest, found: Sequence[PointGrade], flags: tuple[Flag, ...]
    ) -> Scored:
        points = counted(request.question, found)
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
