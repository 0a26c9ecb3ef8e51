"""Plain answers: what ordinary candidates type, in the words that anybody would use.

Each belongs to a question of the library or of another subject, and to that question's split.
"""

from __future__ import annotations

from pathlib import Path

from evals.marks import Marks, Split, load_answers, load_marks
from evals.subjects import load_subjects

FOLDER = Path(__file__).parent / "data" / "plain"


def load_plain(split: Split) -> Marks:
    """The plain answers to questions of a split, and those questions.

    Raises `evals.marks.MarksError`, also for an answer to a question of another split.
    """
    return _to_questions_of(split, FOLDER / split)


def load_contrasts() -> Marks:
    """Plain answers for training that are nearly the same as another and differ in what is true.

    Raises as `load_plain` does.
    """
    return _to_questions_of("train", FOLDER / "contrasts")


def _to_questions_of(split: Split, folder: Path) -> Marks:
    known = load_marks().part(split) + load_subjects(split)
    return load_answers(folder, known.questions)
