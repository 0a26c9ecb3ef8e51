"""How good the shipped grader was measured to be, as its model card says.

Invariant: figures belong to one judge; where another one marks, there are none.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FILE = "measured.json"
_LOG = logging.getLogger(__name__)
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Figure(BaseModel):
    """A figure with its 95% interval, where there is one."""

    model_config = _STRICT

    value: float = Field(ge=-1, le=1)
    low: float | None = Field(default=None, ge=-1, le=1)
    high: float | None = Field(default=None, ge=-1, le=1)

    @model_validator(mode="after")
    def _inside(self) -> Figure:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both bounds")
        low, high = (self.value if b is None else b for b in (self.low, self.high))
        if not low <= self.value <= high:
            raise ValueError(f"{self.value} lies outside {low} to {high}")
        return self


class MeasuredSet(BaseModel):
    """Answers that were marked by people and by the grader.

    `r` is Pearson's correlation of the marks, `verdict_f1` the macro-averaged F1 of verdicts on key
    points, `verdicts_right` the share of them that is right. `unseen_questions` is false where the
    grader was trained on other answers to the same questions, which flatters.
    """

    model_config = _STRICT

    name: str = Field(min_length=1)
    marked_by: str
    unseen_questions: bool
    answers: int | None = Field(default=None, ge=1)
    questions: int | None = Field(default=None, ge=1)
    r: Figure | None = None
    verdict_f1: Figure | None = None
    verdicts_right: Figure | None = None


class Coverage(BaseModel):
    """Of the share of verdicts that the grader is surest of (`coverage`), how many are right."""

    model_config = _STRICT

    coverage: float = Field(gt=0, le=1)
    right: float = Field(ge=0, le=1)


class Measured(BaseModel):
    """What is published of one judge in one version of a grader; our own answers come first."""

    model_config = _STRICT

    judge: str = Field(min_length=1)
    grader: str
    version: str
    sets: tuple[MeasuredSet, ...] = Field(min_length=1)
    risk_coverage: tuple[Coverage, ...] = ()


def measured_for(judge: str) -> Measured | None:
    """The published figures of the judge with this name; None where there are none."""
    found = _shipped()
    return found if found is not None and found.judge == judge else None


@cache
def _shipped() -> Measured | None:
    """The shipped file. One that cannot be read leaves the grader without figures, not the app
    without its page."""
    try:
        text = (files("agent") / "weights" / FILE).read_text(encoding="utf-8")
        return Measured.model_validate_json(text)
    except (OSError, ValidationError) as error:
        _LOG.warning("agent/weights/%s cannot be read: %s", FILE, error)
        return None
