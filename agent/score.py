"""From points to a mark: the score, its label, self-marks and the result over follow-ups.

Invariant: pure arithmetic on points. The score grows with each point's score, does not depend on
their order, and does not change when all weights are multiplied by one factor.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from agent.choice import recounted
from agent.feedback import feedback_for
from agent.grades import Flag, Label, PointGrade, Scored, Verdict

COVERED_FROM = 0.95  # a covered point scores at least this, so all covered gives at least this
MISSING_TO = 0.05  # a missing or contradicted point scores at most this
CORRECT_FROM = 0.65  # label thresholds on the score, chosen on training questions (evals/LOG.md)
PARTIAL_FROM = 0.25
CONTRADICTORY_SHARE = 0.25  # of the weight; and at least as much as what is covered
# Log-odds that a score is near: base, mean confidence, score, distance of the score from 0.5.
# Fitted by `python -m evals.fit_rows`.
ROW_CONFIDENCE = (-2.46, 4.04, -0.11, 2.27)
ASK_BELOW = 0.75  # a point surer than this is told; any other is put to the candidate

SELF_MARK_SCORE: Mapping[Verdict, float] = {
    "covered": 1.0,
    "partial": 0.5,
    "missing": 0.0,
    "contradicted": 0.0,
}
SELF_MARK_CONFIDENCE = 0.85  # people who mark themselves are kind to themselves
# Who says nothing more of a point has not taken back what contradicts it.
_RANK: Mapping[Verdict, int] = {"missing": 0, "contradicted": 1, "partial": 2, "covered": 3}


def score_of(points: Sequence[PointGrade]) -> float:
    """Weighted mean of the points' scores, three decimals; 0 where there are no points.

    Verdicts bound the scores of their points (`bounded`), hence all covered gives at least 0.95
    and none at most 0.05.
    """
    heaviest = max((p.weight for p in points), default=0.0)
    if heaviest <= 0:
        return 0.0
    # Shares of the heaviest cannot overflow; fsum does not depend on the order of its terms.
    total = math.fsum(p.weight / heaviest for p in points)
    mean = math.fsum(p.weight / heaviest * p.score for p in points) / total
    return round(min(1.0, mean), 3)


def bounded(score: float, verdict: Verdict) -> float:
    """The score moved into the range that its verdict allows, three decimals."""
    if verdict == "covered":
        low, high = COVERED_FROM, 1.0
    elif verdict == "partial":
        low, high = MISSING_TO, COVERED_FROM
    else:
        low, high = 0.0, MISSING_TO
    return round(min(high, max(low, score)), 3)


def label_of(points: Sequence[PointGrade], score: float) -> Label:
    """`contradictory` where contradicted points weigh enough, else by thresholds on the score."""
    total = sum(p.weight for p in points)
    against = sum(p.weight for p in points if p.verdict == "contradicted")
    covered = sum(p.weight for p in points if p.verdict == "covered")
    if against > 0 and against >= CONTRADICTORY_SHARE * total and against >= covered:
        return "contradictory"
    if score >= CORRECT_FROM:
        return "correct"
    return "partial" if score >= PARTIAL_FROM else "incorrect"


def row_confidence(points: Sequence[PointGrade]) -> float:
    """Probability that the score lies within 0.25 of a human mark, in [0.02, 0.99].

    A logistic curve of `confidence_features`; without points there is nothing to be wrong about.
    """
    if not points or sum(p.weight for p in points) <= 0:
        return 0.95
    shift, *slopes = ROW_CONFIDENCE
    log_odds = shift + sum(s * f for s, f in zip(slopes, confidence_features(points), strict=True))
    return round(min(0.99, max(0.02, 1.0 / (1.0 + math.exp(-log_odds)))), 3)


def confidence_features(points: Sequence[PointGrade]) -> tuple[float, float, float]:
    """Mean confidence of the points by weight, the score, and how far it is from the middle."""
    heaviest = max(p.weight for p in points)
    shares = [p.weight / heaviest for p in points]
    mean = math.fsum(s * p.confidence for s, p in zip(shares, points, strict=True))
    score = score_of(points)
    return mean / math.fsum(shares), score, abs(score - 0.5)


def to_ask(grade: Scored) -> tuple[PointGrade, ...]:
    """The points of which the grader is unsure and has words of the candidate to show.

    The heaviest come first, then the least sure. Those that were not needed are asked about only
    while others lack.
    """
    enough = grade.score >= COVERED_FROM
    unsure = [
        p
        for p in grade.points
        if p.by == "grader"
        and p.confidence < ASK_BELOW
        and p.answer_span is not None
        and (p.weight > 0 or not enough)
    ]
    return tuple(sorted(unsure, key=lambda p: (-p.weight, p.confidence, p.id)))


def rescore(grade: Scored, verdicts: Mapping[str, Verdict]) -> Scored:
    """The grade after the candidate said, of some points by id, what they had said.

    A point without a located passage cannot become covered, partial or contradicted: there are
    no words to quote, so it stays missing. Raises ValueError for an id that is no point.
    """
    unknown = set(verdicts) - {p.id for p in grade.points}
    if unknown:
        known = ", ".join(p.id for p in grade.points)
        raise ValueError(f"no key point {sorted(unknown)[0]!r} in this grade; it has: {known}")
    points = tuple(_self_marked(p, verdicts[p.id]) if p.id in verdicts else p for p in grade.points)
    return remade(grade, points, grade.flags)


def _self_marked(point: PointGrade, verdict: Verdict) -> PointGrade:
    if point.answer_span is None:
        verdict = "missing"
    return dataclasses.replace(
        point,
        verdict=verdict,
        score=SELF_MARK_SCORE[verdict],
        confidence=SELF_MARK_CONFIDENCE,
        by="candidate",
    )


def merge(first: Scored, later: Sequence[Scored]) -> Scored:
    """One grade over an answer and its follow-ups, given in the order they were answered.

    Each point keeps its best verdict so far, but a later contradiction replaces what was said
    before it. Points that only a later grade has are left out: they were not asked for at first.
    """
    points = list(first.points)
    for grade in later:
        new = {p.id: p for p in grade.points}
        points = [_later(p, new[p.id]) if p.id in new else p for p in points]
    flags = [f for f in first.flags if f not in {"empty", "off_topic"} or _all_have(f, later)]
    return remade(first, tuple(points), tuple(flags))


def _all_have(flag: Flag, grades: Sequence[Scored]) -> bool:
    return all(flag in g.flags for g in grades)


def _later(old: PointGrade, new: PointGrade) -> PointGrade:
    """The better of both, or a later contradiction; with the weight that the point had at first."""
    better = (_RANK[new.verdict], new.score) > (_RANK[old.verdict], old.score)
    if better or new.verdict == "contradicted":
        return dataclasses.replace(new, weight=old.weight)
    return old


def remade(grade: Scored, points: tuple[PointGrade, ...], flags: tuple[Flag, ...]) -> Scored:
    """The grade with these points and flags, and all that follows from them."""
    points = recounted(points)
    score = score_of(points)
    return dataclasses.replace(
        grade,
        score=score,
        confidence=row_confidence(points),
        label=label_of(points, score),
        points=points,
        flags=flags,
        feedback=feedback_for(points, flags),
    )
