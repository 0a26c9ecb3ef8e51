"""Every suite on what is at hand: our own data, and a folder with ``grading``, ``support`` and
``retrieval`` in it.

Invariant: what was not measured is in the report with its reason, and what failed is a fault; one
suite that fails does not take the others with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.corpora import is_beir
from evals.result import Result, joined
from evals.suites import SUITES, Asked, MissingDataError, Suite

if TYPE_CHECKING:
    from agent.workspace import Workspace

OWN = (Suite.marks, Suite.grading, Suite.robustness, Suite.retrieval, Suite.dialogue)
NO_TIMES = "performance: what it measures are times; run `greenroom eval performance` by itself"
NOT_AT_HAND = (MissingDataError.exit_code, 4)  # no data, no model
Run = tuple[Suite, Asked]


def run_everything(workspace: Workspace, asked: Asked) -> Result:
    """One result with a section for each suite and set. Raises `MissingDataError` for ``--data``
    and for a root that is no folder."""
    if asked.data or asked.against or asked.against_grader:
        raise MissingDataError(
            "eval all takes --data-root FOLDER, and compares with nothing but --baseline"
        )
    if asked.root is not None and not asked.root.is_dir():
        raise MissingDataError(f"--data-root {asked.root} is no folder; check the name")
    missing: list[str] = []
    parts: list[Result] = []
    for suite, what in plan(asked, missing):
        parts += _outcome(workspace, suite, what, missing)
    said = "\n".join(f"not measured: {line}" for line in [*missing, NO_TIMES])
    result = joined("all", parts, said)
    return replace(result, details={"not_measured": [*missing, NO_TIMES]})


def plan(asked: Asked, missing: list[str]) -> Iterator[Run]:
    """The runs to make; what there is no data for is added to `missing`."""
    bare = replace(asked, root=None)
    for suite in OWN:
        yield suite, bare
    yield Suite.grounding, asked
    graded = _found(asked.root, "grading", "*.jsonl", missing)
    for path in graded:
        yield Suite.grading, replace(bare, data=(path,))
    for path in graded:
        yield Suite.robustness, replace(bare, data=(path,))
    for path in _found(asked.root, "retrieval", "*", missing):
        if path.is_dir() and is_beir(path):
            yield Suite.retrieval, replace(bare, data=(path,))
        else:
            missing.append(f"retrieval/{path.name}: no corpus.jsonl and qrels.tsv in it")
    _found(asked.root, "support", "*.jsonl", missing)  # the suite grounding reads it itself


def _found(root: Path | None, name: str, pattern: str, missing: list[str]) -> list[Path]:
    if root is None:
        missing.append(f"{name}: no --data-root")
        return []
    found = sorted((root / name).glob(pattern))
    if not found:
        missing.append(f"{name}: nothing in {root / name}")
    return found


def _outcome(
    workspace: Workspace, suite: Suite, asked: Asked, missing: list[str]
) -> tuple[Result, ...]:
    """The parts of one run, each with a title; a failure is a part that has only a fault."""
    of = asked.data[0].stem if asked.data else ""
    try:
        result = SUITES[suite](workspace, asked)
    except Exception as error:  # noqa: BLE001 - hours of other suites are not to be lost with one
        known = str(error) if isinstance(error, GreenroomError) else repr(error)
        if isinstance(error, GreenroomError) and error.exit_code in NOT_AT_HAND:
            missing.append(f"{suite}: {known}")
            return ()
        fault = f"{' '.join(filter(None, (suite, of)))} failed: {known}"
        return (Result(suite, fault, (), {}, faults=(fault,), title=of),)
    return result.parts or (result,)
