"""The coverage map, search and the review of written questions, without a browser or a model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsal import Bank, make_interview
from samples import make_digest, put

from agent.curriculum import PlannedTopic, TopicSource
from agent.plan import Options
from corpus.schema import GreenroomError, Question
from index.drafts import Draft
from index.search import Hit, Results
from index.store import Store
from ui.web.access import NOBODY_ELSE
from ui.web.library import Actions
from ui.web.library_coverage import Coverage, Map
from ui.web.library_map_html import rows_html
from ui.web.library_review import decide, review_html
from ui.web.library_search import marked, search_html

TEXT = "alpha beta\ngamma delta\nepsilon zeta\neta theta"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "greenroom.db") as opened:
        put(opened, make_digest(TEXT, "mine", "/notes/<b>mine</b>.md"))
        put(opened, make_digest("iota kappa", "library-x", "library:x", "library"))
        yield opened


class Space:
    """A workspace of stand-ins; `plan` is what the study plans name, `denied` what is disputed."""

    def __init__(self, home: Path, store: Store) -> None:
        self.store = store
        self.interview = make_interview(home, Bank(store.questions()))
        self.plan: tuple[PlannedTopic, ...] = ()
        self.denied: set[str] = set()
        self.embedder = SimpleNamespace(name="fake/1")
        self.looked = 0

    def ready(self) -> Store:
        return self.store

    def curriculum(self) -> tuple[PlannedTopic, ...]:
        return self.plan

    def disputed_among(self, questions: Sequence[Question]) -> frozenset[str]:
        self.looked += 1
        return frozenset(self.denied & {q.id for q in questions})


@pytest.fixture
def space(tmp_path: Path, store: Store) -> Any:
    made = Space(tmp_path, store)
    yield made
    made.interview.close()


def practise(space: Any, answers: list[str], person: str = "local") -> list[str]:
    """Answer the first questions of the document; the ids of those questions."""
    ids = tuple(q.id for q in space.store.questions(document="mine"))[: len(answers)]
    options = Options(question_ids=ids, follow_ups=False, ask_when_unsure=False)
    turn = space.interview.start(options, person)
    for said in answers:
        turn = space.interview.answer(turn.session_id, said)
    return list(ids)


def cells(found: Map) -> dict[str, str]:
    return {c.question_id: c.standing for row in found.documents for c in row.cells}


def quick(space: Any, person: str = "local") -> Map:
    """The map from the store and the history alone."""
    return Coverage(space).rows(person)


def test_a_question_stands_as_it_was_last_answered(space: Any) -> None:
    ids = practise(space, ["alpha beta", "gamma", "skip"])
    found = quick(space, "local")
    assert [cells(found)[key] for key in ids] == ["passed", "weak", "asked"]
    assert list(cells(found).values())[3] == "new"
    assert found.documents[0].counts == {"passed": 1, "weak": 1, "asked": 1, "new": 1}
    # What is weak comes first, what was passed last.
    assert found.documents[0].next_ids[0] == ids[1]
    assert found.documents[0].next_ids[-1] == ids[0]
    assert [row.title for row in found.library] == ["library:x"]
    practise(space, ["nothing"])
    assert cells(quick(space, "local"))[ids[0]] == "weak"


def test_nobody_sees_how_another_stands(space: Any) -> None:
    ids = practise(space, ["alpha beta"], "account-ann")
    assert cells(quick(space, "account-bob"))[ids[0]] == "new"
    assert cells(quick(space, "account-ann"))[ids[0]] == "passed"


def test_study_plans_say_what_has_no_source(space: Any) -> None:
    q = space.store.questions(document="mine")[0]
    source = TopicSource("library-x", "library:x", "A > B")
    assert Coverage(space).plan("local") == ()
    space.plan = (
        PlannedTopic(q.topic, (), "plan", "/p.md", 3, 9, 1, (source,), True),
        PlannedTopic("Nothing here", (), "plan", "/p.md", 10, 20, 0, (), False),
        PlannedTopic("Only text", (), "plan", "/p.md", 21, 30, 0, (source,), True),
    )
    rows = Coverage(space).plan("local")
    assert [row.covered for row in rows] == [True, False, True]
    assert q.id in {c.question_id for c in rows[0].cells}
    shown = rows_html("Plans", rows)
    assert "no source" in shown
    assert "no questions yet" in shown


def test_disputes_are_looked_for_once_until_the_documents_change(space: Any) -> None:
    q = space.store.questions(document="mine")[0]
    space.denied = {q.id}
    coverage = Coverage(space)
    assert not [c for row in coverage.rows("local").documents for c in row.cells if c.disputed]
    assert coverage.look_for_disputes()
    found = coverage.rows("local").documents
    assert {c.question_id for row in found for c in row.cells if c.disputed} == {q.id}
    assert "1 where sources disagree" in rows_html("Mine", found)
    assert not coverage.look_for_disputes()
    assert space.looked == 1
    put(space.store, make_digest("new", "other", "/notes/other.md"))
    assert not coverage.look_for_disputes()  # looked for, and what was drawn still holds
    assert space.looked == 2


def parts(space: Any, account: str | None = None) -> list[list[Any]]:
    """What the page is sent when its map is opened, with "same" for what it keeps."""
    frame = SimpleNamespace(workspace=space, access=NOBODY_ELSE)
    return [
        ["same" if isinstance(p, dict) and "value" not in p else p for p in sent]
        for sent in Actions(frame).coverage(account)  # type: ignore[arg-type]
    ]


def test_the_rows_are_sent_once_and_the_library_when_it_is_unfolded(space: Any) -> None:
    (looking, _, mine, _, bundled), plans, done = parts(space)
    assert "Looking through" in looking
    assert mine.count('class="cells"') == 1
    assert (bundled, plans[1:3], done) == ("", ["", "same"], ["", *["same"] * 4])
    frame = SimpleNamespace(workspace=space, access=NOBODY_ELSE)
    assert 'class="cells"' in Actions(frame).bundled(None)  # type: ignore[arg-type]
    space.denied = {space.store.questions(document="mine")[0].id}
    assert "sources disagree" in parts(space)[2][2]


def test_a_map_is_light(space: Any) -> None:
    put(space.store, make_digest("\n".join(f"word{n} more" for n in range(500)), "big", "/big.md"))
    rows = quick(space).documents
    cells_there = sum(len(row.cells) for row in rows)
    assert cells_there > 400
    assert len(rows_html("Mine", rows)) < 260 * cells_there


def test_every_cell_practises_its_question_and_says_how_it_stands(space: Any) -> None:
    practise(space, ["alpha beta"])
    found = quick(space)
    shown = rows_html("All", (*found.documents, *found.library))
    told = re.findall(r'data-question="([^"]+)" aria-label="([^"]+)"', shown)
    assert [unescape(key) for key, _ in told] == [
        c.question_id for row in (*found.documents, *found.library) for c in row.cells
    ]
    assert {q.id for q in space.store.questions()} == {unescape(key) for key, _ in told}
    labels = [unescape(label) for _, label in told]
    assert any(label.startswith("passed, 100%: What about alpha beta") for label in labels)
    assert any(label.startswith("never asked: ") for label in labels)
    assert "<b>" not in shown


class Found:
    """A searcher that finds what it is told to."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.asked: list[tuple[str, Any]] = []

    def search(self, text: str, k: int, filters: Any) -> Results:
        self.asked.append((text, filters))
        return self.results


def searching(weak: bool, *quotes: str) -> tuple[Any, Found]:
    hits = tuple(Hit("d", "/n/<i>.md", "<u>A</u> > B", 3, 3 + len(q), q, 0.7) for q in quotes)
    found = Found(Results(weak, hits))
    return SimpleNamespace(searcher=lambda: found, filters=lambda source: source), found


def test_the_words_of_the_query_are_marked_in_what_is_found() -> None:
    space, found = searching(False, "Spring <script>tides</script> rise; the tide falls.")
    shown = search_html(space, "  what is a tide? \ud800", "user")
    assert found.asked == [("what is a tide? ?", "user")]
    assert re.findall(r"<mark>(.*?)</mark>", shown) == ["tides", "tide"]
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "<u>" not in shown
    wanted = re.search(r'data-reader="([^"]+)"', shown)
    assert wanted
    assert json.loads(unescape(wanted[1]))["start"] == 3
    assert "likely to answer" not in shown
    assert "Fair match" in shown
    assert "%" not in shown


def test_weak_results_are_said_to_be_weak_first() -> None:
    space, _ = searching(True, "Nothing of the kind")
    shown = search_html(space, "tide", "all")
    assert shown.index("Nothing here is likely to answer") < shown.index("<ol")
    assert search_html(searching(False)[0], "tide", "all").startswith("<p>Nothing was found")


def test_queries_that_are_none() -> None:
    space, found = searching(False, "x")
    assert "Write what you look for" in search_html(space, " \n", "all")
    with pytest.raises(GreenroomError, match="2,001 characters"):
        search_html(space, "x" * 2001, "all")
    assert found.asked == []


@settings(deadline=None)
@given(st.text(max_size=200), st.frozensets(st.sampled_from(["tide", "moon", "ris"])))
def test_marking_changes_no_word(text: str, stems: frozenset[str]) -> None:
    assert re.sub("</?mark>", "", marked(text, stems)) == marked(text, frozenset())


@pytest.fixture
def draft(store: Store) -> Draft:
    """A written question that waits, with markup in it."""
    digest = make_digest(TEXT, "mine")
    question = digest.questions[1]
    span = digest.document.span(11, 22)
    written = Question(
        id="draft-1",
        document_id="mine",
        topic="Topic <i>",
        question="What is <script>gamma</script>?",
        kind="concept",
        origin="generated",
        difficulty=2,
        roles=(),
        reference=question.reference,
        key_points=question.key_points,
    )
    made = Draft(written, span, "model<b>", "2026-11-21T10:00:00+00:00")
    assert store.drafts.add([made]) == 1
    return made


def test_without_drafts_it_says_how_to_get_some(space: Any) -> None:
    assert "greenroom questions generate" in review_html(space, may_change=True)


def test_a_draft_is_shown_with_its_sources_and_only_decided_by_who_may(
    space: Any, draft: Draft
) -> None:
    shown = review_html(space, may_change=True)
    assert "gamma delta" in unescape(shown)
    assert "data-reader" in shown
    assert shown.count("data-review") == 2
    assert not re.search(r"<(script|i|b)>", shown)
    assert "data-review" not in review_html(space, may_change=False)
    assert draft.id


def test_keep_edit_and_reject(space: Any, draft: Draft) -> None:
    edited = {
        "do": "edit",
        "id": draft.id,
        "question": "What does gamma do to delta?",
        "points": [
            {"text": "It makes delta.", "quote": "gamma  delta", "weight": 2.0},
            {"text": "", "quote": " "},
        ],
    }
    assert "still waits" in decide(space, json.dumps(edited))
    changed = space.store.drafts.all("waiting")[0]
    assert changed.question.question == "What does gamma do to delta?"
    assert [p.span.quote for p in changed.question.key_points] == ["gamma delta"]
    assert "can be asked" in decide(space, json.dumps({"do": "keep", "id": changed.id}))
    assert space.store.question(changed.id) is not None
    with pytest.raises(GreenroomError, match="waits for review"):
        decide(space, json.dumps({"do": "reject", "id": changed.id}))


def test_an_edit_whose_quote_stands_nowhere_changes_nothing(space: Any, draft: Draft) -> None:
    points = [{"text": "x is y", "quote": "words that are not there"}]
    with pytest.raises(GreenroomError, match="does not stand"):
        decide(space, json.dumps({"do": "edit", "id": draft.id, "points": points}))
    assert space.store.drafts.all("waiting") == (draft,)


@pytest.mark.parametrize("request_", ["", "{}", '{"do": "drop", "id": "draft-1"}', "[1]", "x" * 99])
def test_a_decision_that_cannot_be_read(space: Any, draft: Draft, request_: str) -> None:
    with pytest.raises(GreenroomError, match="cannot be read"):
        decide(space, request_)
    assert space.store.drafts.all("waiting") == (draft,)
