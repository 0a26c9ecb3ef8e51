"""The coverage map: how each question of the bank stands for a person, document by document and
along their study plans.

Invariant: a question counts as passed by its latest mark alone; one without a source is told apart,
because it cannot be marked.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.attempts import attempts
from agent.curriculum import questions_on
from agent.pool import has_reference

if TYPE_CHECKING:
    from agent.curriculum import PlannedTopic
    from agent.workspace import Workspace
    from corpus.schema import Question

Standing = Literal["passed", "weak", "asked", "new", "unsourced"]
PASSED_FROM = 0.6  # the mark from which the page says "Good"
PRACTISED = 5  # questions that a row's own button begins with
_ORDER: dict[Standing, int] = {"weak": 0, "new": 1, "asked": 2, "passed": 3, "unsourced": 4}


@dataclass(frozen=True, slots=True)
class Cell:
    """A question: how it stands (`new`: never asked; `asked`: but without a mark; `unsourced`: no
    answer to hold it against), its latest mark in [0, 1], and whether sources disagree on it."""

    question_id: str
    question: str
    standing: Standing
    mark: float | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The questions of one document, or on one topic of a plan; `place` is what a button opens:
    a document's id and a span of it. `covered` is false for a planned topic without any source."""

    title: str
    place: tuple[str, int, int]
    cells: tuple[Cell, ...]
    covered: bool = True
    sources: tuple[tuple[str, str], ...] = ()  # id and path of documents, where nothing asks yet

    @property
    def counts(self) -> Mapping[Standing, int]:
        """How many questions stand how."""
        return Counter(cell.standing for cell in self.cells)

    @property
    def next_ids(self) -> tuple[str, ...]:
        """What to practise first: the weak, then what was never asked, then the rest."""
        fit = [cell for cell in self.cells if cell.standing != "unsourced"]
        return tuple(c.question_id for c in sorted(fit, key=_need))[:PRACTISED]


@dataclass(frozen=True, slots=True)
class Map:
    """The rows of the person's documents, and of the bundled library."""

    documents: tuple[Row, ...]
    library: tuple[Row, ...]


class Coverage:
    """Makes maps. Thread-safe; what takes long is kept until the documents change."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._disputed: tuple[str, frozenset[str]] = ("", frozenset())

    def rows(self, person: str) -> Map:
        """The rows of all documents, from the store and the history alone; of what sources disagree
        on, what is known so far."""
        store = self._workspace.ready()
        questions = store.questions()
        cells = self._cells(questions, person)
        mine: dict[str, list[Cell]] = {}
        for question in questions:
            mine.setdefault(question.document_id, []).append(cells[question.id])
        rows: dict[str, list[Row]] = {"user": [], "library": []}
        for document in store.documents():
            row = Row(document.title, (document.id, 0, 0), tuple(mine.get(document.id, ())))
            rows[document.source].append(row)
        return Map(_by_title(rows["user"]), _by_title(rows["library"]))

    def plan(self, person: str) -> tuple[Row, ...]:
        """The rows of the study plans' topics. Needs the encoder; raises GreenroomError where there
        is none."""
        plan = self._workspace.curriculum()
        if not plan:
            return ()
        questions = self._workspace.ready().questions()
        cells = self._cells(questions, person)
        return tuple(_planned(topic, questions, cells) for topic in plan)

    def look_for_disputes(self) -> bool:
        """Find the questions on which a person's document and the library disagree, which takes
        some seconds after documents have changed; whether rows drawn before are out of date. Raises
        GreenroomError where the encoder is missing."""
        stamp = self._workspace.ready().stamp(self._workspace.embedder.name)
        with self._lock:
            known_for, known = self._disputed
            if known_for == stamp:
                return False
            found = self._workspace.disputed_among(self._workspace.store.questions())
            self._disputed = (stamp, found)
            return found != known

    def _cells(self, questions: Iterable[Question], person: str) -> dict[str, Cell]:
        disputed = self._disputed[1]
        done = attempts(self._workspace.interview.history, person)
        asked = {a.question_id for a in done}
        marks = {a.question_id: a.score for a in done if a.score is not None}
        return {
            q.id: Cell(
                q.id, q.question, _standing(q, asked, marks), marks.get(q.id), q.id in disputed
            )
            for q in questions
        }


def _standing(question: Question, asked: set[str], marks: Mapping[str, float]) -> Standing:
    mark = marks.get(question.id)
    if mark is not None:
        return "passed" if mark >= PASSED_FROM else "weak"
    if question.id in asked:
        return "asked"
    return "new" if has_reference(question) else "unsourced"


def _planned(topic: PlannedTopic, questions: Sequence[Question], cells: Mapping[str, Cell]) -> Row:
    on = questions_on(topic.name, topic.document_id, questions)
    place = (topic.document_id, topic.start, topic.end)
    sources = tuple((source.document_id, source.path) for source in topic.sources)
    return Row(topic.name, place, tuple(cells[q.id] for q in on), topic.covered, sources)


def _by_title(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.title.casefold()))


def _need(cell: Cell) -> tuple[int, float]:
    return _ORDER[cell.standing], cell.mark or 0.0
