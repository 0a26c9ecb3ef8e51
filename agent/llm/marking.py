"""Asking a model for the verdict on each key point of an answer.

The first request makes the server read the prefix that all points share; the others follow at once.
Where the two likeliest labels are close, the point is asked again with the labels turned round, and
both readings are averaged: models prefer labels by their place (Zheng et al. 2024). Invariant: a
point's probabilities come from requests on that point alone, so they do not depend on its
neighbours' fate.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from agent.grades import GradeRequest
from agent.llm.calibration import Calibration
from agent.llm.capabilities import Capabilities
from agent.llm.faults import ContextOverflowError, InvalidOutputError, NotServedError
from agent.llm.labels import LABELS, Probabilities, argmax, mean
from agent.llm.parts import halves, joined
from agent.llm.prompts import Dossier, decision_on, dossier
from agent.llm.watch import at_once
from corpus.schema import KeyPoint

AT_ONCE = 8  # requests in flight for one answer
CLOSE = 0.25  # two probabilities nearer than this are read a second time
_TURNED = LABELS[::-1]
_PLACES = 2  # a server's last bits move with what shares its batch; marks should not


class Labeller(Protocol):
    """What marking needs of a language model. Raises the faults of `agent.llm.faults`."""

    name: str

    @property
    def capabilities(self) -> Capabilities: ...

    def label(self, messages: Sequence[tuple[str, str]]) -> Probabilities: ...

    def decide(
        self, instructions: str, state: str, questions: dict[str, dict[str, Any]]
    ) -> dict[str, Probabilities]: ...


@dataclass(frozen=True, slots=True)
class Readings:
    """The probabilities of each point in order. `pieces`: in how many the answer had to be read;
    `reference`: whether the model read the reference too."""

    rows: tuple[Probabilities, ...]
    pieces: int = 1
    reference: bool = True


class PointMarker:
    """Reads verdicts off a model. Thread-safe."""

    def __init__(self, model: Labeller, calibration: Calibration | None = None) -> None:
        self.model = model
        self._calibration = calibration or Calibration()

    def read(self, request: GradeRequest, points: Sequence[KeyPoint], answer: str) -> Readings:
        """The calibrated probabilities of the verdicts on each point. `answer` is the cleaned text.

        Raises `ModelUnavailableError`, `InvalidOutputError`.
        """
        found = self.read_raw(request, points, answer)
        return dataclasses.replace(
            found, rows=tuple(told(row, self._calibration) for row in found.rows)
        )

    def read_raw(self, request: GradeRequest, points: Sequence[KeyPoint], answer: str) -> Readings:
        """The same as the model gives them, for a calibration to be fitted to."""
        return self._read(request, points, answer, whole=True)

    def warm(self, request: GradeRequest, points: Sequence[KeyPoint], answer: str) -> None:
        """Make the server read what the points of this answer will share, with the first of them.

        Raises as `read`, and `ContextOverflowError`.
        """
        self._ask(dossier(request, points, answer), points[:1], LABELS)

    def _read(
        self, request: GradeRequest, points: Sequence[KeyPoint], answer: str, *, whole: bool
    ) -> Readings:
        try:
            rows = self._rows(dossier(request, points, answer, whole=whole), points)
            return Readings(tuple(rows), 1, whole)
        except ContextOverflowError as error:
            reference = len(request.reference.text) if whole and request.reference else 0
            pieces = halves(answer)
            if reference and (reference >= len(answer) or pieces is None):
                return self._read(request, points, answer, whole=False)
            if pieces is None:
                raise InvalidOutputError(
                    f"question and key points are longer than the model can read ({error})"
                ) from error
        read = [self._read(request, points, piece, whole=whole) for piece in pieces]
        return Readings(
            tuple(joined(rows) for rows in zip(*(r.rows for r in read), strict=True)),
            sum(r.pieces for r in read),
            all(r.reference for r in read),
        )

    def _rows(self, prompt: Dossier, points: Sequence[KeyPoint]) -> list[Probabilities]:
        first = self._ask(prompt, points[:1], LABELS)
        rows = [*first, *self._ask(prompt, points[1:], LABELS)]
        close = [i for i, row in enumerate(rows) if _is_close(row)]
        again = self._ask(prompt, [points[i] for i in close], _TURNED)
        for i, row in zip(close, again, strict=True):
            rows[i] = mean([rows[i], row])
        return rows

    def _ask(
        self, prompt: Dossier, points: Sequence[KeyPoint], order: Sequence[str]
    ) -> list[Probabilities]:
        if not points:
            return []
        if self.model.capabilities.way == "systemone":
            names = [str(i) for i in range(len(points))]
            questions = {n: decision_on(p, order) for n, p in zip(names, points, strict=True)}
            try:
                found = self.model.decide(prompt.system, prompt.shared, questions)
            except NotServedError:
                if self.model.capabilities.way == "systemone":
                    raise
            else:
                return [found[name] for name in names]
        calls = [functools.partial(self.model.label, prompt.ask(p, order)) for p in points]
        return at_once(calls, AT_ONCE)


def told(row: Probabilities, calibration: Calibration) -> Probabilities:
    """A model's probabilities as a grader uses them: calibrated, and rounded to two places."""
    return _rounded(calibration.applied(row))


def _is_close(row: Probabilities) -> bool:
    second, first = sorted(row)[-2:]
    return first - second < CLOSE


def _rounded(row: Probabilities) -> Probabilities:
    """To two places, the rest given to the likeliest."""
    places = [round(p, _PLACES) for p in row]
    top = argmax(row)
    places[top] = round(1.0 - sum(p for i, p in enumerate(places) if i != top), _PLACES)
    covered, partial, missing, contradicted = places
    return covered, partial, missing, contradicted
