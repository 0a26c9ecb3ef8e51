"""How well ``verify`` tells what evidence supports, on files of claims that people labelled.

One case: {"claim": "Lost is a political party.", "evidence": ["Lost is an American drama series."],
"label": "refutes"}. Invariant: every row of a file has a case; two floors that understand nothing,
the commonest label and the share of the claim's words in the evidence, stand beside every figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError
from sklearn.metrics import recall_score, roc_auc_score

from agent.judge import Judge
from agent.verification import SupportLabel, verify
from agent.words import share_said
from corpus.schema import GreenroomError
from evals.confidence import Sureness, bands, calibration_error
from evals.json_rows import json_rows
from evals.metrics import RESAMPLES, Estimate, Rows, estimate, macro_f1, shown
from evals.result import Figure, Goal, Line, Plot, Result, Table, noted
from evals.sampling import part_of, spread
from evals.text_table import aligned
from index.threads import cores, in_order

Labels = npt.NDArray[np.str_]
Doubles = npt.NDArray[np.float64]

TWO_WAY = frozenset({"supports", "refutes"})
THREE_WAY = frozenset({"supported", "partially_supported", "not_supported"})
LIMITS = {
    "fever_symmetric_dev/verify/balanced_accuracy": 0.75,
    "wice_dev/verify/macro_f1": 0.50,
}
OVERLAP_SUPPORTED = 0.8  # share of a claim's words from which the floor calls it supported
OVERLAP_PARTIAL = 0.4


class SupportFileError(GreenroomError):
    """A file of claims cannot be measured on."""


class LabelledClaim(BaseModel):
    """A row of a file: a claim, its evidence, and what people say of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: StrictStr | StrictInt
    claim: Annotated[StrictStr, Field(min_length=1)]
    evidence: tuple[StrictStr, ...]
    label: StrictStr


@dataclass(frozen=True, slots=True)
class Judged:
    """What one system says of all rows: labels in the file's own words, scores in [0, 1]."""

    system: str
    labels: tuple[str, ...]
    scores: tuple[float, ...]


def run_support(
    path: Path,
    judge: Judge,
    seed: int = 0,
    resamples: int = RESAMPLES,
    most: int | None = None,
    name: str | None = None,
) -> Result:
    """Figures named ``wice_dev/verify/macro_f1``, of all rows or of a fixed draw of `most`; `name`
    is the file's own unless given. Raises `SupportFileError` for a bad row."""
    known = read_claims(path)
    rows = spread(known, most, lambda row: str(row.id))
    found = list(
        in_order(lambda row: verify(row.claim, row.evidence, judge), rows, cores())
    )  # fmt: skip
    told = fold({row.label for row in rows})
    own = Judged(
        "verify", tuple(told(f.label) for f in found), tuple(f.score for f in found)
    )  # fmt: skip
    lines = {j.system: _figures(rows, j, seed, resamples) for j in (own, *_floors(rows, told))}
    cases = tuple(
        {"id": row.id, "human": row.label, "label": f.label, "score": f.score,
         "sentences": list(f.sentences), "claim": row.claim}
        for row, f in zip(rows, found, strict=True)
    )  # fmt: skip
    made = _as_result(name or path.stem, rows, lines, cases, _sureness(rows, own))
    return noted(made, *part_of(len(rows), len(known)))


def read_claims(path: Path) -> tuple[LabelledClaim, ...]:
    """The rows, whose labels are all two-way (supports, refutes) or all three-way."""
    rows = []
    for number, row in json_rows(path, SupportFileError):
        try:
            rows.append(LabelledClaim.model_validate(row))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"]) or "the row"
            raise SupportFileError(f"{path} line {number}: {where}: {fault['msg']}") from error
    labels = {row.label for row in rows}
    if not rows or not (labels <= TWO_WAY or labels <= THREE_WAY):
        raise SupportFileError(
            f"{path} has the labels {sorted(labels)}; known are {sorted(TWO_WAY)} in one file "
            f"and {sorted(THREE_WAY)} in another"
        )
    return tuple(rows)


def fold(labels: set[str]) -> Callable[[SupportLabel], str]:
    """Our labels in a file's words. Two-way: only full support supports. Three-way: what is refuted
    is not supported."""
    if labels <= TWO_WAY:
        return lambda label: "supports" if label == "supported" else "refutes"
    return lambda label: "not_supported" if label == "refuted" else label


def _floors(
    rows: Sequence[LabelledClaim], told: Callable[[SupportLabel], str]
) -> tuple[Judged, Judged]:
    usual = Counter(row.label for row in rows).most_common(1)[0][0]
    shares = tuple(share_said(row.claim, " ".join(row.evidence)) for row in rows)
    by_words: list[SupportLabel] = [
        "supported"
        if share >= OVERLAP_SUPPORTED
        else "partially_supported"
        if share >= OVERLAP_PARTIAL
        else "not_supported"
        for share in shares
    ]
    return (
        Judged("constant", (usual,) * len(rows), (0.5,) * len(rows)),
        Judged("word-overlap", tuple(map(told, by_words)), shares),
    )


def _figures(
    rows: Sequence[LabelledClaim], judged: Judged, seed: int, resamples: int
) -> dict[str, Estimate]:
    """Figures by name; claims that occur twice are drawn together."""
    people, given = (np.asarray(x) for x in ([row.label for row in rows], judged.labels))
    right, said = _supported(rows), np.asarray(judged.scores)
    groups = [row.claim for row in rows]
    measures: dict[str, Callable[[Rows], float]] = {
        "balanced_accuracy": lambda at: _balanced(people[at], given[at]),
        "macro_f1": lambda at: macro_f1(people[at].tolist(), given[at].tolist()),
        "auc": lambda at: _auc(right[at], said[at]),
        "ece": partial(calibration_error, Sureness(said, right, tuple(groups))),
    }
    return {name: estimate(groups, of, seed, resamples) for name, of in measures.items()}


def _balanced(people: Labels, given: Labels) -> float:
    """Balanced accuracy: the mean share of each label of people's that was given too."""
    # As numbers, because scikit-learn is several times slower on strings.
    labels = sorted(set(people.tolist()))
    if len(labels) < 2:
        return float("nan")
    number = {label: i for i, label in enumerate(labels)}
    left, right = ([number.get(x, -1) for x in side.tolist()] for side in (people, given))
    wanted = list(number.values())
    return float(recall_score(left, right, labels=wanted, average="macro", zero_division=0))


def _auc(right: Doubles, said: Doubles) -> float:
    if len(np.unique(right)) < 2:
        return float("nan")
    return float(roc_auc_score(right, said))


def _supported(rows: Sequence[LabelledClaim]) -> Doubles:
    return np.array([float(row.label in ("supports", "supported")) for row in rows])


def _sureness(rows: Sequence[LabelledClaim], judged: Judged) -> Sureness:
    return Sureness(
        np.asarray(judged.scores), _supported(rows), tuple(row.claim for row in rows)
    )  # fmt: skip


def _as_result(
    stem: str,
    rows: Sequence[LabelledClaim],
    lines: dict[str, dict[str, Estimate]],
    cases: tuple[dict[str, Any], ...],
    sureness: Sureness,
) -> Result:
    figures = tuple(
        _figure(f"{stem}/{system}/{name}", name, found, gated=system == "verify")
        for system, measured in lines.items()
        for name, found in measured.items()
    )
    names = list(lines["verify"])
    table = Table(
        f"{stem}: {len(rows)} claims",
        "How often the label is people's (balanced accuracy and macro-F1 weigh all labels alike), "
        "whether the score puts supported claims first (auc), how far the score is from a "
        "probability (ece, 0 is best). In brackets 95% intervals.",
        ("system", *names),
        tuple((system, *(shown(found[n]) for n in names)) for system, found in lines.items()),
    )
    plot = Plot(
        f"{stem}: is the score a probability?",
        "How often people say supported, by the score. On the line the score may be believed.",
        "score", "share that is supported", "lines",
        (Line("verify", tuple((b.said, b.right) for b in bands(sureness))),), True,
    )  # fmt: skip
    counts = dict(sorted(Counter(row.label for row in rows).items()))
    return Result(
        "grounding", aligned(table), figures, {"labels": counts}, cases, (plot,), title=stem,
        tables=(table,),
    )  # fmt: skip


def _figure(name: str, metric: str, found: Estimate, *, gated: bool) -> Figure:
    goal: Goal | None = None
    if gated:
        goal = "low" if metric == "ece" else "high"
    return Figure(name, found.value, found.low, found.high, goal, LIMITS.get(name))
