"""Fits the constants of `index.fusion`: the weights of the evidence, and its probability.

Invariant: only the development half of the queries is used; the test half stays for measuring.
Run as ``python -m evals.calibration FOLDER`` with the folder of the articles.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from evals.corpora import Query, folder_snapshot, glossary_queries, is_development
from index import fusion
from index.embedder import Embedder, TransformerEmbedder
from index.fusion import Doubles
from index.ranking import FEATURES, Ranker
from index.snapshot import Snapshot

PENALTY = 1e-4  # on squared weights: enough to keep correlated features from running apart


@dataclass(frozen=True, slots=True)
class Example:
    """A query's features [passages, f], each passage's article [passages], the right articles."""

    features: Doubles
    article: np.ndarray[tuple[int], np.dtype[np.int64]]
    relevant: frozenset[int]


def examples(snapshot: Snapshot, embedder: Embedder, queries: Sequence[Query]) -> list[Example]:
    """Features of all passages for each query."""
    ranker = Ranker(snapshot)
    keys = [chunk.path for chunk in snapshot.chunks]
    names = sorted(set(keys))
    article = np.array([names.index(key) for key in keys])
    rows = np.arange(len(snapshot))
    return [
        Example(
            ranker.features(
                q.text, embedder.embed_one(q.text), snapshot.lexical.read(q.text), rows
            ),
            article,
            frozenset(i for i, name in enumerate(names) if name in q.relevant),
        )
        for q in queries
    ]


def fit_weights(cases: Sequence[Example]) -> Doubles:
    """Weights, none negative, that make the right article likeliest among all."""
    answerable = [case for case in cases if case.relevant]

    def loss(weights: Doubles) -> float:
        lost = [_surprise(_by_article(case, weights), case.relevant) for case in answerable]
        return float(np.mean(lost)) + PENALTY * float((weights**2).sum())

    start = np.full(len(FEATURES), 3.0)
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0, None)] * len(FEATURES))
    fitted: Doubles = found.x
    return fitted


def fit_probability(cases: Sequence[Example], weights: Doubles) -> tuple[float, float]:
    """Scale and shift of the logistic curve that tells the best passage of a right article from
    the best passage found for a query without an answer, both kinds counting the same."""
    best = [_by_article(case, weights) for case in cases]
    evidence = np.array(
        [
            found[sorted(case.relevant)].max() if case.relevant else found.max()
            for case, found in zip(cases, best, strict=True)
        ]
    )
    right = np.array([bool(case.relevant) for case in cases])
    curve = LogisticRegression(C=1e6, class_weight="balanced").fit(evidence[:, None], right)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def _by_article(case: Example, weights: Doubles) -> Doubles:
    best = np.full(int(case.article.max()) + 1, -np.inf)
    np.maximum.at(best, case.article, case.features @ weights)
    return best


def _surprise(best: Doubles, relevant: frozenset[int]) -> float:
    shifted = best - best.max()
    right = np.logaddexp.reduce(shifted[sorted(relevant)])
    return float(np.logaddexp.reduce(shifted) - right)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print the fitted constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the articles, e.g. documents/gpu-glossary")
    folder = parser.parse_args().folder
    embedder = TransformerEmbedder()
    queries = [q for q in glossary_queries(folder) if is_development(q)]
    cases = examples(folder_snapshot(folder, embedder), embedder, queries)
    fitted = [f"{name} {w:.2f}" for name, w in zip(FEATURES, fit_weights(cases), strict=True)]
    _say("fitted weights: " + ", ".join(fitted))
    scale, shift = fit_probability(cases, fusion.WEIGHTS)
    _say(f"with the weights in index.fusion: SCALE {scale:.3f}, SHIFT {shift:.3f}")
    answerable = [bool(case.relevant) for case in cases]
    top = np.array([_by_article(case, fusion.WEIGHTS).max() for case in cases])
    chances = 1 / (1 + np.exp(-(scale * top + shift)))
    for threshold in np.linspace(0.1, 0.9, 17):
        passed = chances >= threshold
        kept = passed[answerable].mean()
        let_in = passed[~np.array(answerable)].mean()
        _say(f"threshold {threshold:.3f}: answerable kept {kept:.3f}, others let in {let_in:.3f}")


if __name__ == "__main__":
    main()
