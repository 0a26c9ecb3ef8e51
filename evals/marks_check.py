"""What could be read off our marked data without understanding it, and what leaks between splits.

A mark that follows length or shared words, or a label that can be told from the statement alone,
would teach a grader the wrong thing. Invariant: seeded, so the same data gives the same figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from agent.words import share_said, words
from evals.marks import Marks, PointPair
from evals.metrics import r
from index.embedder import Embedder

Matrix = npt.NDArray[np.float64]

FOLDS = 5
AT_ONCE = 1024  # texts whose tokens, or whose distances to all others, are in memory together
TOO_ALIKE = 0.97  # cosine of two statements of different splits
TOO_ALIKE_QUESTIONS = 0.93


@dataclass(frozen=True, slots=True)
class Giveaways:
    """How much the surface gives away. `probe_…`: balanced accuracy of a logistic regression over
    the four labels, on questions it was not fitted to; chance is 0.25."""

    mark_length_r: float
    mark_overlap_r: float
    probe_surface: float
    probe_statement: float


def giveaways(marks: Marks, embedder: Embedder) -> Giveaways:
    """Correlations of the marks, and probes of the labels."""
    scores = np.array([a.score for a in marks.answers])
    lengths = np.array([len(words(a.answer)) for a in marks.answers], dtype=np.float64)
    shared = np.array(
        [share_said(_reference(marks, a.question_id), a.answer) for a in marks.answers]
    )
    surface = np.array(
        [
            [len(words(p.statement)), share_said(marks.point(p).text, p.statement)]
            for p in marks.pairs
        ],
        dtype=np.float64,
    )
    alone = _pooled([p.statement for p in marks.pairs], embedder)
    return Giveaways(
        r(scores, lengths),
        r(scores, shared),
        _probe(surface, marks.pairs),
        _probe(alone.astype(np.float64), marks.pairs),
    )


def duplicates(marks: Marks) -> list[str]:
    """The ids of statements that say word for word what another of their key point says, and of
    answers that another of their question repeats."""
    seen: dict[tuple[str, str, str], str] = {}
    found = []
    rows = [((a.question_id, "", _norm(a.answer)), a.id) for a in marks.answers]
    rows += [((p.question_id, p.point_id, _norm(p.statement)), p.id) for p in marks.pairs]
    for key, id_ in rows:
        if seen.setdefault(key, id_) != id_:
            found.append(id_)
    return found


def leaks(parts: Mapping[str, Marks], embedder: Embedder) -> list[str]:
    """Questions, and statements, that stand nearly the same in two of the parts."""
    questions = {
        name: {q.id: q.question for q in m.questions.values()} for name, m in parts.items()
    }
    statements = {name: {p.id: p.statement for p in m.pairs} for name, m in parts.items()}
    return [
        *_alike(questions, embedder, TOO_ALIKE_QUESTIONS),
        *_alike(statements, embedder, TOO_ALIKE),
    ]


def _alike(texts: Mapping[str, Mapping[str, str]], embedder: Embedder, limit: float) -> list[str]:
    """The ids, with their parts, of texts of two parts whose cosine is `limit` or more."""
    pooled = {name: _pooled(list(of.values()), embedder) for name, of in texts.items() if of}
    found = []
    for one, other in itertools.combinations(sorted(pooled), 2):
        left, right = list(texts[one]), list(texts[other])
        for start in range(0, len(left), AT_ONCE):
            alike = pooled[one][start : start + AT_ONCE] @ pooled[other].T >= limit
            for i, j in zip(*np.nonzero(alike), strict=True):
                found.append(f"{left[start + i]} ({one}) and {right[j]} ({other})")
    return found


def _pooled(texts: Sequence[str], embedder: Embedder) -> npt.NDArray[np.float32]:
    """The vectors [texts, dimensions]; those of single tokens are dropped on the way."""
    return np.stack(
        [
            embedded.pooled
            for start in range(0, len(texts), AT_ONCE)
            for embedded in embedder.embed(texts[start : start + AT_ONCE])
        ]
    )


def _probe(features: Matrix, pairs: Sequence[PointPair]) -> float:
    labels = np.array([p.label for p in pairs])
    groups = np.array([p.question_id for p in pairs])
    model = make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=500, class_weight="balanced", C=0.1)
    )
    guessed = cross_val_predict(model, features, labels, groups=groups, cv=GroupKFold(FOLDS))
    return float(balanced_accuracy_score(labels, guessed))


def _reference(marks: Marks, question_id: str) -> str:
    return " ".join(p.text for p in marks.questions[question_id].key_points)


def _norm(text: str) -> str:
    return " ".join(words(text))
