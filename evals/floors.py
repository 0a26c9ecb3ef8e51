"""The floors under every table of marks: a constant, the answer's length, its word overlap.

Invariant: length and overlap read words and counts only; the constant alone knows what people gave,
so it is the best that can be had without looking at the answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from agent.grades import Verdict
from agent.score import CORRECT_FROM
from agent.words import content_words
from evals.cases import Graded, Row, question_of
from evals.judged import Given, JudgedPoint

COVERED_SHARE = 2 / 3  # of a point's words
PARTIAL_SHARE = 1 / 3
Judge = Callable[[Row, str], tuple[Verdict, float]]  # the verdict on a point by its id, its score


def floors(graded: Graded) -> tuple[Given, ...]:
    """What each floor gives for the rows."""
    rows = graded.rows
    people = [float(row["score"]) for row in rows]
    verdicts = Counter(v for row in rows for v in (row.get("verdicts") or {}).values())
    usual: Verdict = max(sorted(verdicts), key=verdicts.__getitem__, default="missing")
    counts = [len(str(row["answer"]).split()) for row in rows]
    longest, middle = max(counts, default=1) or 1, float(np.median(counts)) if counts else 0.0

    def by_length(row: Row, _: str) -> tuple[Verdict, float]:
        length = len(str(row["answer"]).split())
        return "covered" if length > middle else "missing", length / longest

    mean = float(np.mean(people)) if people else 0.0
    return (
        _floor("constant", rows, [mean] * len(rows), lambda *_: (usual, 0.5)),
        _floor("length", rows, [math.sqrt(n / longest) for n in counts], by_length),
        _floor("word-overlap", rows, [_overlap(row) for row in rows], _point_overlap),
    )


def _floor(name: str, rows: tuple[Row, ...], marks: list[float], judge: Judge) -> Given:
    labels = tuple("correct" if mark >= CORRECT_FROM else "incorrect" for mark in marks)
    points = tuple(point for row in rows for point in _judged(row, judge))
    return Given(name, tuple(marks), labels, points)


def _judged(row: Row, judge: Judge) -> Iterator[JudgedPoint]:
    for point_id, human in (row.get("verdicts") or {}).items():
        verdict, score = judge(row, point_id)
        yield JudgedPoint(question_of(row), human, verdict, score, 0.5)


def _overlap(row: Row) -> float:
    """Share of the reference's content words, less the question's, that the answer has."""
    points = " ".join(str(p.get("text", "")) for p in row.get("key_points") or ())
    texts = [str(t) for t in row.get("references") or [points or row.get("reference") or ""]]
    return max((_share(row, text) for text in texts), default=0.0)


def _point_overlap(row: Row, point_id: str) -> tuple[Verdict, float]:
    texts = [str(p["text"]) for p in row.get("key_points") or () if p["id"] == point_id]
    share = _share(row, texts[0]) if texts else 0.0
    verdict: Verdict = "missing"
    if share >= PARTIAL_SHARE:
        verdict = "covered" if share >= COVERED_SHARE else "partial"
    return verdict, share


def _share(row: Row, text: str) -> float:
    asked = set(content_words(str(row.get("question", ""))))
    said = set(content_words(str(row["answer"])))
    wanted = set(content_words(text))
    wanted = wanted - asked or wanted
    return len(wanted & said) / len(wanted) if wanted else 0.0
