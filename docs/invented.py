"""What is on the pictures of the web app: two documents, answers to their questions, and a history.

Invariant: all of it is invented, and the marks of the history are the embedded grader's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.history import History
    from agent.workspace import Workspace
    from corpus.schema import Question

TOPIC = "Serving models on GPUs"
NOTES = {
    "Serving models on GPUs.md": """# Serving models on GPUs

## Why does a serving system batch requests?

A GPU reads every weight of the model from memory for each step, whether it works for one request or
for thirty. Batching shares this read between requests, so throughput rises almost for free. The
price is latency: a request may wait until the batch is full or a time limit has passed.

## What does continuous batching do differently?

Continuous batching lets requests join and leave the batch at every step. A short answer no longer
waits for the longest one of its batch. The freed slot is given to the next request in the queue.

## What is kept in the key-value cache, and what does it cost?

The key-value cache keeps the keys and values of all earlier tokens, so that a new token needs no
second pass over them. It grows linearly with the length of the text and with the number of
requests. When memory runs out, requests have to wait or their cache is thrown away and built again.
""",
    "Rolling out a model.md": """# Rolling out a model

## What is a shadow deployment?

In a shadow deployment the new model receives a copy of the traffic while its answers are only
logged. Users keep seeing the old model, so a mistake costs nothing. It shows load and where the two
disagree, not how people react.

## When do you roll back?

Roll back first and look for the cause afterwards. The threshold is agreed before the release: an
error rate, a latency at the 99th percentile, or a business figure that falls. A rollback that was
never rehearsed is a hope.
""",
}
ANSWERS = {
    "batch requests": "The GPU has to read all weights from memory at every step, for one request "
    "just as for many. A batch shares that read, so throughput goes up almost for free. It never "
    "affects latency.",
    "continuous batching": "New requests can come in while the others are still running. It is "
    "something with slots and a queue.",
    "key-value cache": "It stores the keys and values of the tokens before, so they are not "
    "computed again for each new token. It gets bigger with longer text.",
}
DAYS_AGO = (34, 29, 27, 21, 16, 12, 8, 5, 2)
EACH = 2  # questions an interview
PRACTISED = ("RAG systems", "Deployment", "Databases", "PyTorch")  # topics of the library, or few


def rehearse(home: Path) -> None:
    """Write interviews of the last weeks: the first sentences of good answers, more of them later,
    marked by the embedded grader."""
    from agent.history import History
    from agent.interview import HISTORY
    from agent.settings import load_settings
    from agent.workspace import Workspace

    workspace = Workspace(load_settings(home=home))
    bank = [q for q in workspace.questions() if q.key_points and q.model_answer]
    wanted = [q for q in bank if q.topic in PRACTISED] or bank
    history = History(home / HISTORY)
    for number, days in enumerate(DAYS_AGO):
        chosen = [wanted[(number * EACH + n) * 5 % len(wanted)] for n in range(EACH)]
        start = datetime.now(UTC) - timedelta(days=days, hours=number % 3)
        _write_interview(history, workspace, number, chosen, start)
    history.close()
    workspace.close()


def _write_interview(
    history: History,
    workspace: Workspace,
    number: int,
    chosen: Sequence[Question],
    start: datetime,
) -> None:
    from agent.grades import GradeRequest
    from agent.pool import Options
    from agent.records import TurnRecord
    from agent.state import Reply

    session = f"earlier-{number}"
    history.begin(session, "local", Options(count=EACH), _written(start))
    history.save_plan(session, chosen)
    for n, question in enumerate(chosen):
        put = start + timedelta(minutes=3 * n)
        sentences = (question.model_answer or "").split(". ")
        said = ". ".join(sentences[: 2 + number // 2 + n])
        history.open_turn(
            TurnRecord(session, n + 1, n, 0, "question", question.question, "", (), _written(put))
        )
        reply: Reply = {"kind": "answer", "text": said, "verdicts": {}}
        history.save_reply(session, n + 1, reply, _written(put + timedelta(minutes=2)))
        history.save_intent(session, n + 1, "answer")
        grade = workspace.embedded_grader.grade(GradeRequest.of(question, said))
        history.save_grade(session, n + 1, grade)
        history.save_standing(session, n + 1, grade)
    history.finish(session, _written(start + timedelta(minutes=3 * EACH)))


def _written(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
