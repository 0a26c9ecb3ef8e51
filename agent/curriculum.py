"""What a person's study plans name, and which of it their other documents can teach.

Invariant: the document of a plan is never a source for its own topics; a topic counts as covered
only where a passage is likely to answer, or a question with a reference is on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.plan import PlanError, has_reference, on_topic
from corpus.schema import CurriculumTopic, Question
from index.search import By, Filters, Mode, Results
from index.weakness import THRESHOLD

MOST_SOURCES = 5
SHORTEST_PART = 3  # letters; "AI" is a part of nearly everything
_PARTS = re.compile(r"\s*[&/(),;]\s*|\s+and\s+", re.I)


class Search(Protocol):
    """Finds passages; `index.search.Searcher` is one."""

    def search(
        self, text: str, k: int = 10, mode: Mode = "hybrid", by: By = "passage", *, filters: Filters
    ) -> Results: ...


@dataclass(frozen=True, slots=True)
class TopicSource:
    """A document that speaks to a topic, and the place in it."""

    document_id: str
    path: str
    heading: str


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """A topic of a plan. `start` and `end` are its place there; `questions` counts those on it."""

    name: str
    subjects: tuple[str, ...]
    document_id: str
    path: str
    start: int
    end: int
    questions: int
    sources: tuple[TopicSource, ...]
    covered: bool


def planned_topics(
    topics: Sequence[CurriculumTopic],
    questions: Sequence[Question],
    documents: Sequence[str],
    searcher: Search,
) -> tuple[PlannedTopic, ...]:
    """Each topic with what is there on it; `documents` are the ids of all that may teach it."""
    return tuple(_planned(topic, questions, documents, searcher) for topic in topics)


def _planned(
    topic: CurriculumTopic,
    questions: Sequence[Question],
    documents: Sequence[str],
    searcher: Search,
) -> PlannedTopic:
    plan = topic.span.document_id
    others = frozenset(documents) - {plan}
    # The subjects say what the name means: alone, a name like "Deployment" finds anything.
    query = f"{topic.name}: {', '.join(topic.subjects)}"
    found = searcher.search(
        query, MOST_SOURCES, by="document", filters=Filters(document_ids=others)
    )
    asked = questions_on(topic.name, plan, questions)
    sources = {
        hit.document_id: TopicSource(hit.document_id, hit.path, hit.heading)
        for hit in found.hits
        if hit.score >= THRESHOLD
    }
    for question in asked:
        if question.reference and question.reference.spans:
            path = question.reference.spans[0].path
            sources.setdefault(
                question.document_id, TopicSource(question.document_id, path, question.question)
            )
    return PlannedTopic(
        topic.name,
        topic.subjects,
        plan,
        topic.span.path,
        topic.span.start,
        topic.span.end,
        len(asked),
        tuple(sources.values())[:MOST_SOURCES],
        bool(sources),
    )


def questions_on(name: str, plan: str, questions: Sequence[Question]) -> list[Question]:
    """The questions on a planned topic, or on a part of its name ("GPU & CUDA"), that can be graded
    and do not stand in the plan itself; `plan` is the id of its document."""
    found: dict[str, Question] = {}
    questions = [q for q in questions if q.document_id != plan and has_reference(q)]
    parts = [part for part in _PARTS.split(name) if len(part) >= SHORTEST_PART]
    for part in dict.fromkeys((name, *parts)):
        try:
            found.update({q.id: q for q in on_topic(questions, part)})
        except PlanError:  # nothing on this part
            continue
    return list(found.values())
