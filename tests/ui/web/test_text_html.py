"""A text drawn readably: sign for sign the text, however its markup is set aside."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.text import plain
from ui.web.text_html import Shade, text_html

NOTES = """# Tides <b>and</b> *moons*

A **spring tide** comes
at [new moon](https://example.org/a_b).

- one
- `two`

| tide | when |
|------|------|
| spring | **new** moon |

```c
x = a ** b;
```
"""
REPLACED = "\N{REPLACEMENT CHARACTER}"  # stands for a control
SIGNS = st.text(alphabet="ab 1\n\t*_`[]()!>#|-~<>/\\&;'\"\x00", max_size=120)


class Drawn(HTMLParser):
    """The text nodes of HTML in order; of them those shown, those marked; the tags."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = self.shown = self.marked = ""
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
        self.tags.append(tag)
        if tag != "br":
            self._open.append("sign" if dict(attrs).get("class") == "sign" else tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        self.shown += "" if "sign" in self._open else data
        self.marked += data if "mark" in self._open else ""


def drawn(text: str, start: int = 0, end: int = 0) -> Drawn:
    return Drawn(text_html(text, 0, len(text), [Shade(start, end, "<mark>", "</mark>")]))


def test_markup_is_hidden_and_structure_shown() -> None:
    found = drawn(NOTES)
    assert found.text == NOTES
    words = " ".join(found.shown.split())
    assert words == (
        "Tides <b>and</b> moons A spring tide comes at new moon. one two tide when spring new moon "
        "x = a ** b;"
    )
    shown = text_html(NOTES, 0, len(NOTES))
    assert '<p class="heading level-1">' in shown
    assert '<span class="strong">spring tide</span>' in shown
    assert shown.count('class="td" role="cell"') == 4
    assert '<p class="list_item point" style="--depth: 0">' in shown


def test_a_mark_that_begins_within_markup_is_exact() -> None:
    start, end = NOTES.index("spring"), NOTES.index("example")
    found = drawn(NOTES, start, end)
    assert found.marked == NOTES[start:end]
    assert set(found.tags) <= {"p", "span", "div", "pre", "mark", "br"}


def test_columns_made_with_blanks_stay_columns() -> None:
    assert "laid-out" in text_html("name     size", 0, 13)
    assert "laid-out" not in text_html("name  size", 0, 10)


@settings(deadline=None)
@given(st.one_of(SIGNS, st.text(max_size=120)), st.data())
def test_the_text_is_there_sign_for_sign_and_so_is_what_is_marked(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = drawn(text, start, end)
    assert found.text == plain(text)
    # Blanks between two blocks are not marked, nor the controls that count as blanks.
    part = text[start:end]
    assert _without_blanks(found.marked) == _without_blanks(plain(part))
    least, most = plain("".join(part.split())).count(REPLACED), plain(part).count(REPLACED)
    assert least <= found.marked.count(REPLACED) <= most


def _without_blanks(text: str) -> str:
    return "".join(text.replace(REPLACED, " ").split())


@pytest.mark.parametrize(
    "part", ["*a ", "[a](b)", "**a", "`x`|", "|a|\n|-|\n", "> ", "_a_ *", "](", "- *a*\n"]
)
def test_a_hostile_text_is_drawn_soon(part: str) -> None:
    text = part * (60_000 // len(part))
    before = time.process_time()
    text_html(text, 0, len(text))
    assert time.process_time() - before < 5
