"""The suite ``dialogue``: simulated candidates of known ability go through whole interviews.

One case: a candidate who says half of each model answer is asked four questions with follow-ups;
its debrief must rank it between those who say a quarter and three quarters. Invariant: the same
bank, grader and seeds give the same interviews.
"""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from agent.grades import Grader, Scored
from agent.interview import Interview
from agent.plan import Options, QuestionBank
from agent.turns import Turn
from evals.candidates import CANDIDATES, EMPTY_HANDED, Candidate
from evals.result import Figure, Line, Plot, Result

QUESTIONS = 4  # a session
SEEDS = 6  # sessions of each candidate
LONGEST = 12  # turns a question: an interview that takes more does not end
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """How one interview went. `aimed` holds, for each follow-up whose target is known, whether that
    point had not been covered yet."""

    candidate: str
    ability: float
    seed: int
    mean: float
    turns: int
    ended: bool
    aimed: tuple[bool, ...]


def run_dialogue(bank: QuestionBank, grader: Grader, seeds: int = SEEDS) -> Result:
    """Interview every candidate `seeds` times and compare debriefs with abilities."""
    sessions = [
        _interviewed(candidate, seed, bank, grader)
        for candidate in CANDIDATES
        for seed in range(seeds)
    ]
    figures = _figures(sessions)
    rows = tuple(
        {
            "candidate": s.candidate, "ability": s.ability, "seed": s.seed, "mean": s.mean,
            "turns": s.turns, "ended": s.ended, "aimed": list(s.aimed),
        }
        for s in sessions
    )  # fmt: skip
    text = "\n".join([*_table(sessions), *(f"  {f.name}: {f.value:.3f}" for f in figures)])
    return Result("dialogue", text, figures, {"sessions": len(sessions)}, rows, (_plot(sessions),))


def _interviewed(candidate: Candidate, seed: int, bank: QuestionBank, grader: Grader) -> Session:
    ticks = itertools.count()
    rng = random.Random(f"{candidate.name}/{seed}")
    options = Options(count=QUESTIONS, seed=seed, ask_when_unsure=False)
    with tempfile.TemporaryDirectory() as home:
        interview = Interview(
            Path(home), bank, grader, clock=lambda: _START + timedelta(seconds=next(ticks)),
            rng=random.Random(seed),
        )  # fmt: skip
        turn = interview.start(options)
        while not turn.finished and turn.number <= LONGEST * QUESTIONS:
            said = candidate.say(turn.question, turn.attempt, rng) if turn.question else ""
            turn = interview.answer(turn.session_id, said, turn.number)
        report = interview.report(turn.session_id)
        aimed = tuple(_aims(interview.turns(turn.session_id)))
        interview.close()
    # What was never graded has earned nothing.
    mean = report.overall.mean or 0.0
    return Session(
        candidate.name, candidate.ability, seed, mean, turn.number, turn.finished, aimed
    )  # fmt: skip


def _aims(turns: Sequence[Turn]) -> Iterator[bool]:
    for turn in turns:
        if turn.kind != "follow_up" or turn.question is None or turn.marked is None:
            continue
        standing = turn.marked.standing
        target = next((f.aims_at for f in turn.question.follow_ups if f.text in turn.prompt), None)
        if isinstance(standing, Scored) and target is not None:
            yield any(p.id == target and p.verdict != "covered" for p in standing.points)


def _figures(sessions: Sequence[Session]) -> tuple[Figure, ...]:
    ability = np.array([s.ability for s in sessions])
    mean = np.array([s.mean for s in sessions])
    empty = [s.mean for s in sessions if s.candidate in EMPTY_HANDED]
    aimed = [a for s in sessions for a in s.aimed]
    return (
        Figure("dialogue/rank correlation of debrief and ability",
               float(spearmanr(ability, mean).statistic), goal="high", limit=0.85),
        Figure("dialogue/interviews that end", float(np.mean([s.ended for s in sessions])),
               goal="high", limit=1.0),
        Figure("dialogue/most turns a question", max(s.turns for s in sessions) / QUESTIONS,
               goal="low", limit=float(LONGEST)),
        Figure("dialogue/follow-ups on what was missing",
               float(np.mean(aimed)) if aimed else float("nan"), goal="high", limit=0.95),
        Figure("dialogue/worst mean of who asserts nothing", max(empty), goal="low", limit=0.05),
    )  # fmt: skip


def _table(sessions: Sequence[Session]) -> Iterator[str]:
    yield f"{len(sessions)} interviews of {QUESTIONS} questions"
    for candidate in CANDIDATES:
        mine = [s for s in sessions if s.candidate == candidate.name]
        means = np.array([s.mean for s in mine])
        turns = np.mean([s.turns for s in mine])
        yield (
            f"  {candidate.name:<15} ability {candidate.ability:.2f}  debrief {means.mean():.2f} "
            f"({means.min():.2f} to {means.max():.2f})  {turns:.1f} turns"
        )


def _plot(sessions: Sequence[Session]) -> Plot:
    points: list[tuple[float, float]] = [(s.ability, s.mean) for s in sessions]
    return Plot(
        "Does the debrief know who is good?",
        "Each dot is an interview with a simulated candidate. The debrief's mean should rise with "
        "the share that the candidate knows.",
        "ability", "mean of the debrief", "dots", (Line("interviews", tuple(points)),), True,
    )  # fmt: skip
