"""The calibrations that were fitted for language models, kept in the data folder by model.

``python -m evals.fit_model`` fits one. Invariant: a fit is used for the model and prompt that it
was made with, and for no other; a file that does not hold together calibrates nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.llm.calibration import Calibration
from agent.llm.prompts import DIGEST
from corpus.schema import GreenroomError

FILE = "model-calibrations.json"
_LARGEST = 1_000_000  # bytes
_STRICT = ConfigDict(extra="forbid", frozen=True)
_log = logging.getLogger(__name__)
_Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
_Count = Annotated[int, Field(strict=True, ge=1)]


class FitsError(GreenroomError):
    """The file of fits cannot be used; the message names it and what to do."""


class Fit(BaseModel):
    """A calibration and what it rests on.

    `answers`, `points`: what it was fitted to. Of questions that were held out of the fit:
    `verdicts_right` is the share of the grader's verdicts that are the marker's, `macro_f1` their
    unweighted mean F1, `confidence_error` the expected calibration error of their confidence.
    """

    model_config = _STRICT

    prompt: Annotated[str, Field(min_length=1)]
    way: Literal["systemone", "choice", "plain"]
    answers: _Count
    points: _Count
    verdicts_right: _Share
    macro_f1: _Share
    confidence_error: _Share
    calibration: Calibration

    @property
    def current(self) -> bool:
        """Whether it was made with the prompt of now."""
        return self.prompt == DIGEST

    @property
    def mark(self) -> str:
        """Six characters that tell this calibration from others, for a grader's version."""
        return hashlib.sha256(self.calibration.model_dump_json().encode()).hexdigest()[:6]


class _Kept(BaseModel):
    model_config = _STRICT

    version: Literal[1] = 1
    models: dict[str, Fit] = {}


def read_fit(home: Path, model: str) -> Fit | None:
    """The fit of this model, made with whatever prompt; None where there is none.

    Raises `FitsError`.
    """
    return _read(home).models.get(_key(model))


def find_fit(home: Path, model: str) -> Fit | None:
    """The fit to mark with: None where there is none for this model and the prompt of now, or the
    file cannot be used, which is logged."""
    try:
        fit = read_fit(home, model)
    except FitsError as error:
        _log.warning("%s; the model's probabilities are taken as they are", error)
        return None
    return fit if fit is not None and fit.current else None


def keep_fit(home: Path, model: str, fit: Fit) -> Path:
    """Keep it in place of the one that the model had. Raises `FitsError`."""
    kept = _Kept(models={**_read(home).models, _key(model): fit})
    path = home / FILE
    made = home / f".{FILE}.{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps(kept.model_dump(), indent=1) + "\n", encoding="utf-8")
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise FitsError(
            f"{path} cannot be written ({error}); name another folder with --home"
        ) from error
    return path


def _read(home: Path) -> _Kept:
    path = home / FILE
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise FitsError(f"{path} is larger than {_LARGEST} bytes; delete it and fit again")
        return _Kept.model_validate_json(data)
    except FileNotFoundError:
        return _Kept()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise FitsError(f"{path}: {where}: {first['msg']}; delete it and fit again") from error
    except OSError as error:
        raise FitsError(f"{path} cannot be read ({error})") from error


def _key(model: str) -> str:
    return model.strip().lower()
