"""What grades the rows of a suite: the embedded grader row by row, a language model many at a time.

Invariant: which of both, and how many at a time, changes no mark; only what it says of time.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.grades import Grader
from evals.bare_client import BareRun, send_all
from evals.cases import Graded, Row, grade_all
from evals.grading_run import grade_many
from evals.journal import Journal
from evals.means import Means
from evals.pace import Pace, Round
from evals.sent_requests import Sent, Tap, tapped
from evals.server_counters import read_counters

if TYPE_CHECKING:
    from agent.llm.client import LanguageModel
    from agent.workspace import Workspace

ROUNDS = 4  # of which each is graded, then sent again by the bare client
PROBE_S = 60.0
# Nobody's answer: what is loaded at the first use is not to count as grading.
WARM: Row = {
    "id": "warm",
    "question": "What is said?",
    "answer": "This is said.",
    "key_points": [{"id": "k1", "text": "This is said."}],
}


@contextmanager
def open_marker(workspace: Workspace, name: str, means: Means) -> Iterator[Marker]:
    """What grades under this name. Raises `ModelUnavailableError` where a named one cannot run."""
    if name == "auto":
        name = workspace.grader(name).info.name
    if name == "embedded":
        yield Marker(workspace.grader(name), means)
        return
    tap = Tap(uuid.uuid4().hex) if means.bare else None
    model = _model(workspace, name, tap)
    marker = Marker(_grader(workspace, name, model), means, model, tap)
    try:
        yield marker
    finally:
        model.close()
    for journal in marker.journals:  # only now: a later set may be what breaks the run off
        journal.remove()


@dataclass
class Marker:
    """Grades sets, and keeps the pace of each that a model graded; `last_sent`: the requests of the
    last round, where there is a tap."""

    grader: Grader
    means: Means
    model: LanguageModel | None = None
    tap: Tap | None = None
    paces: list[Pace] = field(default_factory=list)
    last_sent: list[Sent] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)

    def grade(self, name: str, rows: Sequence[Row]) -> Graded:
        """The rows with what was made of each. Raises `ModelUnavailableError` where the model is
        lost on the way."""
        if self.model is None:
            return grade_all(name, rows, self.grader)
        grade_all("warm", [WARM], self.grader)  # imports and models, before the clock runs
        if self.tap is not None:
            self.tap.drained()
        journal = self._journal(name)
        outs: list[Row] = []
        rounds: list[Round] = []
        for part in _parts(rows, ROUNDS if self.tap is not None else 1):
            made, round_ = self._round(name, part, journal, self.model)
            outs += made
            rounds.append(round_)
        self.paces.append(Pace(name, self.means.workers, tuple(rounds)))
        return Graded(name, self.grader.info.name, tuple(rows), tuple(outs))

    def _round(
        self, name: str, rows: Sequence[Row], journal: Journal | None, model: LanguageModel
    ) -> tuple[tuple[Row, ...], Round]:
        """Grade some rows, then have the bare client send what that took."""
        fresh = sum(journal is None or journal.known(row) is None for row in rows)
        before, began = read_counters(model.endpoint), time.perf_counter()
        graded = grade_many(
            name, rows, self.grader, workers=self.means.workers, journal=journal,
            hang_up=model.close,
        )  # fmt: skip
        seconds, after = time.perf_counter() - began, read_counters(model.endpoint)
        spent = after.since(before) if after and before else None
        return graded.outs, Round(fresh, seconds, spent, self._bare(model))

    def _bare(self, model: LanguageModel) -> BareRun | None:
        sent = self.tap.drained() if self.tap else []
        if self.tap is None or not sent:
            return None
        self.last_sent = sent
        return send_all(model.endpoint, sent, self.tap.most_out, f"{self.tap.salt}-bare")

    def _journal(self, name: str) -> Journal | None:
        if self.means.kept is None:
            return None
        info = self.grader.info
        journal = Journal(self.means.kept / f"unfinished-{name}-{info.name}.jsonl", info)
        self.journals.append(journal)
        return journal


def _model(workspace: Workspace, name: str, tap: Tap | None) -> LanguageModel:
    """The language model that answers, behind the tap if there is one.

    It is waited for longer than where a person waits: the server may be busy with other runs.
    """
    from agent.llm.capabilities import answering_model
    from agent.llm.client import LanguageModel
    from agent.llm.endpoint import find_endpoint
    from agent.llm.faults import ModelUnavailableError

    endpoint = find_endpoint(workspace.settings)
    if endpoint is None:
        workspace.grader(name)  # says what to do
        raise ModelUnavailableError("the language model went away; start `greenroom serve` again")
    model = answering_model(endpoint, PROBE_S)
    return LanguageModel(tapped(endpoint, tap) if tap else endpoint, model)


def _grader(workspace: Workspace, name: str, model: LanguageModel) -> Grader:
    from agent.llm.combined import CombinedGrader
    from agent.llm.fits import find_fit
    from agent.llm.grader import LanguageModelGrader

    fit = find_fit(workspace.settings.home, model.name)
    alone = LanguageModelGrader(model, workspace.embedder, fit)
    return alone if name == "vllm" else CombinedGrader(alone, workspace.embedded_grader)


def _parts(rows: Sequence[Row], most: int) -> list[Sequence[Row]]:
    """The rows in so many parts of nearly the same size, none of them empty."""
    size = max(1, math.ceil(len(rows) / most))
    return [rows[at : at + size] for at in range(0, len(rows), size)]
