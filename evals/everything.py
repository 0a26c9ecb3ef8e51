"""Every suite on what is at hand: our own data, and a folder with ``grading``, ``support``,
``retrieval`` and ``entailment`` in it.

Invariant: what was not measured is in the report with its reason, and what failed is a fault; one
suite that fails does not take the others with it, and what one has found is on the disk before the
next begins.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.asked import Asked, MarksSplit, MissingDataError, Suite
from evals.corpora import is_answer_sentences, is_beir
from evals.result import Result, joined
from evals.suites import SUITES
from evals.writing import write_result

if TYPE_CHECKING:
    from agent.workspace import Workspace

OWN = (
    Suite.marks, Suite.grading, Suite.robustness, Suite.retrieval, Suite.dialogue, Suite.grounding,
)  # fmt: skip
BESIDE_DEV = (MarksSplit.plain, MarksSplit.notes, MarksSplit.subjects_dev)
MOST_ROWS = 2_000  # of a graded file, or of claims: of longer ones a fixed draw
MOST_PAIRS = 400  # of an entailment set
ATTACKED = 5  # answers of a file that each attack is tried on
OWN_ATTACKED = 20  # and of our own
NO_TIMES = "performance: what it measures are times; run `greenroom eval performance` by itself"
NOT_AT_HAND = (MissingDataError.exit_code, 4)  # no data, no model
PARTS = "parts"  # the folder for what each run has found
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
    runs = list(plan(asked, missing))
    for number, (suite, what) in enumerate(runs, 1):
        asked.say(f"{number} of {len(runs)}: {_name(suite, what)}")
        began = time.monotonic()
        found = _outcome(workspace, suite, what, missing)
        parts += found
        if asked.means.kept is not None and found:
            _keep(asked.means.kept / PARTS / f"{number:02d}-{_file_name(suite, what)}", found)
        asked.say(f"    {time.monotonic() - began:.0f} s")
    said = "\n".join(f"not measured: {line}" for line in [*missing, NO_TIMES])
    result = joined("all", parts, said)
    return replace(result, details={"not_measured": [*missing, NO_TIMES]})


def plan(asked: Asked, missing: list[str]) -> Iterator[Run]:
    """The runs to make; what there is no data for is added to `missing`."""
    own = replace(asked, root=None)
    of_file = replace(own, most=asked.most or MOST_ROWS)
    for suite in OWN:
        # Of our own answers, too, more rows are no reason to try an attack more often.
        capped = replace(own, most=asked.most and min(asked.most, OWN_ATTACKED))
        yield suite, capped if suite is Suite.robustness else own
    for split in BESIDE_DEV:
        if asked.split is not split:
            yield Suite.grading, replace(own, split=split)
    for path in _found(asked.root, "support", "*.jsonl", missing):
        yield Suite.grounding, replace(of_file, data=(path,))
    graded = _found(asked.root, "grading", "*.jsonl", missing)
    for path in graded:
        yield Suite.grading, replace(of_file, data=(path,))
    for path in _found(asked.root, "retrieval", "*", missing):
        if is_beir(path) or is_answer_sentences(path):
            yield Suite.retrieval, replace(own, data=(path,))
        else:
            missing.append(f"retrieval/{path.name}: neither in BEIR's form nor answer sentences")
    pairs = _found(asked.root, "entailment", "*.jsonl", missing)
    if pairs:
        most = min(asked.most or MOST_PAIRS, MOST_PAIRS)
        yield Suite.entailment, replace(own, data=tuple(pairs), most=most)
    for path in graded:  # last: they take longest
        most = min(asked.most or ATTACKED, ATTACKED)
        yield Suite.robustness, replace(own, data=(path,), most=most)


def _found(root: Path | None, name: str, pattern: str, missing: list[str]) -> list[Path]:
    if root is None:
        missing.append(f"{name}: no --data-root")
        return []
    found = sorted((root / name).glob(pattern))
    if not found:
        missing.append(f"{name}: nothing in {root.name}/{name}")
    return found


def _name(suite: Suite, asked: Asked) -> str:
    return f"{suite} {asked.data[0].stem}" if len(asked.data) == 1 else str(suite)


def _file_name(suite: Suite, asked: Asked) -> str:
    return re.sub(r"[^\w.-]+", "-", _name(suite, asked))


def _keep(folder: Path, found: tuple[Result, ...]) -> None:
    """A report of its own for one run, so that a run that is stopped has not been for nothing."""
    write_result(folder, joined(found[0].suite, found))


def _outcome(
    workspace: Workspace, suite: Suite, asked: Asked, missing: list[str]
) -> tuple[Result, ...]:
    """The parts of one run, each with a title; a failure is a part that has only a fault."""
    try:
        result = SUITES[suite](workspace, asked)
    except Exception as error:  # noqa: BLE001 - hours of other suites are not to be lost with one
        known = str(error) if isinstance(error, GreenroomError) else repr(error)
        if isinstance(error, GreenroomError) and error.exit_code in NOT_AT_HAND:
            missing.append(f"{suite}: {known}")
            return ()
        fault = f"{_name(suite, asked)} failed: {known}"
        of = asked.data[0].stem if len(asked.data) == 1 else ""
        return (Result(suite, fault, (), {}, faults=(fault,), title=of),)
    return result.parts or (result,)
