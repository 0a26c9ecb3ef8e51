"""What a run of a suite is asked for, and the marked answers that it names.

Invariant: nothing is loaded here; a set has a name of its own in a run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.means import Means

if TYPE_CHECKING:
    from evals.cases import Row


class Suite(StrEnum):
    """The suites there are; ``all`` runs each on what is at hand, ``quick`` is the gate's part."""

    grading = "grading"
    retrieval = "retrieval"
    grounding = "grounding"
    robustness = "robustness"
    dialogue = "dialogue"
    entailment = "entailment"
    marks = "marks"
    performance = "performance"
    quick = "quick"
    all = "all"


class MarksSplit(StrEnum):
    """The parts of our own marked answers that may be measured on."""

    dev = "dev"
    test = "test"


def _silent(_: str) -> None:
    """Nobody listens."""


class MissingDataError(GreenroomError):
    """A suite was not told what to measure on."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for.

    `data` are files or folders, `root` a folder that has them for every suite; `against` is an
    earlier run and `against_grader` another grader that is compared with. `means`: how a language
    model is kept busy. `most`: rows of a file at most, a fixed draw of them; answers that each
    attack is tried on. `say` is told how far a long run is.
    """

    data: tuple[Path, ...] = ()
    grader: str = "auto"
    split: MarksSplit = MarksSplit.dev
    root: Path | None = None
    against: Path | None = None
    against_grader: str | None = None
    means: Means = field(default_factory=Means)
    most: int | None = None
    say: Callable[[str], None] = _silent

    def one(self, needed: str) -> Path:
        """The one file or folder. Raises `MissingDataError` that says what is needed."""
        if len(self.data) != 1:
            raise MissingDataError(f"{needed} (--data given {len(self.data)} times)")
        return self.data[0]


def marked_sets(asked: Asked) -> dict[str, tuple[Row, ...]]:
    """The sets of marked answers by name: the files, or our own where none is named."""
    from evals.cases import marks_rows, read_rows
    from evals.marks import load_marks

    if not asked.data:
        return {f"marks-{asked.split}": marks_rows(load_marks(), asked.split.value)}
    found: dict[str, tuple[Row, ...]] = {}
    for path in asked.data:
        name = path.stem if path.stem not in found else f"{path.resolve().parent.name}-{path.stem}"
        if name in found:
            raise MissingDataError(f"--data {path}: another file of this name was given already")
        found[name] = read_rows(path)
    return found
