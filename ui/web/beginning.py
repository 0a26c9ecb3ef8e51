"""What the page offers before an interview: topics and roles, one of each chosen, what goes on.

Invariant: nothing is suggested without its reason, and only what there is a question for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent.ability import MIDDLE
from agent.attempts import attempts
from agent.learner import Learner, learner_of
from agent.records import SessionSummary, summary
from agent.schedule import topic_due

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.attempts import Attempt
    from agent.records import SessionRecord
    from agent.workspace import Workspace
    from corpus.schema import Question
    from ui.web.people import Browser

ALL_TOPICS = "Any topic"
ALL_ROLES = "Any role"
MOST_OPEN = 3  # interviews offered to go on with
MOST_PAST = 20  # and to read again
AS_BEFORE = "The role of your last interview."
NEWCOMER = "A mix to begin with, your own notes first."
NOTHING_DUE = "Nothing is due and no topic is weak: a mix, your own notes first."


@dataclass(frozen=True, slots=True)
class Beginning:
    """The page before a start. `reason` says why `topic` and `role` are the ones chosen."""

    welcome: str
    topics: tuple[str, ...]
    roles: tuple[str, ...]
    topic: str
    role: str
    reason: str
    open: tuple[SessionSummary, ...]
    past: tuple[SessionSummary, ...]


def beginning(workspace: Workspace, browser: Browser, now: datetime) -> Beginning:
    """The page of one browser as of `now`."""
    questions = workspace.questions()
    history = workspace.interview.history
    topics = topics_of(questions)
    roles = roles_of(questions)
    # Its own token was the person of all that a browser began before there were accounts.
    records = [*history.sessions(browser.person), *history.sessions(browser.token)]
    records.sort(key=lambda s: s.started, reverse=True)
    role = next((r for s in records for r in s.options.roles if r in roles), ALL_ROLES)
    topic, reason = suggested(attempts(history, browser.person), topics, now)
    if role != ALL_ROLES:
        reason = f"{reason} {AS_BEFORE}"

    def told(record: SessionRecord) -> SessionSummary:
        return summary(record, history.plan(record.id), history.turns(record.id))

    running = [s for s in records if s.finished is None and s.id != browser.session]
    ended = [s for s in records if s.finished is not None]
    return Beginning(
        welcome(questions),
        topics,
        roles,
        topic,
        role,
        reason,
        tuple(told(s) for s in running[:MOST_OPEN]),
        tuple(told(s) for s in ended[:MOST_PAST]),
    )


def suggested(done: Sequence[Attempt], topics: Sequence[str], now: datetime) -> tuple[str, str]:
    """A topic to practise, and why in a few words: the one with the most due, else the weakest."""
    learner = learner_of(done, now)
    mine: dict[str, set[str]] = {}
    for attempt in done:
        if attempt.topic in topics:
            mine.setdefault(attempt.topic, set()).add(attempt.question_id)
    due = {t: topic_due(learner.due, ids, now).due for t, ids in mine.items()}
    most = max(due, key=lambda t: due[t], default="")
    if most and due[most]:
        return most, f"{due[most]} due again."
    weak = [t for t in mine if learner.weak(t)]
    if weak:
        weakest = min(weak, key=lambda t: learner.ability(t).expected(MIDDLE))
        return weakest, f"Your weakest topic: {_expected(learner, weakest)} to be expected."
    return ALL_TOPICS, NOTHING_DUE if done else NEWCOMER


def welcome(questions: Sequence[Question]) -> str:
    """What there is to be asked about, in a sentence."""
    own = [q for q in questions if not q.document_id.startswith("library-")]
    if not own:
        return (
            f"{len(questions)} questions from the bundled topics. "
            "To be asked from your own notes, add them on the page Library."
        )
    documents = len({q.document_id for q in own})
    noun = "document" if documents == 1 else "documents"
    bundled = len(questions) - len(own)
    return f"{len(own)} questions from {documents} {noun} of yours, {bundled} bundled ones."


def topics_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """Topics with a question that can be graded, the person's own documents' first."""
    own_first = sorted(questions, key=lambda q: q.document_id.startswith("library-"))
    names = dict.fromkeys(q.topic for q in own_first if q.reference or q.key_points)
    return (ALL_TOPICS, *names)


def roles_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """Roles that questions are for."""
    return (ALL_ROLES, *dict.fromkeys(r for q in questions for r in q.roles))


def _expected(learner: Learner, topic: str) -> str:
    return f"{learner.ability(topic).expected(MIDDLE):.0%}"
