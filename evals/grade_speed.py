"""How fast answers are marked: alone, many at a time, and beside the encoder alone.

Sample: answers of 80 words to questions with four key points. Invariant: every grade that is timed
is warm: its question was graded before, and its answer is read anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from agent.embedded import EmbeddedGrader
from agent.grades import Grader, GradeRequest
from agent.judge import Judge, Pair, Probabilities
from agent.judges import calibration_of
from evals.performance import Timing, timing
from index.embedder import Embedder, Embedding
from index.threads import cores

if TYPE_CHECKING:
    from corpus.schema import Question

WORDS = 80  # of an answer
POINTS = 4  # of a question
GRADES = 48
ROUNDS = 3
ALONE = 0.120  # seconds, at the 95th percentile
A_SECOND = 25.0  # grades, on two cores with AMX
OF_BARE = 0.7  # of the encoder's rate
_ELSE = "something else was said before"


@dataclass(frozen=True, slots=True)
class HeardEmbedder:
    """An embedder that notes what it is given."""

    embedder: Embedder
    texts: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def dimension(self) -> int:
        return self.embedder.dimension

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.texts.extend(texts)
        return self.embedder.embed(texts)

    def embed_one(self, text: str) -> Embedding:
        self.texts.append(text)
        return self.embedder.embed_one(text)


@dataclass(frozen=True, slots=True)
class HeardJudge:
    """A judge that notes what it is given, a pair as one text."""

    own: Judge
    texts: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.own.name

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        self.texts.extend(f"{pair.point} {pair.passage}" for pair in pairs)
        return self.own.judge(pairs)


def grade_speed(embedder: Embedder, judge: Judge, questions: Sequence[Question]) -> list[Timing]:
    """The figures of the embedded grader that these make; none without questions of POINTS."""
    requests = list(islice(requests_of(questions), GRADES))
    if not requests:
        return []
    read, judged = HeardEmbedder(embedder), HeardJudge(judge)
    grader = EmbeddedGrader(read, judged, calibration_of(judge))
    for request in requests:
        grader.grade(replace(request, answer=_ELSE))
    read.texts.clear()
    judged.texts.clear()
    alone = [_seconds(grader, [request], 1) for request in requests]
    sent = [*read.texts, *judged.texts]
    whole, bare = [], []
    for _ in range(ROUNDS):
        whole.append(_seconds(grader, requests, cores()))
        start = time.perf_counter()
        embedder.embed(sent)
        bare.append(time.perf_counter() - start)
    ratios = [b / w for b, w in zip(bare, whole, strict=True)]
    return [
        timing(f"warm grade, {WORDS} words, {POINTS} points", alone, ALONE),
        timing("such grades in batch, a second", [len(requests) / s for s in whole], A_SECOND),
        timing("their tokens, rate over the bare encoder's (ratio)", ratios, OF_BARE),
    ]


def requests_of(questions: Sequence[Question]) -> Iterator[GradeRequest]:
    """An answer of WORDS words to each question with POINTS or more and a reference long enough:
    half of it from the question's own reference, half from another's. No sentence stands in it
    twice, as that would be graded once. The question's misconceptions are kept."""
    fit = [
        q
        for q in questions
        if q.reference
        and len(q.reference.text.split()) >= WORDS // 2
        and len(q.key_points) >= POINTS
    ]
    for question, other in zip(fit, [*fit[1:], *fit[:1]], strict=True):
        if question.reference is None or other.reference is None:
            continue
        halves = (question.reference.text.split(), other.reference.text.split())
        said = " ".join(w for half in halves for w in half[: WORDS // 2])
        request = GradeRequest.of(question, said)
        yield replace(request, key_points=request.key_points[:POINTS])


def _seconds(grader: Grader, requests: Sequence[GradeRequest], workers: int) -> float:
    with ThreadPoolExecutor(workers) as pool:
        start = time.perf_counter()
        list(pool.map(grader.grade, requests))
        return time.perf_counter() - start
