"""The reader: what is marked, what is shown of long documents, what bad requests come to."""

from __future__ import annotations

import json
import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.schema import Document, Removed
from ui.text import plain
from ui.web.reader import (
    AROUND,
    WHOLE,
    Wanted,
    Window,
    cite_button,
    document_html,
    file_name,
    reply_to,
    window_of,
)

NOTES = """# Tides <b>and</b> *moons*

A spring tide
comes at new moon.

BUY <script>alert(1)</script> NOW

- one
- two
"""


def make(text: str, title: str = "Tides", path: str = "/notes/tides.md") -> Document:
    return Document("d1", path, title, "text/markdown", "user", "0" * 64, text)


def workspace(*documents: Document, removed: tuple[Removed, ...] = ()) -> Any:
    store = SimpleNamespace(
        document=lambda key: next((d for d in documents if d.id == key), None),
        removed=lambda _: removed,
    )
    return SimpleNamespace(store=store, ready=lambda: store)


def text_of(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup.replace("<br>", "\n")))


def marked(markup: str) -> str:
    return "".join(text_of(m) for m in re.findall(r"<mark>(.*?)</mark>", markup, re.S))


def read(found: Any, **wanted: Any) -> str:
    reply = json.loads(reply_to(json.dumps({"document": "d1", **wanted}), found))
    assert json.loads(reply["asked"])["document"] == "d1"
    return str(reply["html"])


def test_the_cited_words_are_marked_in_the_whole_document() -> None:
    start = NOTES.index("spring tide")
    end = NOTES.index(" moon.") + len(" moon")
    shown = read(workspace(make(NOTES)), start=start, end=end)
    assert marked(shown) == NOTES[start:end]
    for line in NOTES.split("\n"):
        assert line in text_of(shown)


def test_markup_in_text_title_and_name_is_text() -> None:
    document = make(NOTES, "<script>alert(2)</script>", "/n/<img src=x onerror=alert(3)>.md")
    shown = read(workspace(document, removed=(Removed(0, 20, '"><b>', "x"),)), start=0, end=30)
    assert not re.search(r"<(script|img|b)\b", shown)
    assert "<script>alert(2)</script>" in text_of(shown)
    assert "<img src=x onerror=alert(3)>.md" in text_of(shown)


def test_what_was_kept_out_is_told_apart() -> None:
    start = NOTES.index("BUY")
    end = NOTES.index("NOW") + 3
    shown = read(workspace(make(NOTES), removed=(Removed(start, end, "advert", NOTES[start:end]),)))
    grey = re.findall(r'<span class="removed" title="Kept out: (\w+)">(.*?)</span>', shown, re.S)
    assert [(reason, text_of(text)) for reason, text in grey] == [("advert", NOTES[start:end])]
    assert "kept out" in text_of(shown)


@pytest.mark.parametrize(
    "request_",
    ["", "null", "[]", '{"document": 3}', '{"document": ""}', '{"document": "d1", "start": -1}',
     '{"document": "d1", "end": 1e400}', '{"document": "d1", "start": "0"}', "{" * 10_000],
)  # fmt: skip
def test_a_request_that_cannot_be_read_shows_nothing_of_a_document(request_: str) -> None:
    reply = json.loads(reply_to(request_, workspace(make(NOTES))))
    assert reply["asked"] == request_
    assert "tide" not in reply["html"]
    assert "Reload" in reply["html"]


def test_a_forgotten_document_is_said_to_be_gone() -> None:
    assert "not there any more" in read(workspace())


def test_a_path_is_no_id() -> None:
    reply = reply_to('{"document": "/notes/tides.md"}', workspace(make(NOTES)))
    assert "not there any more" in reply


LONG = "\n\n".join(f"Paragraph {n} " + "word " * 30 for n in range(1000))


def test_of_a_long_document_a_window_is_shown_and_more_on_request() -> None:
    assert len(LONG) > WHOLE
    start = LONG.index("Paragraph 500 ")
    found = workspace(make(LONG))
    shown = read(found, start=start, end=start + 13)
    assert marked(shown) == "Paragraph 500"
    assert "Paragraph 499 " in text_of(shown)
    assert "Paragraph 1 " not in text_of(shown)
    more = re.search(r'data-more="before" data-reader="([^"]+)"', shown)
    assert more
    asked = json.loads(unescape(more[1]))
    before = json.loads(reply_to(json.dumps(asked), found))["html"]
    assert marked(before) == "Paragraph 500"
    assert len(before) > len(shown) * 1.3
    kept = re.findall(r"Paragraph \d+ ", text_of(shown))
    assert set(kept) <= set(re.findall(r"Paragraph \d+ ", text_of(before)))


@settings(deadline=None)
@given(
    st.integers(0, 200_000),
    st.integers(0, 200_000),
    st.none() | st.integers(0, 300_000),
    st.none() | st.integers(0, 300_000),
    st.integers(0, 150_000),
)
def test_a_window_lies_in_the_text_and_holds_the_span(
    start: int, end: int, first: int | None, last: int | None, length: int
) -> None:
    text = ("line\n\n" * 30_000)[:length]
    window = window_of(text, Wanted(document="d", start=start, end=end, first=first, last=last))
    assert 0 <= window.first <= window.start <= window.end <= window.last <= length
    if start < end <= length:
        assert (window.start, window.end) == (start, end)
    else:
        assert window.start == window.end


@settings(deadline=None)
@given(st.text(max_size=300), st.data())
def test_every_sign_of_the_text_is_shown_once(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = document_html(make(text), (), Window(0, len(text), start, end))
    body = shown[shown.index('<div class="reader-text"') :]
    assert text_of(body.replace("<br>", "")) == plain(text)  # white space and all


def test_a_button_carries_the_place_and_escapes_its_label() -> None:
    button = cite_button('<b>"notes"</b>', "d<1", 3, 9)
    found = re.search(r'data-reader="([^"]+)"', button)
    assert found
    assert json.loads(unescape(found[1])) == {"document": "d<1", "start": 3, "end": 9}
    assert "<b>" not in button


def test_a_name_tells_no_folder() -> None:
    assert file_name("/data/secret/notes.md") == "notes.md"
    assert file_name("library:rag") == "Greenroom library"
    assert AROUND < WHOLE
