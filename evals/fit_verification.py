"""Fits the weights of `agent.verification` to the cases of `evals.verification_cases`.

Invariant: each question's weights have the signs that SIGNS names, so that a passage which says
more of a claim never makes the claim less supported. Run as
``python -m evals.fit_verification FOLDER`` with the folder of the entailment sets.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from agent.judge import Judge
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
from evals.metrics import macro_f1
from evals.verification_cases import Case, make_cases
from evals.verification_facts import FOLDS, read_facts
from index.threads import cores, in_order

Doubles = npt.NDArray[np.float64]

SEED = 0
PENALTY = 0.001  # on squared weights
# Which way each of FEATURES may move the answer to each question; 0 keeps it out of it.
SIGNS = (
    (1, 1, 0, 1, -1, 0, 1, 1, -1),
    (0, 0, 0, 0, 1, 0, 0, 0, -1),
    (0, 0, 1, 1, 0, 1, 0, 1, -1),
)


def measured(cases: Sequence[Case], judge: Judge) -> Doubles:
    """FEATURES of each case, [cases, features]."""
    readings = in_order(lambda c: read_claim(c.claim, c.evidence, judge), cases, cores())
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


def foretold(values: Doubles, cases: Sequence[Case]) -> Doubles:
    """What weights fitted on the other folds say of each case, [cases, questions]."""
    folds = np.array([case.fold for case in cases])
    found = np.zeros((len(cases), len(SIGNS)))
    for fold in range(FOLDS):
        rest = [case.label for case in cases if case.fold != fold]
        found[folds == fold] = answers(values[folds == fold], fit(values[folds != fold], rest))
    return found


def told(found: Doubles, cases: Sequence[Case]) -> str:
    """A line on how good the answers of `foretold` are; AUC and calibration of "supported"."""
    labels = [case.label for case in cases]
    given = [label_of(row.tolist()) for row in found]
    right = np.array([float(label == "supported") for label in labels])
    line = f"{len(cases)} cases: macro-F1 {macro_f1(labels, given):.3f}"
    if 0 < right.sum() < len(right):
        sureness = Sureness(found[:, 0], right, tuple(case.claim for case in cases))
        line += f", AUC {roc_auc_score(right, found[:, 0]):.3f}"
        line += f", calibration error {calibration_error(sureness):.3f}"
    supported = np.mean([label == "supported" for label in given])
    return f"{line}, said to be supported {supported:.2f}"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def report(cases: Sequence[Case], values: Doubles) -> None:
    """Print what the weights are worth, by kind of case, and the weights."""
    found = foretold(values, cases)
    say("all: " + told(found, cases))
    for kind in dict.fromkeys(case.kind for case in cases):
        for several in (False, True):
            at = [
                i for i, c in enumerate(cases) if c.kind == kind and (c.facts > 1) == several
            ]  # fmt: skip
            if at:
                facts = "several facts" if several else "one fact"
                say(f"{kind}, {facts}: {told(found[at], [cases[i] for i in at])}")
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
    cases = make_cases(read_facts(folder), SEED)
    random.Random(SEED).shuffle(cases)
    report(cases, measured(cases, open_judge(load_settings())))


if __name__ == "__main__":
    main()
