"""The embedded grader: verdicts per key point from the encoder alone, no server, no network.

It sees whether an answer speaks to a point, not always whether it is right; where words hint at the
opposite its confidence falls and the candidate is asked. Invariant: every text is embedded alone,
so a request's grade is the same bytes whatever was graded before, beside or in another thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from agent.alignment import AnswerSide, Match, match, prepare, prepare_answer
from agent.calibration import LIST_CONFIDENCE, Judgement, judge
from agent.doubt import NAMES, signs
from agent.feedback import feedback_for, feedback_ungraded
from agent.flags import Inspected, inspect
from agent.grades import (
    AnswerSpan,
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
from agent.segments import segments
from corpus.schema import KeyPoint
from index.embedder import Embedder, Embedding
from index.late import align

VERSION = "1"
MEASURED = frozenset({"all-MiniLM-L6-v2"})  # encoders that evals/LOG.md has figures for
TOO_LONG = 100_000  # characters
OFF_TOPIC_BELOW = 0.25  # no point is matched better than this
EMPTY_CONFIDENCE = 0.98
_CACHE = 2048  # texts of the reference side; about 30 kB each
_DENIED_AGAIN = 0.9  # of the best clause's match: another clause that denies the point counts


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer made ready: `side` is None where nothing in it may count."""

    answer: str
    question: str
    inspected: Inspected
    asked: frozenset[int]
    side: AnswerSide | None


class EmbeddedGrader:
    """Marks answers with an `Embedder`. Thread-safe; the reference side is cached by text."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._cache: OrderedDict[str, Embedding] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def info(self) -> GraderInfo:
        model = self._embedder.name
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
        read = self._read(request, inspected)
        graded, strengths = [], []
        for point in points:
            grade, whole = self._point(point, read)
            graded.append(grade)
            strengths.append(whole)
        flags = inspected.flags
        if max(strengths) < OFF_TOPIC_BELOW and "question_copied" not in flags:
            flags = (*flags, "off_topic")
        contradicted = self._misconceptions(request, tuple(graded), read)
        return self._scored(contradicted, flags)

    def _read(self, request: GradeRequest, inspected: Inspected) -> _Read:
        asked = frozenset(self._embed(request.question).tokens.ids.tolist())
        text = inspected.cleaned.text
        parts = segments(text)
        side = None
        if parts:
            embedding = self._embedder.embed_one(text)
            side = prepare_answer(prepare(embedding, asked), parts)
        return _Read(request.answer, request.question, inspected, asked, side)

    def _point(self, point: KeyPoint, read: _Read) -> tuple[PointGrade, float]:
        if read.side is None:
            return _missing(point), 0.0
        side = prepare(self._embed(point.text), read.asked)
        found = match(side, read.side)
        if found is None:
            return _missing(point), 0.0
        span = _span(read, found.low, found.high)
        judged = judge(found.features[0], len(side.tokens), _signs(point, found, read))
        if "keyword_list" in read.inspected.flags and judged.verdict != "missing":
            judged = Judgement("missing", 0.0, LIST_CONFIDENCE, judged.strength)
        # A missing point shows words only where the candidate may be asked about them.
        shown = judged.verdict != "missing" or judged.confidence < ASK_BELOW
        grade = PointGrade(
            point.id,
            point.text,
            point.weight,
            judged.verdict,
            judged.score,
            judged.confidence,
            "grader",
            span if shown else None,
            point.span,
        )
        return grade, found.features[0]

    def _misconceptions(
        self, request: GradeRequest, points: tuple[PointGrade, ...], read: _Read
    ) -> tuple[PointGrade, ...]:
        if read.side is None or "keyword_list" in read.inspected.flags:
            return points
        for misconception in request.misconceptions:
            side = prepare(self._embed(misconception.text), read.asked)
            found = match(side, read.side)
            if found is None:
                continue
            passage = _passage(read, found)
            if any(signs(misconception.text, passage, read.question)):
                continue  # the answer speaks of the misconception to deny it
            similarity = [
                align(s.tokens, side.tokens, s.weights).score
                for s in (prepare(self._embed(p.text), read.asked) for p in points)
            ]
            matches = [match(prepare(self._embed(p.text), read.asked), read.side) for p in points]
            points = worst_misconception(
                misconception,
                points,
                found.features[0],
                [m.features[0] if m else 0.0 for m in matches],
                similarity,
                _span(read, found.low, found.high),
            )
        return points

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

    def _embed(self, text: str) -> Embedding:
        """A text of the reference side, from the cache where it was seen before."""
        with self._lock:
            if text in self._cache:
                self._cache.move_to_end(text)
                return self._cache[text]
        # Half a surrogate pair, which JSON can hold, is no text to a tokeniser.
        made = self._embedder.embed_one(text.encode("utf-8", "replace").decode("utf-8"))
        with self._lock:
            self._cache[text] = made
            while len(self._cache) > _CACHE:
                self._cache.popitem(last=False)
        return made


def _missing(point: KeyPoint) -> PointGrade:
    return PointGrade(
        point.id, point.text, point.weight, "missing", 0.0, EMPTY_CONFIDENCE, "grader", None,
        point.span,
    )  # fmt: skip


def _signs(point: KeyPoint, found: Match, read: _Read) -> Sequence[float]:
    """Signs in the best passage, and a denial in any clause that matches nearly as well."""
    best = list(signs(point.text, _passage(read, found), read.question))
    denied = NAMES.index("denied")
    if read.side is not None and not best[denied]:
        text = read.inspected.cleaned.text
        for i, value in enumerate(found.clauses):
            if found.low <= i < found.high or value < _DENIED_AGAIN * max(found.clauses):
                continue
            clause = read.side.segments[i]
            other = signs(point.text, text[clause.start : clause.end], read.question)
            best[denied] = max(best[denied], other[denied])
    return best


def _passage(read: _Read, found: Match) -> str:
    if read.side is None:
        return ""
    parts = read.side.segments
    return read.inspected.cleaned.text[parts[found.low].start : parts[found.high - 1].end]


def _span(read: _Read, low: int, high: int) -> AnswerSpan | None:
    """The passage as it stands in the candidate's own words."""
    if read.side is None:
        return None
    parts = read.side.segments
    start, end = read.inspected.cleaned.place(parts[low].start, parts[high - 1].end)
    return AnswerSpan(start, end, read.answer[start:end])
