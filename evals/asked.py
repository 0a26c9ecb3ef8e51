"""What a run of a suite is asked for, and the marked answers that it names.

Invariant: nothing is loaded here; a set has a name of its own in a run.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from evals.means import Means

if TYPE_CHECKING:
    from evals.cases import Row


NOTES = Path(__file__).parent / "data" / "notes"  # two documents and answers to their questions


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


class GraderName(StrEnum):
    """The graders that a suite can be run with."""

    auto = "auto"
    embedded = "embedded"
    vllm = "vllm"
    combined = "combined"


class MarksSplit(StrEnum):
    """The parts of our own marked answers that may be measured on."""

    dev = "dev"
    test = "test"
    plain = "plain"  # as people type them, without art; to questions of dev
    plain_test = "plain-test"
    notes = "notes"  # to questions that came from documents, not from the library
    subjects_dev = "subjects-dev"  # to questions on what neither the library nor training has
    subjects_test = "subjects-test"


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
    from evals.plain import load_plain
    from evals.subjects import load_subjects

    if not asked.data:
        name = f"marks-{asked.split}"
        match asked.split:
            case MarksSplit.notes:
                return {name: read_rows(NOTES / "answers.jsonl")}
            case MarksSplit.plain:
                return {name: marks_rows(load_plain("dev"))}
            case MarksSplit.plain_test:
                return {name: marks_rows(load_plain("test"))}
            case MarksSplit.subjects_dev:
                return {name: marks_rows(load_subjects("dev"))}
            case MarksSplit.subjects_test:
                return {name: marks_rows(load_subjects("test"))}
            case MarksSplit.dev:
                return {name: marks_rows(load_marks().part("dev"))}
            case MarksSplit.test:
                return {name: marks_rows(load_marks().part("test"))}
    found: dict[str, tuple[Row, ...]] = {}
    for path in asked.data:
        name = set_name(path, found)
        found[name] = read_rows(path)
    return found


def set_name(path: Path, taken: Container[str]) -> str:
    """What a file or folder is called in a run, told apart by its folder where the name is taken.

    Raises `MissingDataError` where that is taken too.
    """
    # Of "." and ".." the last part is no name; a folder's name may hold a dot.
    place = path if path.name not in {"", ".."} else path.resolve()
    own = place.name if place.is_dir() else place.stem
    for name in (own, f"{path.resolve().parent.name}-{own}"):
        if name not in taken:
            return name
    raise MissingDataError(f"--data {path}: another file of this name was given already")
