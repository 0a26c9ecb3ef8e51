"""Fits what a language model's probabilities are worth, on our own marked answers.

``python -m evals.fit_model`` asks the server that Greenroom would use, prints what it found on
questions that were held out of the fit, and keeps the calibration in the data folder, where marking
by that model finds it. Invariant: no test question is read, and no figure comes from a question
that its calibration was fitted to.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

from agent.grades import GraderInfo
from agent.judge import VERDICTS
from agent.llm.calibration import Calibration, log_probabilities
from agent.llm.fits import Fit, keep_fit
from agent.llm.grader import VERSION
from agent.llm.marking import told
from agent.llm.prompts import DIGEST
from agent.llm.verdicts import point_grade
from corpus.schema import GreenroomError
from evals.cases import marks_rows, sample
from evals.confidence import Sureness, calibration_error
from evals.journal import Journal
from evals.marker import PROBE_S
from evals.marks import load_marks
from evals.means import WORKERS
from evals.metrics import macro_f1
from evals.model_readings import Readings, ReadPoint, read_answers
from evals.result import Table
from evals.text_table import aligned

if TYPE_CHECKING:
    from agent.llm.client import LanguageModel
    from agent.workspace import Workspace

FOLDS = 5
LEAST_POINTS = 100  # fewer say nothing about twenty numbers
STRENGTH = 1.0  # of the regularisation
MOST_UNUSABLE = 0.1  # of the answers


class FitError(GreenroomError):
    """Nothing can be fitted to what a model said."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What probabilities are worth on points whose questions they were not fitted to: the mean
    negative log-likelihood of people's verdicts, and the figures of `agent.llm.fits.Fit`."""

    log_loss: float
    verdicts_right: float
    macro_f1: float
    confidence_error: float


def fitted(points: Sequence[ReadPoint]) -> Calibration:
    """A multinomial logistic regression on the logarithms of the probabilities.

    Raises `FitError` where points are few or a verdict is not among people's.
    """
    seen = {p.human for p in points}
    absent = [v for v in VERDICTS if v not in seen]
    if len(points) < LEAST_POINTS or absent:
        raise FitError(
            f"{len(points)} key points"
            + (f" without one that is {absent[0]}" if absent else "")
            + f" are too few to fit to: {LEAST_POINTS} with every verdict are needed; mark more "
            "answers (--rows)"
        )
    logistic = LogisticRegression(C=STRENGTH, max_iter=5000)
    logistic.fit(_logs(points), [VERDICTS.index(p.human) for p in points])
    weights = tuple(tuple(round(float(w), 5) for w in row) for row in logistic.coef_)
    return Calibration.model_validate(
        {"weights": weights, "bias": tuple(round(float(b), 5) for b in logistic.intercept_)}
    )


def held_out(points: Sequence[ReadPoint]) -> list[Calibration]:
    """For each point, a calibration that was fitted without its question."""
    groups = [p.qid for p in points]
    found = [Calibration()] * len(points)
    for train, test in GroupKFold(min(FOLDS, len(set(groups)))).split(points, groups=groups):
        made = fitted([points[i] for i in train])
        for i in test:
            found[i] = made
    return found


def worth_of(points: Sequence[ReadPoint], calibrations: Sequence[Calibration]) -> Worth:
    """What each point's probabilities are worth after its calibration."""
    rows = [c.applied(p.row) for p, c in zip(points, calibrations, strict=True)]
    given = [
        point_grade(p.located, told(p.row, c))[0] for p, c in zip(points, calibrations, strict=True)
    ]
    human = [p.human for p in points]
    right = np.array([g.verdict == h for g, h in zip(given, human, strict=True)], dtype=np.float64)
    said = np.array([g.confidence for g in given])
    numbers = [VERDICTS.index(h) for h in human]
    return Worth(
        float(log_loss(numbers, np.array(rows), labels=range(len(VERDICTS)))),
        float(right.mean()),
        macro_f1(human, [g.verdict for g in given]),
        calibration_error(Sureness(said, right, tuple(p.qid for p in points))),
    )


def fit_to(readings: Readings, way: str) -> tuple[Fit, Worth, Worth]:
    """The fit to keep, with the worth of the probabilities as they came and calibrated.

    Where calibrating them gains nothing on held-out questions they are left as they are. Raises
    `FitError`.
    """
    points = readings.points
    if readings.unusable > MOST_UNUSABLE * (readings.answers + readings.unusable):
        raise FitError(
            f"the model said nothing usable about {readings.unusable} of "
            f"{readings.answers + readings.unusable} answers; it cannot mark, take another model"
        )
    whole = fitted(points)
    raw = worth_of(points, [Calibration()] * len(points))
    calibrated = worth_of(points, held_out(points))
    gains = calibrated.log_loss < raw.log_loss
    kept = calibrated if gains else raw
    fit = Fit.model_validate(
        {
            "prompt": DIGEST,
            "way": way,
            "answers": readings.answers,
            "points": len(points),
            "verdicts_right": round(kept.verdicts_right, 3),
            "macro_f1": round(kept.macro_f1, 3),
            "confidence_error": round(kept.confidence_error, 3),
            "calibration": whole if gains else Calibration(),
        }
    )
    return fit, raw, calibrated


def main(arguments: Sequence[str] | None = None) -> None:
    """Have the model mark, print what its probabilities are worth, keep the calibration."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", type=Path, help="Greenroom's data folder")
    parser.add_argument("--rows", type=int, help="answers, at most; else all of the dev split")
    parser.add_argument("--workers", type=int, default=WORKERS, help="answers at a time")
    parser.add_argument("--dry-run", action="store_true", help="keep nothing")
    given = parser.parse_args(arguments)
    from agent.settings import load_settings
    from agent.workspace import Workspace

    try:
        workspace = Workspace(load_settings(home=given.home))
        path = _run(workspace, given.rows, given.workers, dry_run=given.dry_run)
    except GreenroomError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.stdout.write(f"Kept in {path}.\n" if path else "Nothing is kept.\n")


def _run(workspace: Workspace, most: int | None, workers: int, *, dry_run: bool) -> Path | None:
    rows = marks_rows(load_marks().part("dev"))
    rows = rows if most is None else sample(rows, most)
    model = _model(workspace)
    journal = Journal(
        workspace.home / "unfinished-fit.jsonl", GraderInfo("fit", VERSION, model.name, False)
    )
    try:
        readings = read_answers(
            rows, model, workspace.embedder, workers=workers, journal=journal, hang_up=model.close
        )
        fit, raw, calibrated = fit_to(readings, model.capabilities.way)
    finally:
        model.close()
    shown = {"as they came": raw, "calibrated": calibrated}
    sys.stdout.write(_table(model.name, readings, shown) + "\n")
    if fit.calibration == Calibration():
        sys.stdout.write("Calibrating gains nothing here: probabilities are left as they are.\n")
    path = None if dry_run else keep_fit(workspace.home, model.name, fit)
    journal.remove()
    return path


def _model(workspace: Workspace) -> LanguageModel:
    """The model that Greenroom would mark with, waited for longer than a person would."""
    from agent.llm.capabilities import answering_model
    from agent.llm.client import LanguageModel
    from agent.llm.endpoint import find_endpoint
    from agent.llm.faults import ModelUnavailableError

    endpoint = find_endpoint(workspace.settings)
    if endpoint is None:
        raise ModelUnavailableError(
            "no language model is set: start one with `greenroom serve`, or set GREENROOM_LLM_URL"
        )
    return LanguageModel(endpoint, answering_model(endpoint, PROBE_S))


def _table(model: str, readings: Readings, worths: dict[str, Worth]) -> str:
    note = f"{readings.answers} answers, {len(readings.points)} key points; held-out questions"
    rows = tuple(
        (
            name,
            *(f"{x:.3f}" for x in (w.log_loss, w.verdicts_right, w.macro_f1, w.confidence_error)),
        )
        for name, w in worths.items()
    )
    head = ("probabilities", "log loss", "verdicts right", "macro-F1", "confidence error")
    return aligned(Table(model, note, head, rows))


def _logs(points: Sequence[ReadPoint]) -> npt.NDArray[np.float64]:
    """float [n, 4]."""
    return np.array([log_probabilities(p.row) for p in points])


if __name__ == "__main__":
    main()
