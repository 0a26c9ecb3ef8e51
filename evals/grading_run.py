"""Grading many rows at a time by a language model, so that its server is never without work.

Invariant: the rows come out as one after the other would have them; no row is lost to a crash once
it is in the journal; and a run that is broken off begins no other row.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack

from agent.batch import grade_rows
from agent.grades import Grader
from agent.llm.faults import ModelUnavailableError
from evals.cases import Graded, Row
from evals.journal import Journal
from evals.means import WORKERS


def grade_many(
    name: str,
    rows: Sequence[Row],
    grader: Grader,
    *,
    workers: int = WORKERS,
    journal: Journal | None = None,
    hang_up: Callable[[], None] = lambda: None,
) -> Graded:
    """Have every row graded that the journal does not know; raises as `each_row` does."""
    outs = each_row(
        rows, functools.partial(_graded, grader=grader),
        workers=workers, journal=journal, hang_up=hang_up,
    )  # fmt: skip
    return Graded(name, grader.info.name, tuple(rows), outs)


def each_row(
    rows: Sequence[Row],
    make: Callable[[Row], Row],
    *,
    workers: int = WORKERS,
    journal: Journal | None = None,
    hang_up: Callable[[], None] = lambda: None,
) -> tuple[Row, ...]:
    """What `make` makes of every row, in order; what the journal knows is not made again.

    A row that is made has a `reason`, and where that is ``model_unavailable`` a `feedback`.
    `hang_up` ends what is under way at the server; it is called where the run is broken off. Raises
    `ModelUnavailableError` where the model is lost: what was made by then is in the journal.
    """
    outs: dict[int, Row] = {}
    for i, row in enumerate(rows):
        if journal is not None and (known := journal.known(row)) is not None:
            outs[i] = known
    with ExitStack() as broken_off:
        broken_off.callback(hang_up)
        pool = ThreadPoolExecutor(workers, thread_name_prefix="grading")
        broken_off.callback(pool.shutdown, wait=False, cancel_futures=True)
        open_rows = {pool.submit(make, row): i for i, row in enumerate(rows) if i not in outs}
        for done in as_completed(open_rows):
            i, out = open_rows[done], done.result()
            if out["reason"] == "model_unavailable":
                raise ModelUnavailableError(_lost(len(rows) - len(outs), len(rows), out, journal))
            outs[i] = out
            if journal is not None:
                journal.keep(rows[i], out)
        broken_off.pop_all()
    pool.shutdown()
    return tuple(outs[i] for i in range(len(rows)))


def _graded(row: Row, grader: Grader) -> Row:
    (out,) = grade_rows([json.dumps(row)], grader, lambda _: None, lambda _: None)
    return out


def _lost(left: int, rows: int, out: Row, journal: Journal | None) -> str:
    kept = (
        "what was graded is kept: give the same command again to go on"
        if journal is not None
        else "with --output DIR what was graded would be kept"
    )
    return (
        f"the language model was lost, {left} of {rows} rows are left ({out['feedback']}); {kept}"
    )
