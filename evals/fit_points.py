"""What the grader's constants are fitted to: the points of marked answers as the judge reads them.

Invariant: development questions alone, and no answer to a test question.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.alignment import NAMES
from agent.calibration import Borders, features_of, judgement
from agent.embedded import EmbeddedGrader
from agent.grades import GradeRequest
from agent.judge import VERDICTS
from corpus.schema import KeyPoint
from evals.marks import MarkedAnswer, Marks, load_marks
from evals.plain import load_plain
from evals.subjects import load_subjects

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
SEED = 0
STRANGERS = 0.35  # weight of answers to other questions; more costs r with the marks (evals/LOG.md)


@dataclass(frozen=True, slots=True)
class Points:
    """The points of many answers: `features` [n, FEATURES], `verdicts` [n] as numbers, `rows` [n]
    the number of the answer, `weights` [n], `questions` [n]; `scores` [answers]; `own` [n] tells
    that the answer was given to the question, not to another."""

    features: Doubles
    verdicts: Numbers
    rows: Numbers
    weights: Doubles
    questions: npt.NDArray[np.str_]
    scores: Doubles
    own: npt.NDArray[np.bool_]

    @property
    def counts(self) -> Doubles:
        """How much each point counts in a fit, [n]."""
        return np.where(self.own, 1.0, STRANGERS)


def development() -> dict[str, Marks]:
    """What the constants are fitted to, by name."""
    return {
        "library": load_marks().part("dev"),
        "subjects": load_subjects("dev"),
        "plain": load_plain("dev"),
    }


def together(parts: Sequence[Points]) -> Points:
    """All of the points; the rows of each part are numbered on."""
    before = np.cumsum([0, *(len(part.scores) for part in parts)])
    return Points(
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.verdicts for p in parts]),
        np.concatenate([p.rows + n for p, n in zip(parts, before, strict=False)]),
        np.concatenate([p.weights for p in parts]),
        np.concatenate([p.questions for p in parts]),
        np.concatenate([p.scores for p in parts]),
        np.concatenate([p.own for p in parts]),
    )


def read_points(marks: Marks, grader: EmbeddedGrader) -> Points:
    """Every point of the answers as the grader reads it, before any calibration.

    Each answer is also given to another question, where it earns nothing: a good answer has a ring
    of its own, and the judge half believes it whatever was asked.
    """
    chance = random.Random(SEED)
    asked = sorted({a.question_id for a in marks.answers})
    cases: list[tuple[MarkedAnswer, str]] = []
    for answer in marks.answers:
        cases.append((answer, answer.question_id))
        other = chance.choice([q for q in asked if q != answer.question_id])
        cases.append((answer, other))
    features: list[tuple[float, ...]] = []
    verdicts: list[int] = []
    rows: list[int] = []
    weights: list[float] = []
    questions: list[str] = []
    scores: list[float] = []
    owned: list[bool] = []
    for answer, question_id in cases:
        own = question_id == answer.question_id
        question = marks.questions[question_id]
        points = tuple(KeyPoint(p.id, p.text, p.weight) for p in question.key_points)
        request = GradeRequest(question.question, answer.answer, None, points)
        found, judged = grader.evidence(request)
        for evidence, chances in zip(found, judged.chances, strict=True):
            matched = evidence.match.features if evidence.match else (0.0,) * len(NAMES)
            features.append(features_of(chances, matched))
            verdict = answer.verdicts[evidence.point.id] if own else "missing"
            verdicts.append(VERDICTS.index(verdict))
            rows.append(len(scores))
            weights.append(evidence.point.weight)
            questions.append(question.id)
            owned.append(own)
        scores.append(answer.score if own else 0.0)
    return Points(
        np.array(features),
        np.array(verdicts),
        np.array(rows),
        np.array(weights),
        np.array(questions),
        np.array(scores),
        np.array(owned),
    )


def decided(chances: Doubles, borders: Borders) -> tuple[Numbers, Doubles]:
    """The verdicts [n], as numbers of VERDICTS, and scores [n] with these borders."""
    made = [judgement(tuple(row), borders) for row in chances.tolist()]
    verdicts = np.array([VERDICTS.index(judged.verdict) for judged in made])
    return verdicts, np.array([judged.score for judged in made])


def row_marks(points: Points, scores: Doubles) -> Doubles:
    """Weighted mean of the points' scores, [answers]."""
    total = np.bincount(points.rows, points.weights)
    marks: Doubles = np.bincount(points.rows, points.weights * scores) / total
    return marks
