"""The suite ``marks``: how much marked data there is, how good it is, how far two markers agree.

Invariant: a fault is a limit of this module that the data breaks; figures are reported either way.
"""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from corpus.schema import Question
from evals.agreement import (
    VERDICTS,
    Labels,
    Scores,
    label_agreement,
    score_agreement,
    verdict_agreement,
)
from evals.marks import Marks, snapshot
from evals.marks_check import Giveaways, duplicates, giveaways, leaks
from index.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Limits:
    """What the data must reach."""

    answers: int = 1500
    questions: int = 150
    topics: int = 20
    pairs: int = 8000
    points: int = 1300
    pairs_of_a_point: int = 6
    second_answers: float = 0.2
    second_pairs: float = 0.1
    correlation: float = 0.4  # of the mark with length and with overlap, either way
    # Balanced accuracy over four labels, chance is 0.25. What the set reaches, and must not lose.
    probe_surface: float = 0.36
    probe_statement: float = 0.42


LIMITS = Limits()
SUBJECTS = Limits(
    answers=28_000, questions=4200, topics=309, pairs=58_000, points=9400, pairs_of_a_point=1,
    second_answers=0.015, second_pairs=0.015, probe_surface=0.34, probe_statement=0.49,
)  # fmt: skip


def run_marks(
    parts: Mapping[str, Marks],
    bank: dict[str, Question],
    embedder: Embedder,
    limits: Limits = LIMITS,
    beside: Mapping[str, Marks] | None = None,
) -> tuple[str, dict[str, Any], list[str]]:
    """The report on a set, given by its splits, as text and as JSON, and the faults.

    Of what stands `beside` it, nothing may stand in a split of the set as well.
    """
    marks = functools.reduce(operator.add, parts.values())
    have = counts(parts, marks)
    given = giveaways(marks, embedder)
    scores, verdicts = score_agreement(marks), verdict_agreement(marks)
    statements = label_agreement(marks)
    twice = duplicates(marks)
    leaking = leaks({**parts, **(beside or {})}, embedder)
    faults = [
        *_too_few(marks, have, limits),
        *_given_away(given, limits),
        *(f"{id_} says again what another row of it says" for id_ in twice),
        *(f"{names} stand in two splits and are nearly the same" for names in leaking),
        *_drifted(marks, bank),
    ]
    report = {
        "counts": have,
        "giveaways": {k: round(v, 3) for k, v in asdict(given).items()},
        "agreement": {
            "scores": asdict(scores),
            "verdicts": asdict(verdicts),
            "statements": asdict(statements),
        },
        "faults": faults,
    }
    return _text(report, scores, verdicts, statements), report, faults


def counts(parts: Mapping[str, Marks], marks: Marks) -> dict[str, Any]:
    """How many rows there are of each split, kind and label; `marks` is all of the parts."""
    answers, pairs = marks.answers, marks.pairs
    asked = {a.question_id for a in answers}
    return {
        "answers": len(answers),
        "questions": len(asked),
        "topics": len({marks.questions[q].topic for q in asked}),
        "pairs": len(pairs),
        "points": len({(p.question_id, p.point_id) for p in pairs}),
        "second_answers": len(marks.second_answers),
        "second_pairs": len(marks.second_pairs),
        "answers_by_split": {name: len(part.answers) for name, part in sorted(parts.items())},
        "pairs_by_split": {name: len(part.pairs) for name, part in sorted(parts.items())},
        "answers_by_kind": _tally(a.kind for a in answers),
        "pairs_by_kind": _tally(p.kind for p in pairs),
        "pairs_by_label": _tally(p.label for p in pairs),
        "verdicts": _tally(v for a in answers for v in a.verdicts.values()),
    }


def _tally(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _too_few(marks: Marks, have: dict[str, Any], limits: Limits) -> list[str]:
    wanted = {k: getattr(limits, k) for k in ("answers", "questions", "topics", "pairs", "points")}
    wanted["second_answers"] = round(limits.second_answers * have["answers"])
    wanted["second_pairs"] = round(limits.second_pairs * have["pairs"])
    faults = [f"{have[k]} {k.replace('_', ' ')} of {n}" for k, n in wanted.items() if have[k] < n]
    per_point = Counter((p.question_id, p.point_id) for p in marks.pairs)
    few = sum(count < limits.pairs_of_a_point for count in per_point.values())
    if few:
        faults.append(f"{few} key points have fewer than {limits.pairs_of_a_point} statements")
    return faults


def _given_away(given: Giveaways, limits: Limits) -> list[str]:
    faults = []
    for name in ("mark_length_r", "mark_overlap_r"):
        value = getattr(given, name)
        if not abs(value) < limits.correlation:
            faults.append(f"{name} is {value:.2f}; keep it under {limits.correlation}")
    for name in ("probe_surface", "probe_statement"):
        value, most = getattr(given, name), getattr(limits, name)
        if not value < most:
            faults.append(f"{name} reaches {value:.2f}; keep it under {most}")
    return faults


def _drifted(marks: Marks, bank: dict[str, Question]) -> list[str]:
    """Questions whose key points are no longer those that were marked against."""
    return [
        f"{q.id} has other key points in the library than when it was marked; mark it again"
        for q in marks.questions.values()
        if q.id in bank and snapshot(bank[q.id]).key_points != q.key_points
    ]


def _text(report: dict[str, Any], scores: Scores, verdicts: Labels, statements: Labels) -> str:
    lines = [f"{name}: {value}" for name, value in report["counts"].items()]
    lines += ["", *(f"{name}: {value:.3f}" for name, value in report["giveaways"].items()), ""]
    lines.append(
        f"Two markers, {scores.rows} answers: r {scores.r:.3f}, QWK {scores.qwk:.3f}, "
        f"mean difference {scores.mae:.3f}"
    )
    lines += _confusion("verdicts", verdicts)
    lines += _confusion("statements", statements)
    lines += ["", *(f"To mend: {fault}" for fault in report["faults"])]
    return "\n".join(lines).rstrip()


def _confusion(name: str, labels: Labels) -> list[str]:
    head = f"Two markers, {labels.rows} {name}: {labels.agreed:.1%} alike, kappa {labels.kappa:.3f}"
    rows = [
        f"  {verdict:<13}" + "".join(f"{count:>8}" for count in row)
        for verdict, row in zip(VERDICTS, labels.confusion, strict=True)
    ]
    return [head, "  first \\ second" + "".join(f"{v[:7]:>8}" for v in VERDICTS), *rows]
