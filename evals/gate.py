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
from evals.result import Figure, Result, plain

COMMITTED = Path(__file__).parent / "data" / "baseline.json"
TOLERANCE = 0.01  # what another machine may change


class GateError(GreenroomError):
    """What was measured breaks a limit or is worse than the baseline."""

    exit_code = 3


class BaselineError(GreenroomError):
    """A baseline cannot be read."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

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
        report = _Report.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, ValidationError, RecursionError) as error:
        raise BaselineError(
            f"the baseline {path} cannot be read; name a report.json with --baseline"
        ) from error
    return {kept.name: kept.value for kept in report.figures if kept.value is not None}


def write_baseline(path: Path, result: Result) -> int:
    """Put the figures of a run that have a goal into a baseline, which is made if need be; those
    that other runs have put there stay. Returns how many it wrote.

    Raises `BaselineError` where there is nothing to keep, or the file holds something else, such as
    a whole report.
    """
    new = {f.name: plain(f.value) for f in result.figures if f.goal and not math.isnan(f.value)}
    if not new:
        raise BaselineError(f"the suite {result.suite} has no figure that could get worse")
    old = writable_baseline(path)
    gone = {f.name for f in result.figures} | set(_covered(old, result))
    merged = {name: value for name, value in old.items() if name not in gone} | new
    figures = [{"name": name, "value": merged[name]} for name in sorted(merged)]
    text = json.dumps({"figures": figures}, ensure_ascii=False, indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)  # a run that is broken off here must not lose what others have measured
    return len(new)


def writable_baseline(path: Path) -> dict[str, float]:
    """The figures of a baseline that is to be written to; none where there is no file yet.

    Raises `BaselineError` where the file holds something else, such as a whole report.
    """
    if not path.exists():
        return {}
    old = read_baseline(path)
    if json.loads(path.read_text(encoding="utf-8-sig")).keys() != {"figures"}:
        raise BaselineError(f"{path} is a report and would be lost; name another file")
    return old


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


def check(result: Result, baseline: dict[str, float], changed: Sequence[Change]) -> None:
    """Raise `GateError` where something may not pass: a fault, a broken limit, a figure that is
    worse, or one that this run should have and lacks."""
    broken = list(result.faults)
    broken += [f"{f.name} is {f.value:.3f}, limit {f.limit}" for f in result.figures if not f.kept]
    broken += [f"worse: {change}" for change in changed if change.worse]
    measured = {figure.name for figure in result.figures}
    broken += [
        f"{name} was measured before and is not now"
        for name in _covered(baseline, result)
        if name not in measured
    ]
    if result.covers is not None and not _covered(baseline, result):
        broken.append(
            f"the baseline has nothing of {result.suite}; write it with "
            f"`greenroom eval {result.suite} --write-baseline`"
        )
    if broken:
        more = f" {len(broken)} conditions fail, this is the first" if len(broken) > 1 else ""
        raise GateError(f"{broken[0]}.{more}" if more else broken[0])


def _covered(baseline: dict[str, float], result: Result) -> list[str]:
    """The names in a baseline that belong to a run or to one of its parts."""
    covers = tuple(of.covers for of in (result, *result.parts) if of.covers is not None)
    return [name for name in baseline if name.startswith(covers)] if covers else []


def _worse(figure: Figure, before: float, tolerance: float) -> bool:
    if figure.goal is None:
        return False
    if math.isnan(figure.value):
        return True
    gained = figure.value - before if figure.goal == "high" else before - figure.value
    return round(gained, 6) < -tolerance
