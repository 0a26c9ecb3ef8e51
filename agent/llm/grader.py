"""The language model as a grader: it proposes a verdict on each point; code finds the words for it,
counts, and decides what is told and what is asked.

Invariant: where the model cannot be reached or says nothing usable there is no mark, and an answer
in which nothing may count is marked without it.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass

from agent.choice import counted, recounted
from agent.embedded import EMPTY_CONFIDENCE, OFF_TOPIC_BELOW, TOLD_OTHERWISE, TOO_LONG
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
from agent.llm.faults import InvalidOutputError, ModelUnavailableError
from agent.llm.fits import Fit
from agent.llm.labels import Probabilities
from agent.llm.locating import Locator
from agent.llm.marking import Labeller, PointMarker, Readings
from agent.llm.prompts import DIGEST
from agent.llm.verdicts import nothing_said, point_grade
from agent.llm.watch import begun
from agent.points import points_of
from agent.score import label_of, row_confidence, score_of
from agent.segments import segments
from index.embedder import Embedder

_log = logging.getLogger(__name__)
NAME = "vllm"
VERSION = f"1.{DIGEST}"  # the second half names the prompt


@dataclass(frozen=True, slots=True)
class Marked:
    """The points of an answer with the probabilities behind their verdicts, in the same order.

    `notes` are sentences for the feedback about how the answer was read.
    """

    points: tuple[PointGrade, ...]
    rows: tuple[Probabilities, ...]
    flags: tuple[Flag, ...]
    notes: tuple[str, ...] = ()


class LanguageModelGrader:
    """Marks answers with a language model and an `Embedder` that finds the words. Thread-safe.

    Without a `fit` the model's probabilities are taken as they are, and nobody measured its marks;
    likewise where it was fitted to verdicts that were asked for in another way than the server's.
    """

    def __init__(self, model: Labeller, embedder: Embedder, fit: Fit | None = None) -> None:
        self._model = model
        self._locator = Locator(embedder)
        self._fit_to(fit)

    def grade(self, request: GradeRequest) -> Grade:
        marked = self.mark(request)
        return marked if isinstance(marked, Ungraded) else scored(marked, self.info)

    def mark(self, request: GradeRequest) -> Marked | Ungraded:
        """The verdicts with their probabilities, before they become a score."""
        if len(request.answer) > TOO_LONG:
            return ungraded("too_long", (), self.info)
        inspected = inspect(request.question, request.answer)
        if "empty" in inspected.flags:
            return Marked(*nothing_said(request, EMPTY_CONFIDENCE), inspected.flags)
        if not points_of(request):
            return ungraded("no_reference", inspected.flags, self.info)
        try:
            return self._read(request, inspected)
        except ModelUnavailableError as error:
            return ungraded("model_unavailable", inspected.flags, self.info, str(error))
        except InvalidOutputError as error:
            return ungraded("invalid_model_output", inspected.flags, self.info, str(error))

    def _fit_to(self, fit: Fit | None) -> None:
        self._fit = fit
        self._marker = PointMarker(self._model, fit.calibration if fit else None)
        version = f"{VERSION}.{fit.mark}" if fit else VERSION
        self.info = GraderInfo(NAME, version, self._model.name, measured=fit is not None)

    def _read(self, request: GradeRequest, inspected: Inspected) -> Marked:
        points, said = points_of(request), inspected.cleaned.text
        if not segments(said):
            return Marked(*nothing_said(request, EMPTY_CONFIDENCE), inspected.flags)
        # Asked here and not at the start, since on a CPU it may take a while.
        if self._fit is not None and self._fit.way != self._model.capabilities.way:
            _log.warning(
                "the calibration of %s was fitted to another way of asking (%s) and is not used; "
                "fit it anew", self._model.name, self._fit.way,
            )  # fmt: skip
            self._fit_to(None)
        # The words are looked for while the server reads: neither needs the other.
        reading = begun(functools.partial(self._marker.read, request, points, said))
        located = self._locator.locate(request, points, inspected)
        read = reading()
        found = [point_grade(x, row) for x, row in zip(located, read.rows, strict=True)]
        flags = inspected.flags
        if max(x.match for x in located) < OFF_TOPIC_BELOW and not TOLD_OTHERWISE & set(flags):
            flags = (*flags, "off_topic")
        grades, rows = zip(*found, strict=True)
        return Marked(counted(request.question, grades), rows, flags, _notes(read))


def scored(marked: Marked, info: GraderInfo, notes: tuple[str, ...] = ()) -> Scored:
    """The mark that follows from the points."""
    points = recounted(marked.points)
    score = score_of(points)
    told = feedback_for(points, marked.flags)
    return Scored(
        score,
        row_confidence(points),
        label_of(points, score),
        points,
        marked.flags,
        " ".join(part for part in (told, *marked.notes, *notes) if part),
        info,
    )


def ungraded(
    reason: UngradedReason, flags: tuple[Flag, ...], info: GraderInfo, detail: str = ""
) -> Ungraded:
    """No mark; `detail` says what went wrong."""
    told = feedback_ungraded(reason)
    return Ungraded(reason, flags, f"{told} ({detail})" if detail else told, info)


def _notes(read: Readings) -> tuple[str, ...]:
    notes = []
    if read.pieces > 1:
        notes.append(f"The model read this long answer in {read.pieces} parts.")
    if not read.reference:
        notes.append("The source is longer than the model can read; it read the key points alone.")
    return tuple(notes)
