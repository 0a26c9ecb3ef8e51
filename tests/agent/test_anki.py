"""The Anki package: ids that stay, fields that hold text only, tags that say how it went."""

from __future__ import annotations

import dataclasses
import io
import re
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsal import make_bank, make_question

from agent import anki
from agent.attempts import attempts
from agent.interview import Interview
from agent.plan import Options
from corpus.schema import Question

NOW = datetime(2026, 2, 1, tzinfo=UTC)
NASTY = (
    "<script>alert(1)</script> </li> [sound:x.mp3] {{Question}} [latex]x[/latex] \\(y\\) &lt; \x1f"
)
OURS = {"ul", "li", "blockquote", "br", "cite"}


def rows(package: bytes, what: str) -> list[Any]:
    """A query on the collection in a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["collection.anki2", "media"]
        connection = sqlite3.connect(":memory:")
        connection.deserialize(archive.read("collection.anki2"))
    found = connection.execute(what).fetchall()
    connection.close()
    return found


class Reader(HTMLParser):
    """The tags of a field, and whether they nest."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(field)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_second_package_updates_the_first() -> None:
    before = make_bank().questions()
    after = [dataclasses.replace(q, question=f"{q.question} Really?") for q in reversed(before)]
    old = anki.package(before, {}, NOW)
    new = anki.package(after, {}, NOW + timedelta(days=1))
    guids = "SELECT guid FROM notes ORDER BY guid"
    assert rows(old, guids) == rows(new, guids)
    assert len(set(rows(old, guids))) == len(before)
    assert rows(old, "SELECT DISTINCT mid FROM notes") == rows(
        new, "SELECT DISTINCT mid FROM notes"
    )
    assert rows(old, "SELECT DISTINCT did FROM cards") == [(anki.DECK_ID,)]
    # Anki takes the newer of two versions by this time.
    assert rows(old, "SELECT max(mod) FROM notes") < rows(new, "SELECT min(mod) FROM notes")


def test_the_same_arguments_give_the_same_bytes() -> None:
    bank = make_bank().questions()
    assert anki.package(bank, {}, NOW) == anki.package(bank, {}, NOW)


def test_ids_are_those_that_were_given_out_before() -> None:
    # Changing them would give everybody each card a second time.
    assert (anki.DECK_ID, anki.NOTE_TYPE_ID) == (1763018201, 1763018202)
    assert anki.guid_of("d" * 16 + "-1") == "MhO!#DtT$+"


def test_a_card_has_the_points_their_passages_and_the_answer() -> None:
    question = make_question(1, model_answer="alpha beta, then gamma delta")
    (fields,) = rows(anki.package([question], {}, NOW), "SELECT flds FROM notes")
    front, points, answer, topic = fields[0].split("\x1f")
    assert front == question.question
    assert points.count("<li>") == 2
    assert "<blockquote>gamma delta<br><cite>notes.md, characters 11 to 22</cite>" in points
    assert (answer, topic) == (question.model_answer, question.topic)
    assert rows(anki.package([question], {}, NOW), "SELECT count(*) FROM cards") == [(1,)]


def test_without_points_the_reference_is_the_back_and_without_any_there_is_no_card() -> None:
    whole = make_question(1)
    bare = dataclasses.replace(whole, key_points=())
    assert "alpha beta<br>gamma delta" in anki.fields_of(bare)[1]
    assert not anki.has_back(dataclasses.replace(bare, reference=None))
    nothing = [dataclasses.replace(bare, reference=None)]
    assert rows(anki.package(nothing, {}, NOW), "SELECT count(*) FROM notes") == [(0,)]


def test_code_keeps_its_indentation() -> None:
    code = "for x in y:\n    if x:\n\treturn"
    shown = anki.fields_of(make_question(1, points=(code,)))[1]
    assert "<br>    if x:<br>    return<" in shown
    kept = re.search(r"([^{}]*)\{[^{}]*white-space: pre-wrap", anki.CSS)
    assert kept
    assert {".question", "li", "blockquote", "details p"} <= set(kept[1].strip().split(", "))


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(min_size=1).filter(str.strip), st.text())
def test_no_field_breaks_out(asked: str, point: str, topic: str) -> None:
    check(make_question(1, f"{topic} {NASTY}", points=(f"{point} {NASTY}",),
                        question=f"{asked} {NASTY}", model_answer=NASTY))  # fmt: skip


def check(question: Question) -> None:
    """Only our own tags, nothing that Anki plays or computes, one topic in the tags."""
    ((flds, tags),) = rows(anki.package([question], {}, NOW), "SELECT flds, tags FROM notes")
    fields = flds.split("\x1f")
    assert len(fields) == len(anki.FIELDS)
    for field in fields:
        seen = Reader(field)
        assert seen.open == []
        assert seen.tags <= OURS
        assert "<script>alert(1)</script>" in seen.text or field == fields[3]
        assert not re.search(r"[\[\]{}\\$]", field)
    assert len(tags.split()) == 2


def test_what_went_badly_last_time_is_tagged(interview: Interview) -> None:
    said = ("alpha gamma", "skip", "alpha beta gamma delta", "alpha beta")
    assert ends(interview, said) == {"0": "weak", "1": "missed", "3": "missed"}
    # The first question is asked again, and it goes well.
    assert ends(interview, said[2:3]) == {"1": "missed", "3": "missed"}
    found = anki.standings_of(attempts(interview.history))
    tagged = rows(anki.package(make_bank().questions(), found, NOW), "SELECT tags FROM notes")
    assert sum("greenroom::missed" in tags.split() for (tags,) in tagged) == 2


def ends(interview: Interview, answers: tuple[str, ...]) -> dict[str, str]:
    """How questions stand, by their number, after an interview with these answers."""
    ids = tuple(f"{'d' * 16}-{n}" for n in range(len(answers)))
    turn = interview.start(Options(question_ids=ids, count=len(ids), follow_ups=False))
    for answer in answers:
        interview.answer(turn.session_id, answer)
    found = anki.standings_of(attempts(interview.history))
    return {question_id[-1]: word for question_id, word in found.items()}
