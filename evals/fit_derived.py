"""Shows what the shares and borders of points derived from a reference would give.

``python -m evals.fit_derived DATA``, with the folder of the graded files, prints what to choose in
`agent.calibration` for references of several points and of one. Invariant: our dev questions, and
the graded training questions that the judge never saw.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from agent.calibration import Borders, Derived, Shares, derived_chances, judgement
from agent.case_rows import CaseRow, requests_of
from agent.embedded import EmbeddedGrader
from agent.flags import inspect
from agent.grades import GradeRequest
from agent.trained_judge import TrainedJudge
from evals.cases import Row, marks_rows, sample
from evals.fit_rows import FILES, held_out
from evals.metrics import macro_f1, r
from evals.subjects import load_subjects
from index.embedder import TransformerEmbedder

SEED = 0
ROWS = 600  # of each set
SHOWN = 8
WHOLE = (0.0, 0.15, 0.3, 0.45)
MATCHED = (0.0, 0.1, 0.2, 0.3, 0.4)
BORDERS = tuple(
    Borders(*values)
    for values in itertools.product((0.2, 0.3, 0.4, 0.5), (0.4, 0.5, 0.6), (0.35, 0.4, 0.5))
)


@dataclass(frozen=True, slots=True)
class Read:
    """One answer against one reference: its points, their weights, and what people said of them.

    `verdicts` is empty where people marked the whole alone. An answer that was not `own` was given
    to another question; it is worth nothing.
    """

    points: tuple[Derived, ...]
    weights: tuple[float, ...]
    verdicts: tuple[str, ...]
    score: float
    own: bool


def read(rows: Sequence[Row], grader: EmbeddedGrader) -> list[Read]:
    """The answers against their references, and each against that of another question."""
    chance = random.Random(SEED)
    out = []
    for row in rows:
        request = _of_its_reference(row)
        if request is None:
            continue
        verdicts = row.get("verdicts") or {}
        out += list(_read(request, grader, float(row["score"]), verdicts, own=True))
        other = _of_its_reference(chance.choice([o for o in rows if o["qid"] != row["qid"]]))
        if other is not None:
            elsewhere = replace(other, answer=request.answer)
            out += list(_read(elsewhere, grader, 0.0, {}, own=False))
    return out


def _of_its_reference(row: Row) -> GradeRequest | None:
    """The request of a row with a single reference, whose points are to be cut from it."""
    bare = {key: value for key, value in row.items() if key != "key_points"}
    requests = requests_of(CaseRow.model_validate(bare))
    return requests[0] if len(requests) == 1 else None


def _read(
    request: GradeRequest,
    grader: EmbeddedGrader,
    score: float,
    verdicts: Mapping[str, str],
    *,
    own: bool,
) -> Iterator[Read]:
    if "empty" in inspect(request.question, request.answer).flags:
        return
    found, judged = grader.evidence(request)
    if judged.derived:
        told = tuple(verdicts[e.point.id] for e in found) if len(verdicts) == len(found) else ()
        weights = tuple(e.point.weight for e in found)
        yield Read(judged.derived, weights, told, score, own)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a choice gives: `r` with people's marks, macro-F1 of verdicts (None where people gave
    none), and the mean mark of answers to another question."""

    r: float
    macro_f1: float | None
    elsewhere: float

    def __str__(self) -> str:
        f1 = "" if self.macro_f1 is None else f", macro-F1 {self.macro_f1:.3f}"
        return f"r {self.r:.3f}{f1}, to another {self.elsewhere:.3f}"


def worth(answers: Sequence[Read], shares: Shares, borders: Borders) -> Worth:
    """What answers would get with these shares and borders."""
    marks: list[float] = []
    people: list[str] = []
    ours: list[str] = []
    for answer in answers:
        made = [judgement(derived_chances(p, shares), borders) for p in answer.points]
        marks.append(float(np.average([j.score for j in made], weights=answer.weights)))
        if answer.verdicts:
            people += answer.verdicts
            ours += [j.verdict for j in made]
    mark, own = np.array(marks), np.array([answer.own for answer in answers])
    scores = np.array([answer.score for answer in answers])
    f1 = macro_f1(people, ours) if people else None
    return Worth(r(scores[own], mark[own]), f1, float(mark[~own].mean()))


def best(sets: Mapping[str, Sequence[Read]]) -> Iterator[str]:
    """The choices that are best on the mean of r and macro-F1 over the sets, as lines."""
    found = []
    for whole, matched, borders in itertools.product(WHOLE, MATCHED, BORDERS):
        made = {
            name: worth(answers, Shares(whole, matched), borders) for name, answers in sets.items()
        }
        mean = np.mean([x for w in made.values() for x in (w.r, w.macro_f1) if x is not None])
        found.append((float(mean), Shares(whole, matched), borders, made))
    for _, shares, borders, made in sorted(found, key=lambda f: -f[0])[:SHOWN]:
        yield f"{shares}, {borders}: " + "; ".join(f"{name}: {w}" for name, w in made.items())


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the best choices for references of several points, and of one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of the graded files")
    data = parser.parse_args(arguments).data
    judge = TrainedJudge()
    grader = EmbeddedGrader(TransformerEmbedder(), judge, judge.card.calibration)
    ours = [row for row in marks_rows(load_subjects("dev")) if row.get("reference")]
    sets = {"subjects": read(sample(ours, ROWS), grader)}
    sets |= {name: read(held_out(data, name), grader) for name in FILES}
    for kind, alone in (("several points", False), ("a single point", True)):
        chosen = {
            name: [a for a in answers if (len(a.points) == 1) == alone]
            for name, answers in sets.items()
        }
        enough = {name: answers for name, answers in chosen.items() if len(answers) >= 50}
        sys.stdout.write(f"{kind}: {', '.join(f'{len(a)} of {n}' for n, a in enough.items())}\n")
        for line in best(enough):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
