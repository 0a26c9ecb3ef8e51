"""Questions as a package for Anki (`.apkg`): the question in front, behind it the key points with
the passages that carry them, and a good answer.

Invariant: the ids of deck, note type and notes are the same in every package, so that importing a
newer one updates the cards and keeps what Anki knows of them; and nothing that a document says is
markup, mathematics or a file to be played.
"""

from __future__ import annotations

import html
import io
import itertools
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Literal

from agent.attempts import Attempt
from corpus.schema import Question, Span

Standing = Literal["weak", "missed"]

# Fixed for ever: Anki knows deck and note type by them.
DECK_ID = 1_763_018_201
NOTE_TYPE_ID = 1_763_018_202
DECK = "Greenroom"
FIELDS = ("Question", "Key points", "A good answer", "Topic")
FRONT = (
    '<div class="greenroom tex2jax_ignore mathjax_ignore"><p class="topic">{{Topic}}</p>'
    '<p class="question">{{Question}}</p></div>'
)
BACK = (
    '{{FrontSide}}<hr id="answer"><div class="greenroom tex2jax_ignore mathjax_ignore">'
    "{{Key points}}{{#A good answer}}<details><summary>A good answer</summary>"
    "<p>{{A good answer}}</p></details>{{/A good answer}}</div>"
)
CSS = (
    ".card { font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.45; } "
    ".greenroom { max-width: 42em; margin: 0 auto; text-align: left; } "
    ".topic, cite { font-size: 0.8em; opacity: 0.8; } .question { font-weight: 600; } "
    ".question, li, blockquote, details p { white-space: pre-wrap; overflow-wrap: anywhere; } "
    "li { margin: 0.6em 0; } blockquote { margin: 0.3em 0 0; padding-left: 0.8em; "
    "border-left: 3px solid #8a8f98; font-size: 0.9em; }"
)
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ACTIVE = {ord(c): f"&#{ord(c)};" for c in "[]{}\\$`"}
_NOT_IN_A_TAG = re.compile(r"[^\w.+-]+")


def has_back(question: Question) -> bool:
    """Whether there is anything to put on the back of its card."""
    return bool(question.key_points or question.reference or question.model_answer)


def standings_of(done: Iterable[Attempt]) -> dict[str, Standing]:
    """How questions went when last asked, by id, from attempts with the oldest first: "missed"
    where a key point was missing or wrong or the question skipped, "weak" where one was made in
    part only. Those that went well are not there."""
    found: dict[str, Standing] = {}
    for attempt in done:
        found.pop(attempt.question_id, None)
        if attempt.skipped or any(p.verdict in ("missing", "contradicted") for p in attempt.lost):
            found[attempt.question_id] = "missed"
        elif attempt.lost:
            found[attempt.question_id] = "weak"
    return found


def package(
    questions: Sequence[Question], standings: Mapping[str, Standing], now: datetime
) -> bytes:
    """The `.apkg` with a card for each question that has a back; the same bytes for the same
    arguments. `now` is what Anki compares to see which of two versions of a card is newer."""
    import genanki  # type: ignore[import-untyped]

    note_type = genanki.Model(
        NOTE_TYPE_ID,
        "Greenroom question",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Question", "qfmt": FRONT, "afmt": BACK}],
        css=CSS,
    )
    deck = genanki.Deck(DECK_ID, DECK, "Made by Greenroom. Import a newer file to update it.")
    deck.add_model(note_type)
    for question in questions:
        if has_back(question):
            note = genanki.Note(
                note_type,
                fields=list(fields_of(question)),
                tags=list(tags_of(question, standings.get(question.id))),
                guid=guid_of(question.id),
            )
            deck.add_note(note)
    return _zipped(_database(genanki.Package(deck), now.timestamp()))


def guid_of(question_id: str) -> str:
    """The id by which Anki knows the note of a question."""
    import genanki

    guid: str = genanki.guid_for("greenroom", question_id)
    return guid


def fields_of(question: Question) -> tuple[str, str, str, str]:
    """What stands in `FIELDS`, as HTML."""
    points = "".join(
        f"<li>{escape(p.text)}{_cited(p.span) if p.span else ''}</li>" for p in question.key_points
    )
    back = f"<ul>{points}</ul>" if points else ""
    if not points and question.reference:
        back = "".join(_cited(span) for span in question.reference.spans)
    return (
        escape(question.question),
        back,
        escape(question.model_answer or ""),
        escape(question.topic),
    )


def tags_of(question: Question, standing: Standing | None) -> tuple[str, ...]:
    """The note's tags: its topic, and how it went. A tag holds no white space."""
    topic = _NOT_IN_A_TAG.sub("_", question.topic).strip("_") or "other"
    tags = ("greenroom", f"greenroom::topic::{topic}")
    return (*tags, f"greenroom::{standing}") if standing else tags


def escape(text: str) -> str:
    """Text that Anki shows as it stands: no tags, and none of its own signs for sounds, formulas
    and fields. `CSS` keeps the spaces, which mean something in code."""
    spaced = text.replace("\t", "    ")
    shown = html.escape(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", spaced))
    return shown.translate(_ACTIVE).replace("\n", "<br>")


def _cited(span: Span) -> str:
    if span.path.startswith("library:"):
        place = f"Greenroom library, {span.path.removeprefix('library:').replace('-', ' ')}"
    else:
        place = PurePath(span.path).name
    where = f"{place}, characters {span.start} to {span.end}"
    return f"<blockquote>{escape(span.quote)}<br><cite>{escape(where)}</cite></blockquote>"


def _database(package: object, seconds: float) -> bytes:
    """The package's collection. In memory: genanki's own way leaves a copy of the notes among the
    temporary files."""
    connection = sqlite3.connect(":memory:")
    try:
        cursor = connection.cursor()
        package.write_to_db(cursor, seconds, itertools.count(int(seconds * 1000)))  # type: ignore[attr-defined]
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _zipped(collection: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("collection.anki2", collection), ("media", b"{}")):
            # A fixed date, the earliest a zip can hold: the same cards give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
