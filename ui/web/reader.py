"""The reader: a whole document as HTML, with the cited passage marked.

Invariant: what is marked is `text[start:end]` of the stored document, counted as every citation
counts; a request is text from outside until it was validated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ui.text import one_line
from ui.web.html import data, escape
from ui.web.text_html import Shade, text_html

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from corpus.schema import Document, Removed

WHOLE = 60_000  # characters up to which a document is shown whole
AROUND = 30_000  # characters shown on each side of the passage in a longer one
MORE = 30_000  # characters that "show more" adds
_SNAP = 1_500  # characters within which a window's border moves to a blank line
LONGEST_NAME = 90  # characters of a title or a file's name
GONE = "This document is not there any more. It may have been forgotten, or read from another path."
UNREADABLE = "The page asked for a document in a way that cannot be read. Reload the page."

_Offset = Annotated[int, Field(ge=0, le=2**40)]


class Wanted(BaseModel):
    """What the page asks for: a document's id, the cited span, and which part to show of a long
    document (`first` to `last`; None: around the span). Offsets count code points."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    document: Annotated[str, Field(min_length=1, max_length=200)]
    start: _Offset = 0
    end: _Offset = 0
    first: _Offset | None = None
    last: _Offset | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a text that is shown, `first` to `last`, and the span marked in it."""

    first: int
    last: int
    start: int
    end: int


def reply_to(request: str, workspace: Workspace) -> str:
    """The reader's reply to a request of the page (JSON both ways): the request again, so that the
    page can tell its replies apart, and HTML."""
    return json.dumps({"asked": request, "html": _shown(request, workspace)})


def cite_button(label: str, document_id: str, start: int, end: int) -> str:
    """A button that opens the reader on ``text[start:end]`` of a document; `label` is escaped."""
    opens = reader_data(document_id, start, end)
    return f'<button type="button" class="cite" {opens}>{escape(label)}</button>'


def reader_data(document_id: str, start: int, end: int, **window: int) -> str:
    """The attribute by which a button opens the reader; `window` is `first` and `last`."""
    wanted = {"document": document_id, "start": start, "end": end, **window}
    return f'data-reader="{data(wanted)}"'


def file_name(path: str) -> str:
    """How a document's place is named to a person."""
    if path.startswith("library:"):
        return "Greenroom library"
    return one_line(PurePath(path).name, LONGEST_NAME)


def window_of(text: str, wanted: Wanted) -> Window:
    """Which part of a text to show; a span that lies outside is not marked."""
    length = len(text)
    start, end = wanted.start, wanted.end
    if not start < end <= length:
        start = end = min(start, length)
    if length <= WHOLE:
        return Window(0, length, start, end)
    first = start - AROUND if wanted.first is None else min(wanted.first, start)
    last = max(end, start) + AROUND if wanted.last is None else max(wanted.last, end)
    return Window(_line_before(text, first), _line_after(text, last), start, end)


def _line_before(text: str, place: int) -> int:
    if place <= 0:
        return 0
    place = min(place, len(text))
    found = text.rfind("\n\n", max(0, place - _SNAP), place)
    return place if found < 0 else found + 2


def _line_after(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    found = text.find("\n\n", place, place + _SNAP)
    return place if found < 0 else found


def _shown(request: str, workspace: Workspace) -> str:
    try:
        wanted = Wanted.model_validate_json(request)
    except ValidationError:
        return f'<p class="reader-problem">{UNREADABLE}</p>'
    # Not by path: only what is in the store can be named, and only by its id.
    document = workspace.ready().document(wanted.document)
    if document is None:
        return f'<p class="reader-problem">{GONE}</p>'
    removed = workspace.store.removed(document.id)
    return document_html(document, removed, window_of(document.text, wanted))


def document_html(document: Document, removed: Sequence[Removed], window: Window) -> str:
    """The head and the text of a document; `removed` passages are shown faintly."""
    kept_out = [r for r in removed if r.start < window.last and r.end > window.first]
    note = ""
    if kept_out:
        note = "Passages in grey were kept out of questions and citations."
        note = f'<p class="reader-note">{note}</p>'
    body = text_html(document.text, window.first, window.last, list(_shades(kept_out, window)))
    return (
        f'<header><h2 id="reader-title">{escape(one_line(document.title, LONGEST_NAME))}</h2>'
        f'<p class="reader-file">{escape(file_name(document.path))} · '
        f"{len(document.text):,} characters</p>{note}</header>"
        f'<div class="reader-text" tabindex="0" role="document" aria-labelledby="reader-title">'
        f'{_more_before(document, window)}<div class="drawn">{body}</div>'
        f"{_more_after(document, window)}</div>"
    )


def _more_before(document: Document, window: Window) -> str:
    if window.first == 0:
        return ""
    first = max(0, window.first - MORE)
    data = reader_data(document.id, window.start, window.end, first=first, last=window.last)
    return f'<button type="button" class="more" data-more="before" {data}>Show more before</button>'


def _more_after(document: Document, window: Window) -> str:
    if window.last == len(document.text):
        return ""
    last = window.last + MORE
    data = reader_data(document.id, window.start, window.end, first=window.first, last=last)
    return f'<button type="button" class="more" data-more="after" {data}>Show more after</button>'


def _shades(removed: Sequence[Removed], window: Window) -> Iterator[Shade]:
    for part in removed:
        reason = escape(part.reason.replace("_", " "))
        opening = f'<span class="removed" title="Kept out: {reason}">'
        yield Shade(part.start, part.end, opening, "</span>")
    if window.start < window.end:
        yield Shade(window.start, window.end, "<mark>", "</mark>")
