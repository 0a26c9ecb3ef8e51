"""Our own author-marked answers and point pairs: their form, and how they are read.

Invariant: what loads is sound: every row belongs to a question of the snapshot, every verdict to
one of its key points, ids are unique. `evals.marks_check` says how good it is.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.grades import Verdict
from corpus.schema import GreenroomError, Question

FOLDER = Path(__file__).parent / "data" / "marks"

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
AnswerKind = Literal[
    "full", "paraphrase", "beyond", "short_right", "telegraphic", "rambling", "non_native",
    "dictated", "partial", "half_right", "wrong", "contradicted", "neighbour", "vague", "keywords",
    "question_copied", "injection",
]  # fmt: skip
PlainKind = Literal["plain_right", "plain_short", "plain_mixed", "plain_weak"]
ContrastKind = Literal["plain_slip", "plain_mended"]
PairKind = Literal[
    "paraphrase", "plain", "half", "vague", "swapped", "negated", "double_negated", "quantified",
    "cause_effect", "number", "neighbour", "elsewhere", "one_word",
]  # fmt: skip
Text = Annotated[str, Field(min_length=1)]
Score = Annotated[float, Field(ge=0, le=1)]


class MarksError(GreenroomError):
    """The marked data does not hold together."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text


class MarkedPoint(_Row):
    """A key point as it stood when it was marked against."""

    text: Text
    weight: Annotated[float, Field(gt=0)]


class MarkedQuestion(_Row):
    """A question as it stood when its answers were marked. `reference` is what its points were
    cut from, where they were."""

    topic: Text
    question: Text
    key_points: tuple[MarkedPoint, ...]
    reference: Text | None = None


class MarkedAnswer(_Row):
    """An answer with its mark and a verdict for every key point; `kind` is what was intended."""

    question_id: Text
    kind: AnswerKind | PlainKind | ContrastKind
    answer: Text
    score: Score
    verdicts: dict[str, Verdict]


class PointPair(_Row):
    """A statement, and what it is to one key point."""

    question_id: Text
    point_id: Text
    kind: PairKind
    statement: Text
    label: Verdict


class SecondMark(_Row):
    """The mark that a second marker gave an answer, without having seen the first."""

    score: Score
    verdicts: dict[str, Verdict]


class SecondLabel(_Row):
    """The label that a second marker gave a statement, without having seen the first."""

    label: Verdict


Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Marks:
    """All of it, in the order of the files."""

    questions: dict[str, MarkedQuestion]
    answers: tuple[MarkedAnswer, ...]
    pairs: tuple[PointPair, ...]
    second_answers: dict[str, SecondMark]
    second_pairs: dict[str, SecondLabel]

    def point(self, pair: PointPair) -> MarkedPoint:
        """The key point of a pair."""
        points = self.questions[pair.question_id].key_points
        return next(p for p in points if p.id == pair.point_id)

    def parts(self) -> dict[str, Marks]:
        """Each split by its name."""
        return {split: self.part(split) for split in SPLITS}

    def part(self, split: Split) -> Marks:
        """The questions of one split, with all that belongs to them."""
        return self.only({id_ for id_ in self.questions if split_of(id_) == split})

    def only(self, ids: Container[str]) -> Marks:
        """These questions, with all that belongs to them."""
        questions = {id_: q for id_, q in self.questions.items() if id_ in ids}
        answers = tuple(a for a in self.answers if a.question_id in questions)
        pairs = tuple(p for p in self.pairs if p.question_id in questions)
        return Marks(
            questions,
            answers,
            pairs,
            {a.id: self.second_answers[a.id] for a in answers if a.id in self.second_answers},
            {p.id: self.second_pairs[p.id] for p in pairs if p.id in self.second_pairs},
        )

    def __add__(self, other: Marks) -> Marks:
        """Both. Raises `MarksError` where a question, an answer or a pair is in either."""
        both = Marks(
            self.questions | other.questions,
            self.answers + other.answers,
            self.pairs + other.pairs,
            self.second_answers | other.second_answers,
            self.second_pairs | other.second_pairs,
        )
        if twice := self.questions.keys() & other.questions.keys():
            raise MarksError(f"question {min(twice)!r} is in both sets")
        _check(both)
        return both


def split_of(question_id: str) -> Split:
    """The split that a question belongs to for ever, by a hash of its id."""
    tenth = int(hashlib.sha256(question_id.encode()).hexdigest(), 16) % 10
    return "train" if tenth < 6 else "dev" if tenth < 8 else "test"


def snapshot(question: Question) -> MarkedQuestion:
    """A question of the bank as it is marked against."""
    points = tuple(MarkedPoint(id=p.id, text=p.text, weight=p.weight) for p in question.key_points)
    return MarkedQuestion(
        id=question.id, topic=question.topic, question=question.question, key_points=points
    )


def load_marks(folder: Path = FOLDER) -> Marks:
    """Read the marked data; a folder that nobody marked twice has no second marks.

    Raises `MarksError` with the file, the line and what is wrong.
    """
    questions = {q.id: q for q in typed_rows(folder / "questions.jsonl", MarkedQuestion)}
    answers = _all(sorted((folder / "answers").glob("*.jsonl")), MarkedAnswer)
    pairs = _all(sorted((folder / "pairs").glob("*.jsonl")), PointPair)
    second_answers = {m.id: m for m in _all(folder.glob("second_answers.jsonl"), SecondMark)}
    second_pairs = {m.id: m for m in _all(folder.glob("second_pairs.jsonl"), SecondLabel)}
    marks = Marks(questions, answers, pairs, second_answers, second_pairs)
    _check(marks)
    return marks


def load_answers(folder: Path, questions: Mapping[str, MarkedQuestion]) -> Marks:
    """Answers to questions that are kept elsewhere, with those that they are to.

    Raises `MarksError`, also where an answer is to none of `questions`.
    """
    answers = _all(sorted((folder / "answers").glob("*.jsonl")), MarkedAnswer)
    second = {m.id: m for m in _all(folder.glob("second_answers.jsonl"), SecondMark)}
    asked = {a.question_id for a in answers}
    own = {id_: q for id_, q in questions.items() if id_ in asked}
    marks = Marks(own, answers, (), second, {})
    _check(marks)
    return marks


def _all(paths: Iterable[Path], form: type[Row]) -> tuple[Row, ...]:
    return tuple(row for path in paths for row in typed_rows(path, form))


def typed_rows(path: Path, form: type[Row]) -> tuple[Row, ...]:
    """The lines of a file in their form. Raises `MarksError` with the file, line and fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MarksError(f"{path} cannot be read ({error})") from error
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(form.model_validate(json.loads(line)))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise MarksError(f"{path.name} line {number}: {where}: {fault['msg']}") from error
        except ValueError as error:
            raise MarksError(f"{path.name} line {number} is not JSON ({error})") from error
    return tuple(rows)


def _check(marks: Marks) -> None:
    for name, rows in (("answer", marks.answers), ("pair", marks.pairs)):
        for id_, count in Counter(row.id for row in rows).items():
            if count > 1:
                raise MarksError(f"{name} {id_!r} occurs {count} times; ids are unique")
    for answer in marks.answers:
        _check_verdicts(answer.id, answer.verdicts, _question(marks, answer.id, answer.question_id))
    for pair in marks.pairs:
        if pair.point_id not in _point_ids(_question(marks, pair.id, pair.question_id)):
            raise MarksError(f"pair {pair.id!r} is about {pair.point_id!r}, which is no key point")
    answers = {a.id: a for a in marks.answers}
    for id_, second in marks.second_answers.items():
        if id_ not in answers:
            raise MarksError(f"the second mark {id_!r} belongs to no answer")
        _check_verdicts(id_, second.verdicts, marks.questions[answers[id_].question_id])
    for id_ in marks.second_pairs.keys() - {p.id for p in marks.pairs}:
        raise MarksError(f"the second label {id_!r} belongs to no pair")


def _question(marks: Marks, row: str, question_id: str) -> MarkedQuestion:
    if question_id not in marks.questions:
        raise MarksError(f"{row!r} belongs to {question_id!r}, which is not in questions.jsonl")
    return marks.questions[question_id]


def _check_verdicts(row: str, verdicts: dict[str, Verdict], question: MarkedQuestion) -> None:
    if set(verdicts) != _point_ids(question):
        wanted = ", ".join(p.id for p in question.key_points)
        raise MarksError(f"{row!r} has verdicts for {', '.join(verdicts)}; give one for {wanted}")


@cache
def _point_ids(question: MarkedQuestion) -> frozenset[str]:
    return frozenset(p.id for p in question.key_points)
