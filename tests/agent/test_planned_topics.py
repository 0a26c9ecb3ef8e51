"""Which topics of a study plan have sources."""

from __future__ import annotations

from rehearsal import make_question

from agent.curriculum import planned_topics
from corpus.schema import CurriculumTopic, Span
from index.search import By, Filters, Hit, Mode, Results

PLAN = "plan"


def topic(name: str) -> CurriculumTopic:
    return CurriculumTopic(name, ("one", "two"), Span(PLAN, "/plan.md", 0, 4, "text"))


class Shelf:
    """Finds what it is told to, in the documents that may be looked at."""

    def __init__(self, **scores: float) -> None:
        self._scores = scores
        self.asked: list[str] = []

    def search(
        self, text: str, k: int = 10, mode: Mode = "hybrid", by: By = "passage", *, filters: Filters
    ) -> Results:
        self.asked.append(text)
        hits = tuple(
            Hit(document, f"/{document}.md", "A > B", 0, 4, "text", score)
            for document, score in self._scores.items()
            if filters.document_ids is None or document in filters.document_ids
        )
        return Results(not hits, hits[:k])


def test_a_likely_passage_covers_a_topic_and_an_unlikely_one_does_not() -> None:
    shelf = Shelf(good=0.9, bad=0.1)
    (found,) = planned_topics([topic("Sorting")], [], ["good", "bad", PLAN], shelf)
    assert [source.document_id for source in found.sources] == ["good"]
    assert found.covered
    assert shelf.asked == ["Sorting: one, two"]
    (none,) = planned_topics([topic("Sorting")], [], ["bad", PLAN], shelf)
    assert (none.covered, none.sources) == (False, ())


def test_a_plan_is_no_source_for_itself() -> None:
    own = make_question(1, topic="Sorting", document_id=PLAN)
    (found,) = planned_topics([topic("Sorting")], [own], [PLAN], Shelf(plan=1.0))
    assert (found.covered, found.questions) == (False, 0)


def test_questions_with_a_reference_cover_a_topic_too() -> None:
    asked = make_question(1, topic="Sorting", document_id="notes")
    bare = make_question(2, topic="Sorting", document_id="other", points=())
    (found,) = planned_topics([topic("Sorting")], [asked, bare], ["notes"], Shelf())
    assert (found.covered, found.questions) == (True, 1)
    assert [source.document_id for source in found.sources] == ["notes"]


def test_parts_of_a_name_count_but_not_the_shortest() -> None:
    trees = make_question(1, topic="Trees", document_id="notes", question="What is one?")
    ai = make_question(2, topic="Other", document_id="notes", question="What is AI?")
    (found,) = planned_topics([topic("Hashing & Trees (AI)")], [trees, ai], ["notes"], Shelf())
    assert found.questions == 1
