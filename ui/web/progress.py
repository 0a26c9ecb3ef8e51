"""What the page on progress does, in plain Python: reads a history, takes the person's word on how
well something was recalled, makes the package for Anki.

Invariant: nobody is shown, and nobody changes, what another person did.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.anki import has_back, package, standings_of
from agent.attempts import Attempt, attempts, reviews
from agent.course import Step, course_of
from agent.notebook import utc_now
from agent.progress import Progress, TopicProgress, progress_of
from agent.schedule import Rating, schedule
from ui.reasons import FAULTS, in_words
from ui.web.people import person_of

if TYPE_CHECKING:
    from agent.workspace import Workspace

ALL_TOPICS = "All topics"
ANKI_FILE = "greenroom.apkg"
MOST_REVIEWS = 12  # questions listed with when they come again
NO_CARDS = "No question there was weak or missed so far, so there is nothing to export."
NOT_YOURS = "This is not in your history any more. Open the page again."
UNREADABLE = "The page asked for this in a way that cannot be read. Reload the page."


class Rated(BaseModel):
    """What the page sends when a rating is chosen: the attempt and the word."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    session: Annotated[str, Field(min_length=1, max_length=200)]
    position: Annotated[int, Field(ge=0, le=10_000)]
    word: Annotated[str, Field(max_length=20)]


class Again(BaseModel):
    """What the page sends to take "not my topic" back."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    again: Annotated[str, Field(min_length=1, max_length=10_000)]


_WANTED: TypeAdapter[Rated | Again] = TypeAdapter(Rated | Again)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that comes again at `due`; `own` tells whether the rating is the person's word or
    follows from the mark (None: it has none)."""

    attempt: Attempt
    rating: Rating
    own: bool
    due: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows, as of `now`. Topics stand in the order they are shown in."""

    now: datetime
    interviews: int
    progress: Progress
    topics: tuple[TopicProgress, ...]
    courses: Mapping[str, tuple[Step, ...]]
    waiting: tuple[Waiting, ...]
    due_ids: tuple[str, ...]
    avoided: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the browser to save, or why there is none."""

    name: str = ""
    data: str = ""  # base64
    note: str = ""

    def to_json(self) -> str:
        """As the page's script reads it."""
        return json.dumps({"name": self.name, "data": self.data})


class WebProgress:
    """The page's actions on one workspace."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime] = utc_now) -> None:
        self._workspace = workspace
        self._clock = clock

    def overview(self, account: str | None = None) -> Overview:
        """How a person stands now."""
        done, now = self._attempts(account), self._clock()
        found = progress_of(done, now)
        topics = tuple(sorted(found.topics, key=_order))
        waiting = _waiting(done)
        return Overview(
            now,
            len({a.session_id for a in done}),
            found,
            topics,
            {t.topic: course_of(done, t.topic, now) for t in topics},
            waiting[:MOST_REVIEWS],
            tuple(w.attempt.question_id for w in waiting if w.due <= now),
            tuple(self._workspace.interview.not_my_topics(person_of(account))),
        )

    def take(self, request: str, account: str | None = None) -> str:
        """Take a person's word on a question or a topic (JSON of `Rated` or `Again`); what to tell
        them. The request is text from outside."""
        try:
            wanted = _WANTED.validate_json(request)
        except ValidationError:
            return UNREADABLE
        interview = self._workspace.interview
        if isinstance(wanted, Again):
            there = interview.ask_again(wanted.again, person_of(account))
            return f"Asked as often as others again: {wanted.again}" if there else NOT_YOURS
        record = interview.history.session(wanted.session)
        if record is None or record.person != person_of(account):
            return NOT_YOURS
        try:
            stand = interview.second_look.rate(wanted.session, wanted.word, wanted.position)
        except FAULTS as error:
            return in_words(error)
        return f"Kept as {wanted.word}: {stand.question.question}"

    def topics(self) -> list[str]:
        """Topics that cards can be made of, the person's own documents' first."""
        questions = [q for q in self._workspace.questions() if has_back(q)]
        own_first = sorted(questions, key=lambda q: q.document_id.startswith("library-"))
        return [ALL_TOPICS, *dict.fromkeys(q.topic for q in own_first)]

    def anki(self, topic: object, weak: object, account: str | None = None) -> Download:
        """The package of all questions of a topic, or only of those that went badly."""
        questions = [q for q in self._workspace.questions() if has_back(q)]
        if topic and topic != ALL_TOPICS:
            questions = [q for q in questions if q.topic == topic]
        standings = standings_of(self._attempts(account))
        if weak:
            questions = [q for q in questions if q.id in standings]
        if not questions:
            return Download(note=NO_CARDS)
        data = package(questions, standings, self._clock())
        cards = f"{len(questions)} card{'s'[: len(questions) != 1]}"
        note = f"{cards} in {ANKI_FILE}. In Anki: File, Import. A newer file updates the cards."
        return Download(ANKI_FILE, base64.b64encode(data).decode("ascii"), note)

    def _attempts(self, account: str | None) -> tuple[Attempt, ...]:
        return attempts(self._workspace.interview.history, person_of(account))


def _order(topic: TopicProgress) -> tuple[bool, int, bool, float, str]:
    """What there is enough on first; of those the ones with most due, then the lowest."""
    level = topic.expected
    return bool(topic.note), -topic.due, level is None, level or 0.0, topic.topic


def _waiting(done: Sequence[Attempt]) -> tuple[Waiting, ...]:
    """Each question that was reviewed, the one due longest first."""
    last = {a.question_id: a for a in done if a.review is not None}
    places = schedule(reviews(done))
    found = [
        Waiting(a, places[i].rating, a.rating is not None, places[i].due) for i, a in last.items()
    ]
    return tuple(sorted(found, key=lambda w: (w.due, w.attempt.question_id)))
