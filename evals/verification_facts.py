"""Facts that claims are made of, to fit `agent.verification`: statements with what bears on them.

One fact: "Willie Stargell lived with his father", the sentence "Stargell moved to Florida with an
aunt", refuted. Of the entailment sets only those are read of which the judge is not sure although
it has learnt them; of sets made by a rule it is sure even of rows that it never saw, and of nothing
else. Invariant: all have a label that people gave, or a line of the library that its author cited
for the statement, and nothing that is measure-only is among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.claim_parts import parts_of
from agent.segments import sentences
from agent.verification import SupportLabel
from corpus.library import load_library
from evals.marks import load_marks, split_of
from evals.training_data import read_lines

FOLDS = 5
_MEANING: dict[str, SupportLabel] = {
    "entailment": "supported",
    "paraphrase": "supported",
    "contradiction": "refuted",
    "covered": "supported",
    "partial": "partially_supported",
    "missing": "not_supported",
    "contradicted": "refuted",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement, the sentences that are said to bear on it, and what they say of it. Facts of one
    `place` have their sentences from one text."""

    kind: str
    text: str
    premise: tuple[str, ...]
    label: SupportLabel
    place: str

    @property
    def fold(self) -> int:
        # Not the hash by which splits are drawn: one split would fill two folds only.
        return int(hashlib.sha256(f"fold {self.place}".encode()).hexdigest(), 16) % FOLDS


def read_facts(folder: Path) -> list[Fact]:
    """Facts of the entailment sets in `folder`, of our marks' dev split and of the library."""
    made = (*_fool_me_twice(folder), *_statements(), *_answers(), *_library(), *_summaries(folder))
    return [fact for fact in made if fact.premise and parts_of(fact.text)]


def _cut(text: str) -> tuple[str, ...]:
    return tuple(text[low:high] for low, high in sentences(text))


def _fool_me_twice(folder: Path) -> Iterator[Fact]:
    """Claims about Wikipedia. The judge has seen them, and is no surer of them for it."""
    for row in read_lines(folder / "fm2.jsonl"):
        premise = row["premise"]
        yield Fact("fm2", row["hypothesis"], _cut(premise), _MEANING[row["label"]], premise[:80])


def _statements() -> Iterator[Fact]:
    marks = load_marks().part("dev")
    for pair in marks.pairs:
        point, topic = marks.point(pair).text, pair.question_id
        yield Fact("statements", point, _cut(pair.statement), _MEANING[pair.label], topic)


def _answers() -> Iterator[Fact]:
    """Key points with a whole answer; the place is the question."""
    marks = load_marks().part("dev")
    for answer in marks.answers:
        if answer.kind != "injection":
            points = {p.id: p.text for p in marks.questions[answer.question_id].key_points}
            for point, verdict in answer.verdicts.items():
                text, place = points[point], answer.question_id
                yield Fact("answers", text, _cut(answer.answer), _MEANING[verdict], place)


def _library() -> Iterator[Fact]:
    """Key points of the questions that nothing was trained on, with the lines that they cite."""
    for digest in load_library():
        for question in digest.questions:
            if split_of(question.id) == "dev":
                for point in question.key_points:
                    if point.span is not None:
                        premise = _cut(point.span.quote)
                        yield Fact("library", point.text, premise, "supported", question.id)


def _summaries(folder: Path) -> Iterator[Fact]:
    """Sentences of a summary that was only reworded, with the sentences they were made of."""
    for row in read_lines(folder / "summedits_pairs.jsonl"):
        said, source = _cut(row["hypothesis"]), _cut(row["premise"])
        if row["label"] == "paraphrase" and len(said) == len(source) > 1:
            for mine, theirs in zip(said, source, strict=True):
                yield Fact("summaries", mine, (theirs,), "supported", row["premise"][:80])
