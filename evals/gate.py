"""Whether what was measured is worse than before: figures against a committed baseline.

Invariant: only a figure that has a goal can regress, and only by more than the tolerance.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.schema import GreenroomError
from evals.result import Figure

COMMITTED = Path(__file__).parent / "data" / "baseline.json"
TOLERANCE = 0.01  # what another machine may change


class GateError(GreenroomError):
    """What was measured breaks a limit or is worse than the baseline."""

    exit_code = 3


class BaselineError(GreenroomError):
    """A baseline cannot be read."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    value: float | None


class _Report(BaseModel):
    model_config = ConfigDict(extra="ignore")

    figures: list[_Kept]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure now and in the baseline; `worse` where it moved the wrong way too far."""

    figure: Figure
    before: float
    worse: bool

    def __str__(self) -> str:
        moved = self.figure.value - self.before
        return (
            f"{self.figure.name}: {self.before:.3f} before, {self.figure.value:.3f} ({moved:+.3f})"
        )


def read_baseline(path: Path) -> dict[str, float]:
    """The figures of a report by name. Raises `BaselineError`."""
    try:
        report = _Report.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise BaselineError(
            f"the baseline {path} cannot be read; name a report.json with --baseline"
        ) from error
    return {kept.name: kept.value for kept in report.figures if kept.value is not None}


def changes(
    figures: Sequence[Figure], baseline: dict[str, float], tolerance: float = TOLERANCE
) -> tuple[Change, ...]:
    """Each figure that the baseline has too, in the order of the figures.

    A figure that had a value and is undefined now is worse.
    """
    return tuple(
        Change(figure, baseline[figure.name], _worse(figure, baseline[figure.name], tolerance))
        for figure in figures
        if figure.name in baseline
    )


def _worse(figure: Figure, before: float, tolerance: float) -> bool:
    if figure.goal is None:
        return False
    if math.isnan(figure.value):
        return True
    gained = figure.value - before if figure.goal == "high" else before - figure.value
    return gained < -tolerance
