"""The rows of each stage of the judge's training: from what is general to what it is for.

First entailment and graded answers; then, twice over, marked answers and statements of the library
and of other subjects, plain answers, and some of the first again; then all that once more at half
the rate, with more points in their own words. Invariant: seeded; dev and test questions, and sets
marked "measure only", are never in a row.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.judge import Pair
from corpus.library import load_library
from corpus.schema import Question
from evals.claims import load_claims
from evals.marks import Marks, load_marks, split_of
from evals.plain import load_contrasts, load_plain
from evals.subjects import load_subjects
from evals.training import Stage
from evals.training_changes import reversed_examples, stranger_examples, untidied
from evals.training_contrasts import (
    Asked,
    left_open_examples,
    misconception_examples,
    own_words_examples,
    recited_examples,
)
from evals.training_data import (
    Example,
    composed_examples,
    entailment_examples,
    graded_examples,
    library_examples,
    marked_examples,
    verdict_target,
    whole_examples,
)
from evals.training_hollow import hollow_examples
from evals.training_templates import template_examples

SEED = 0
MOST_TOKENS = 192
LONGEST = (150, 100)  # words of a passage and of a point; longer ones are left out
UNTIDY = 0.3  # share of our rows whose text is typed carelessly, another share in each pass
CHANCE_PAIRS = 6000  # pairs of the first stage put together by chance
PASSES = 2  # of the second stage
Passes = list[list[Example]]


@dataclass(frozen=True, slots=True)
class Mix:
    """How many rows of each source a pass draws; None: all of them.

    `entailment` and `graded` are the first stage's. Of the library: `own` marked statements and
    answers, `library` what it says of its own points, and what is made from them: `composed` short
    answers, `strangers` good answers to other questions, `templates` made sentences with their
    sides exchanged, `reversed` denied or taken back, `own_words` points in their own words and what
    turns them round, `misconceptions` told as true or as somebody's error, `left_open`, `hollow`
    talk that claims nothing. Of the other subjects: `statements`, `answers` point by point, `whole`
    answers against the reference, `strangers_elsewhere` as above. Of the plain answers: `plain`
    point by point, `plain_whole`; of those that differ in a word or two: `contrasts` and
    `contrasts_whole`. `claims`: evidence. Of every subject: `recited` points in their own words,
    and denied.
    """

    own: int | None = None
    library: int = 1500
    entailment: int = 2500
    graded: int | None = None
    composed: int = 2500
    strangers: int = 4000
    templates: int = 500
    reversed: int = 600
    own_words: int = 2000
    misconceptions: int = 1600
    left_open: int = 300
    hollow: int = 1500
    statements: int | None = None
    answers: int | None = 55_000
    whole: int | None = 8000
    strangers_elsewhere: int = 3000
    plain: int | None = None
    plain_whole: int | None = 2000
    contrasts: int | None = 4000
    contrasts_whole: int | None = 400
    claims: int | None = 2700
    recited: int = 0


RECITED = Mix(recited=8000)


class Sources:
    """Everything that rows are drawn from, read once. `data` has ``entailment`` and ``grading``."""

    def __init__(self, data: Path) -> None:
        bank = [question for digest in load_library() for question in digest.questions]
        self.marks: Marks = load_marks().part("train")
        self.questions: list[Question] = [q for q in bank if split_of(q.id) == "train"]
        self.own = marked_examples(self.marks) + whole_examples(self.marks)
        self.library = library_examples(bank, SEED)
        self.entailment = entailment_examples(data / "entailment", SEED)
        self.graded = graded_examples(data / "grading", SEED)
        self.subjects, plain = load_subjects("train"), load_plain("train")
        marked = marked_examples(self.subjects)
        self.statements = [e for e in marked if e.source == "pairs"]
        self.answers = [e for e in marked if e.source == "answers"]
        self.whole = whole_examples(self.subjects)
        self.plain = marked_examples(plain)
        self.plain_whole = whole_examples(plain)
        contrasts = load_contrasts()
        self.contrasts = marked_examples(contrasts)
        self.contrasts_whole = whole_examples(contrasts)
        self.claims = [
            Example(Pair(c.text, c.evidence), verdict_target(c.verdict), "claims")
            for c in load_claims("train")
        ]


def first_stage(sources: Sources) -> Passes:
    """Entailment sets, graded answers, and pairs that have nothing to do with each other."""
    examples = sources.entailment + sources.graded
    chance = random.Random(SEED)
    for _ in range(CHANCE_PAIRS):
        one, other = chance.choice(examples), chance.choice(examples)
        pair = Pair(one.pair.point, other.pair.passage)
        examples.append(Example(pair, verdict_target("missing"), "strangers"))
    return [short(examples)]


def second_stage(sources: Sources) -> Passes:
    """Of everything that there is to learn marking from, in each pass.

    A library alone, read first, is learnt by heart, and shared words are then the mark of a trap
    (evals/LOG.md). Few answers are right but for a word: many cost more than they teach.
    """
    chance = random.Random(SEED)
    return [mixed(sources, Mix(), chance, number) for number in range(PASSES)]


def third_stage(sources: Sources) -> Passes:
    """All of it once more, with points of every subject in their own words: after the second stage
    one in ten was said to contradict itself."""
    return [mixed(sources, RECITED, random.Random(SEED + 1), PASSES)]


def mixed(sources: Sources, mix: Mix, chance: random.Random, number: int) -> list[Example]:
    """One pass; `number` tells its made rows from those of other passes."""
    marks, questions = sources.marks, sources.questions
    everywhere: list[Asked] = [q for q in questions if q.key_points]
    everywhere += sources.subjects.questions.values()

    def some(examples: Sequence[Example], count: int | None) -> list[Example]:
        return list(examples) if count is None else chance.sample(examples, count)

    return short(
        untidied(some(sources.own, mix.own), UNTIDY, 200 + number)
        + some(sources.library, mix.library)
        + some(sources.entailment, mix.entailment)
        + some(sources.graded, mix.graded)
        + list(composed_examples(marks, mix.composed, 100 + number))
        + list(stranger_examples(marks, mix.strangers, 300 + number))
        + list(template_examples(mix.templates, 400 + number))
        + list(reversed_examples(marks, mix.reversed, 500 + number))
        + list(own_words_examples(questions, mix.own_words, 600 + number))
        + list(misconception_examples(marks, questions, mix.misconceptions, 700 + number))
        + list(left_open_examples(marks, mix.left_open, 800 + number))
        + list(hollow_examples(questions, mix.hollow, 900 + number))
        + untidied(some(sources.statements, mix.statements), UNTIDY, 1000 + number)
        + untidied(some(sources.answers, mix.answers), UNTIDY, 1100 + number)
        + some(sources.whole, mix.whole)
        + list(stranger_examples(sources.subjects, mix.strangers_elsewhere, 350 + number))
        + untidied(some(sources.plain, mix.plain), UNTIDY, 1200 + number)
        + some(sources.plain_whole, mix.plain_whole)
        + untidied(some(sources.contrasts, mix.contrasts), UNTIDY, 1300 + number)
        + some(sources.contrasts_whole, mix.contrasts_whole)
        + some(sources.claims, mix.claims)
        + list(recited_examples(everywhere, mix.recited, 1400 + number))
    )


def short(examples: Sequence[Example]) -> list[Example]:
    """Those that are not too long."""
    return [
        e
        for e in examples
        if len(e.pair.passage.split()) <= LONGEST[0] and len(e.pair.point.split()) <= LONGEST[1]
    ]


# On questions, which would be learnt by heart without dropout and smoothed targets.
_MARKS = Stage("marks", rate=8e-5, most_tokens=MOST_TOKENS, dropout=0.1, smoothing=0.05)
_RECITED = replace(_MARKS, name="recited", rate=4e-5)
STAGES: tuple[tuple[Stage, Callable[[Sources], Passes]], ...] = (
    (Stage("entailment", rate=8e-5, most_tokens=160), first_stage),
    (_MARKS, second_stage),
    (_RECITED, third_stage),
)
