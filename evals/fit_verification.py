"""Fits the weights of `agent.verification` to pairs of the entailment sets.

One case: two statements that stand in one claim, the premise of one of them among the evidence, and
sentences of other rows beside it: partially supported. Invariant: no row that the judge has learnt,
as of those it is surer than of new ones: what its draw left over, and the dev split of our marks.
Run as ``python -m evals.fit_verification FOLDER`` with the folder of the sets.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from agent.claim_parts import parts_of
from agent.grades import Verdict
from agent.judge import Judge
from agent.segments import sentences
from agent.verification import (
    FEATURES,
    LABELS,
    SupportLabel,
    answers,
    features,
    label_of,
    read_claim,
)
from evals.confidence import Sureness, calibration_error
from evals.marks import load_marks, split_of
from evals.metrics import macro_f1
from evals.training_data import entailment_examples, read_lines

Doubles = npt.NDArray[np.float64]

FILES = ("conjnli",)  # of the sets with three labels, the one that is not used up in training
MEANING: dict[str, SupportLabel] = {
    "entailment": "supported",
    "neutral": "not_supported",
    "contradiction": "refuted",
}
MARKED: dict[Verdict, SupportLabel] = {
    "covered": "supported",
    "missing": "not_supported",
    "contradicted": "refuted",
}
CASES = 350  # of one sentence; as many again of two
MOST_BESIDE = 20  # sentences of other rows
ALONE = 0.5  # share of cases with nothing beside
SEED = 0  # as in training: the same draw is left out
PENALTY = 0.003  # on squared weights
# Which way each of FEATURES may move the answer to each question; 0 keeps it out of it.
SIGNS = (
    (1, 0, 1, -1, 1, 1, -1),
    (-1, 0, 0, 1, 1, 0, 0),
    (0, 1, 1, 0, 1, 1, -1),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A premise, cut into sentences, a hypothesis, and what the one says of the other."""

    premise: tuple[str, ...]
    hypothesis: str
    label: SupportLabel


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its evidence and its label; cases of one `group` share a statement."""

    claim: str
    evidence: tuple[str, ...]
    label: SupportLabel
    group: str


def read_rows(folder: Path) -> list[Row]:
    """Statements of our marks' dev split, and as many rows of FILES that no judge has learnt."""
    marks = load_marks()
    own = [
        Row(_sentences(pair.statement), marks.point(pair).text, MARKED[pair.label])
        for pair in marks.pairs
        if split_of(pair.question_id) == "dev" and pair.label in MARKED
    ]
    trained = {(e.pair.point, e.pair.passage) for e in entailment_examples(folder, SEED)}
    others = [
        Row(_sentences(row["premise"]), row["hypothesis"], MEANING[row["label"]])
        for name in FILES
        for row in read_lines(folder / f"{name}.jsonl")
        if row["label"] in MEANING and (row["hypothesis"], row["premise"]) not in trained
    ]
    others = random.Random(SEED).sample(others, min(len(others), len(own)))
    return [row for row in (*own, *others) if row.premise and parts_of(row.hypothesis)]


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[low:high] for low, high in sentences(text))


def make_cases(rows: Sequence[Row], count: int, seed: int) -> list[Case]:
    """Up to `count` claims of one statement, and `count` of two, labels in equal shares."""
    rng = random.Random(seed)
    by_label: dict[SupportLabel, list[Row]] = defaultdict(list)
    for row in rng.sample(list(rows), len(rows)):
        by_label[row.label].append(row)
    every = [row for label in sorted(by_label) for row in by_label[label]]
    single = [row for label in sorted(by_label) for row in by_label[label][: count // 3]]
    cases = [_case(row.hypothesis, [row], row.label, every, rng) for row in single]
    return [*cases, *_doubles(by_label, every, count, rng)]


def _doubles(
    by_label: dict[SupportLabel, list[Row]], every: Sequence[Row], count: int, rng: random.Random
) -> Iterator[Case]:
    """Claims of two statements. The premise of the second may be absent, as if nobody had cited
    it: it is then not supported whatever its label was."""
    for i in range(count):
        wanted = LABELS[i % len(LABELS)]
        first_label: SupportLabel = (
            "supported" if wanted in ("supported", "partially_supported") else wanted
        )
        first = rng.choice(by_label[first_label])
        second = rng.choice(by_label["supported" if wanted == "supported" else "not_supported"])
        cited = [first, second]
        if wanted in ("partially_supported", "not_supported") and rng.random() < 0.5:
            second, cited = rng.choice(every), [first]
        elif wanted == "refuted" and rng.random() < 0.5:
            second = rng.choice(by_label["supported"])
            cited = [first, second]
        left, right = rng.sample([first.hypothesis, second.hypothesis], 2)
        yield _case(_joined(left, right, rng), cited, wanted, every, rng)


def _joined(left: str, right: str, rng: random.Random) -> str:
    if rng.random() < 0.4:
        return f"{left.rstrip(' .')}. {right}"
    joiner = rng.choice((", and ", "; ", ", while "))
    # A name keeps its capital; for the first word of a sentence it cannot be told.
    return f"{left.rstrip(' .')}{joiner}{right}"


def _case(
    claim: str, cited: Sequence[Row], label: SupportLabel, every: Sequence[Row], rng: random.Random
) -> Case:
    runs = [row.premise for row in cited]
    if rng.random() >= ALONE:
        beside = rng.randint(1, MOST_BESIDE)
        while sum(map(len, runs)) < len(cited) + beside:
            runs.append(rng.choice(every).premise)
    rng.shuffle(runs)
    evidence = tuple(sentence for run in runs for sentence in run)
    return Case(claim, evidence, label, cited[0].hypothesis)


def measured(cases: Sequence[Case], judge: Judge) -> Doubles:
    """FEATURES of each case, [cases, features]."""
    readings = (read_claim(c.claim, c.evidence, judge) for c in cases)
    return np.stack([features(reading) for reading in readings if reading is not None])


def fit(values: Doubles, labels: Sequence[SupportLabel]) -> Doubles:
    """The weights, [questions, 1 + FEATURES]: each question on the claims that come to it, yes and
    no counting alike."""
    kinds = np.array([LABELS.index(label) for label in labels])
    return np.stack(
        [
            _fit_one(values[kinds >= i], kinds[kinds >= i] == i, signs)
            for i, signs in enumerate(SIGNS)
        ]
    )


def _fit_one(values: Doubles, yes: npt.NDArray[np.bool_], signs: Sequence[int]) -> Doubles:
    """A logistic regression whose weights have the given signs."""
    share = np.where(yes, 0.5 / yes.sum(), 0.5 / (~yes).sum())

    def loss(weights: Doubles) -> float:
        logits = weights[0] + values @ weights[1:]
        lost = float(share @ np.logaddexp(0, np.where(yes, -logits, logits)))
        return lost + PENALTY * float((weights[1:] ** 2).sum())

    bounds = [(None, None), *((0 if s >= 0 else None, 0 if s <= 0 else None) for s in signs)]
    found: Doubles = minimize(
        loss, np.zeros(values.shape[1] + 1), method="L-BFGS-B", bounds=bounds
    ).x
    return found


def cross_validated(values: Doubles, cases: Sequence[Case]) -> str:
    """What weights fitted on four fifths of the statements do on the rest."""
    labels = [case.label for case in cases]
    found = np.zeros((len(cases), len(SIGNS)))
    groups = [case.group for case in cases]
    for train, test in GroupKFold(5).split(values, groups=groups):
        found[test] = answers(values[test], fit(values[train], [labels[i] for i in train]))
    given = [label_of(row.tolist()) for row in found]
    right = np.array([float(label == "supported") for label in labels])
    sureness = Sureness(found[:, 0], right, tuple(groups))
    return (
        f"{len(cases)} cases: macro-F1 {macro_f1(labels, given):.3f}, "
        f"AUC of supported {roc_auc_score(right, found[:, 0]):.3f}, "
        f"calibration error {calibration_error(sureness):.3f}"
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def report(cases: Sequence[Case], judge: Judge) -> None:
    """Print the weights, and what they are worth."""
    values = measured(cases, judge)
    say(cross_validated(values, cases))
    one = [i for i, case in enumerate(cases) if len(case.evidence) == 1]
    say("of one sentence only: " + cross_validated(values[one], [cases[i] for i in one]))
    say(f"WEIGHTS = (  # {', '.join(('constant', *FEATURES))}")
    for row in fit(values, [case.label for case in cases]):
        say(f"    ({', '.join(f'{value:.3f}' for value in row)}),")
    say(")")


def main() -> None:
    """Print the weights."""
    from agent.judges import open_judge
    from agent.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the entailment sets")
    folder = parser.parse_args().folder
    report(make_cases(read_rows(folder), CASES, 0), open_judge(load_settings()))


if __name__ == "__main__":
    main()
