"""The page on progress: what it reads of a history, whose, and how it is drawn."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsed import EACH, NASTY, NOW, library, practise, with_markup

from agent.addenda import Addenda
from agent.attempts import attempts
from agent.course import Step, course_of
from agent.learner import learner_of
from agent.settings import load_settings
from agent.workspace import Workspace
from ui.web import progress_plots
from ui.web.progress import NO_CARDS, NOT_YOURS, UNREADABLE, WebProgress
from ui.web.progress_html import EMPTY, MOST_AT_ONCE, page_html

OURS = {
    "div", "section", "p", "b", "h2", "h3", "ul", "ol", "li", "span", "button", "details",
    "summary", "table", "thead", "tbody", "tr", "th", "td", "br",
    "svg", "line", "rect", "circle", "text", "polygon", "polyline",
}  # fmt: skip


class Reader(HTMLParser):
    """Tags, attributes and text of a page; fails where they do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.data: list[tuple[str, Any]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.data += [(n, json.loads(v or "")) for n, v in attrs if n.startswith("data-")]
        if tag != "br":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def sent(self, name: str) -> list[Any]:
        """What the buttons with this attribute ask for."""
        return [value for found, value in self.data if found == name]


@dataclass
class Stage:
    """A data folder on which Anna and somebody else practised."""

    workspace: Workspace
    actions: WebProgress
    asked: tuple[str, ...]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Twelve interviews of Anna's; one question holds markup."""
    folder = tmp_path_factory.mktemp("rehearsed")
    return folder, practise(folder, with_markup(library(folder)), "account-anna")


@pytest.fixture
def stage(home: tuple[Path, tuple[str, ...]]) -> Iterator[Stage]:
    """The page's actions on it."""
    workspace = Workspace(load_settings(home=home[0]))
    yield Stage(workspace, WebProgress(workspace, lambda: NOW), home[1])
    workspace.close()


def test_it_counts_what_was_done_and_what_is_due(stage: Stage) -> None:
    found = stage.actions.overview("anna")
    assert found.interviews == 12
    assert sum(t.graded + t.skipped for t in found.topics) == 12 * EACH
    assert set(found.due_ids) <= set(stage.asked)
    assert len(found.due_ids) == found.progress.due
    assert [w.due for w in found.waiting] == sorted(w.due for w in found.waiting)


def test_nobody_sees_or_changes_what_another_did(stage: Stage) -> None:
    assert stage.actions.overview(None).topics == ()
    assert page_html(stage.actions.overview("mallory")) == EMPTY
    mine = stage.actions.overview("anna").waiting[0]
    wanted = {"session": mine.attempt.session_id, "position": mine.attempt.position, "word": "easy"}
    for account in (None, "mallory", ""):
        assert stage.actions.take(json.dumps(wanted), account) == NOT_YOURS
    assert stage.actions.overview("anna").waiting[0] == mine


def test_a_word_of_the_person_beats_the_mark(stage: Stage) -> None:
    before = stage.actions.overview("anna").waiting[0]
    word = "again" if before.rating == "easy" else "easy"
    wanted = {
        "session": before.attempt.session_id, "position": before.attempt.position, "word": word,
    }  # fmt: skip
    assert stage.actions.take(json.dumps(wanted), "anna").startswith(f"Kept as {word}")
    overview = stage.actions.overview("anna")
    after = [w for w in overview.waiting if w.attempt.question_id == before.attempt.question_id]
    assert after == [] or (after[0].rating, after[0].own) == (word, True)
    assert after == [] or after[0].due > before.due
    back = {**wanted, "word": before.rating}
    stage.actions.take(json.dumps(back), "anna")


def test_a_topic_that_is_not_ones_own_can_be_taken_back(stage: Stage) -> None:
    addenda = Addenda(stage.workspace.interview.history.database)
    addenda.avoid("account-anna", NASTY, NOW.isoformat())
    addenda.avoid("account-ben", NASTY, NOW.isoformat())
    wanted = {"again": NASTY}
    assert wanted in Reader(page_html(stage.actions.overview("anna"))).sent("data-rate")
    assert stage.actions.take(json.dumps(wanted), "mallory") == NOT_YOURS
    assert NASTY in stage.actions.take(json.dumps(wanted), "anna")
    assert stage.actions.overview("anna").avoided == ()
    assert stage.actions.overview("ben").avoided == (NASTY,)
    assert NASTY in Reader(page_html(stage.actions.overview("ben"))).text


@pytest.mark.parametrize(
    "request_", ["", "{", "[]", "null", '{"session": "x"}', '{"session": 1, "position": "a"}',
                 '{"session": "x", "position": -1, "word": "easy"}',
                 '{"session": "x", "position": 0, "word": "easy", "person": "anna"}'],
)  # fmt: skip
def test_what_cannot_be_read_changes_nothing(stage: Stage, request_: str) -> None:
    assert stage.actions.take(request_, "anna") == UNREADABLE


def test_an_unknown_word_is_named(stage: Stage) -> None:
    attempt = stage.actions.overview("anna").waiting[0].attempt
    wanted = {"session": attempt.session_id, "position": attempt.position, "word": "<b>great"}
    assert "'<b>great'" in stage.actions.take(json.dumps(wanted), "anna")


def test_the_page_holds_text_from_outside_as_text(stage: Stage) -> None:
    seen = Reader(page_html(stage.actions.overview("anna")))
    assert seen.tags <= OURS
    assert "<script>alert(1)</script> **b** {x}" in seen.text
    assert {"topics": [NASTY]} in seen.sent("data-practise")


def test_each_button_names_what_it_is_for(stage: Stage) -> None:
    found = stage.actions.overview("anna")
    seen = Reader(page_html(found))
    due, *others = seen.sent("data-practise")
    assert due == {"question_ids": list(found.due_ids[:MOST_AT_ONCE])}
    weak = {p.question_id for t in found.topics for p in t.weakest}
    named = [wanted["question_ids"] for wanted in others if "question_ids" in wanted]
    assert named
    assert all(len(ids) == 1 and ids[0] in weak for ids in named)
    assert {w["word"] for w in seen.sent("data-rate") if "word" in w} == {
        "again",
        "hard",
        "good",
        "easy",
    }
    for cited in seen.sent("data-reader"):
        text = stage.workspace.store.document(cited["document"])
        assert text is not None
        assert 0 <= cited["start"] < cited["end"] <= len(text.text)


def test_every_figure_of_a_plot_stands_in_words(stage: Stage) -> None:
    found = stage.actions.overview("anna")
    text = Reader(page_html(found)).text
    for topic in found.topics:
        assert f"{topic.expected:.0%}" in text
        assert f"{topic.expected_low:.0%} to {topic.expected_high:.0%}" in text
        assert all(f"{mark.score:.0%}" in text for mark in topic.marks)


def test_too_little_is_said_to_be_too_little(stage: Stage) -> None:
    found = stage.actions.overview("anna")
    few = [t for t in found.topics if t.note]
    assert few
    assert Reader(page_html(found)).text.count("too few to tell") >= len(few)


def test_what_a_topic_says_of_too_little_is_not_said_above_it_too(stage: Stage) -> None:
    found = stage.actions.overview("anna")
    one = next(t for t in found.topics if t.note)
    alone = replace(found, topics=(one,), progress=replace(found.progress, note=one.note))
    assert Reader(page_html(alone)).text.count(one.note) == 1
    other = replace(alone, progress=replace(found.progress, note="Too little of all."))
    assert "Too little of all." in Reader(page_html(other)).text


def test_a_course_ends_where_the_planner_believes_one_is(stage: Stage) -> None:
    done = attempts(stage.workspace.interview.history, "account-anna")
    learner = learner_of(done, NOW)
    for topic in {a.topic for a in done if a.score is not None}:
        steps = course_of(done, topic, NOW)
        assert math.isclose(steps[-1].expected, learner.ability(topic).expected())
        assert steps[-1].mark is None
        assert len(steps) - 1 == sum(a.topic == topic and a.score is not None for a in done)
    assert course_of(done, "no such topic", NOW) == ()


shares = st.floats(0, 1)


@given(st.lists(st.tuples(st.integers(0, 400), shares, shares, shares, shares), min_size=1))
def test_a_plot_stays_in_its_frame(rows: list[tuple[int, float, float, float, float]]) -> None:
    steps = [
        Step(NOW + timedelta(days=days), level, low, high, mark)
        for days, level, low, high, mark in sorted(rows)
    ]
    drawn = progress_plots.course_svg(
        [*steps, Step(NOW + timedelta(days=401), 0.5, 0, 1, None)], "x"
    )
    drawn += progress_plots.range_svg(*rows[0][1:4], certain=True)
    Reader(drawn)
    numbers = re.findall(r' (?:cx|x1|x2|x)="([^"]*)"', drawn)
    numbers += [pair.split(",")[0] for found in re.findall(r'points="([^"]*)"', drawn)
                for pair in found.split()]  # fmt: skip
    assert all(0 <= float(x) <= progress_plots.WIDTH for x in numbers)
    heights = re.findall(r' (?:cy|y1|y2|y)="([^"]*)"', drawn)
    assert all(0 <= float(y) <= progress_plots.HEIGHT for y in heights)


def test_answers_of_one_day_stand_side_by_side() -> None:
    steps = [Step(NOW + timedelta(minutes=n), 0.5, 0.4, 0.6, 0.5) for n in range(3)]
    xs = re.findall(r'cx="([^"]*)"', progress_plots.course_svg(steps, "x"))
    assert len(set(xs)) == 3
    assert "first answer" in progress_plots.course_svg(steps, "x")


def test_cards_are_of_the_topic_and_of_what_went_badly(stage: Stage) -> None:
    topic = stage.actions.topics()[1]
    whole = stage.actions.anki(topic, False, "anna")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(whole.data))) as archive:
        assert "collection.anki2" in archive.namelist()
    assert json.loads(whole.to_json())["name"].endswith(".apkg")
    weak = stage.actions.anki("All topics", True, "anna")
    assert int(weak.note.split()[0]) <= len(set(stage.asked))
    nothing = stage.actions.anki("All topics", True, "mallory")
    assert (nothing.data, nothing.note) == ("", NO_CARDS)
    assert stage.actions.anki("<no such>", False, "anna").data == ""
