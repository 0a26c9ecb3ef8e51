"""Marked answers and statements in subjects beside the library's.

A judge that learns from one library is too sure of itself on other people's notes. Invariant: a
subject is of one split as a whole, so that nothing is measured on a subject that was trained on.
"""

from __future__ import annotations

from pathlib import Path

from evals.marks import SPLITS, Marks, Split, load_marks

FOLDER = Path(__file__).parent / "data" / "subjects"


def load_subjects(split: Split) -> Marks:
    """The subjects of a split. Raises `evals.marks.MarksError`."""
    return load_marks(FOLDER / split)


def subject_parts() -> dict[str, Marks]:
    """The subjects of each split."""
    return {split: load_subjects(split) for split in SPLITS}
