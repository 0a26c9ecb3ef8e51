"""The debrief on paper: whole, black on white also from a dark page, without what can be pressed.

What a real Chromium prints is read back with pdfium.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pytest
from browser import GRADED_MS, Candidate, Server, chromium, quick_server, watched
from rehearsed import library

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from corpus.schema import Question

__all__ = ["chromium", "quick_server"]
pytestmark = pytest.mark.slow

COUNT = 6
END = "the-very-last-word"
# What is seen on paper: visible elements with words of their own, each with its colours.
SEEN = """() => {
  const seen = [];
  for (const e of document.querySelectorAll("body *")) {
    if (!e.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true })) continue;
    if (e.closest(".unseen, .wires, script, style")) continue;
    const style = getComputedStyle(e);
    const texts = [...e.childNodes].filter((n) => n.nodeType === 3);
    const clips = ["auto", "scroll", "hidden"].includes(style.overflowY);
    seen.push({ tag: e.tagName, id: e.id, kind: String(e.className),
      words: texts.map((n) => n.data.trim()).join(""),
      colour: style.color, ground: style.backgroundColor,
      cut: clips && e.scrollHeight > e.clientHeight + 1 });
  }
  return seen;
}"""


@pytest.fixture
def candidate(quick_server: Server, chromium: Browser) -> Iterator[Candidate]:
    """One person at a dark page; nothing may go wrong in their browser."""
    person = Candidate(chromium, f"{quick_server.url}?__theme=dark")
    yield from watched(person)


def hold(person: Candidate, home: Path) -> list[Question]:
    """An interview to its debrief: two whole answers, one of them long, one partial, the rest not
    known; the questions."""
    found = [q for q in library(home) if len(q.key_points) > 1][::60][:COUNT]
    person.practise([q.id for q in found])
    for n, question in enumerate(found):
        if n < 2:
            points = " ".join(p.text for p in question.key_points)
            person.answer(f"{points} {'and so on ' * 200 if n else ''}{END}")
        else:
            person.act("#i-do-not-know")
    person.page.locator("#again").wait_for(state="visible", timeout=GRADED_MS)
    person.settle()
    return found


def luminance(colour: str) -> float:
    """How bright a computed colour is, from 0 to 1; transparent counts as the paper."""
    numbers = [float(x) for x in colour[colour.index("(") + 1 : -1].replace(",", " ").split()]
    share = numbers[3] if len(numbers) > 3 else 1.0
    return share * float(np.dot(numbers[:3], (0.2126, 0.7152, 0.0722))) / 255 + 1 - share


def plain(text: str) -> str:
    return "".join(text.split())  # lines end elsewhere on paper


def test_the_debrief_prints_whole_and_black_on_white(
    candidate: Candidate, quick_server: Server, tmp_path: Path
) -> None:
    asked = hold(candidate, quick_server.home)
    page = candidate.page
    assert page.evaluate("document.body.classList.contains('dark')")
    page.emulate_media(media="print")
    seen = page.evaluate(SEEN)
    assert [e for e in seen if e["cut"]] == []
    pressed = [e for e in seen if e["tag"] in ("BUTTON", "TEXTAREA", "SUMMARY", "INPUT")]
    assert {e["kind"] for e in pressed} <= {"cite"}  # a place in a source, printed as words
    dark = [e for e in seen if luminance(e["ground"]) < 0.6 and e["kind"] not in ("range", "tick")]
    assert dark == []
    pale = [e for e in seen if e["words"] and luminance(e["colour"]) > 0.25]
    assert pale == []

    file = tmp_path / "debrief.pdf"
    page.pdf(path=file, format="A4", print_background=True)
    pdf = pypdfium2.PdfDocument(file)
    pages = [pdf[n] for n in range(len(pdf))]
    text = plain("".join(p.get_textpage().get_text_bounded() for p in pages))
    report = text[text.rindex("Debrief") :]
    for question in asked:
        assert plain(question.question) in text[: -len(report)]
        assert plain(question.question) in report
        assert all(plain(p.text) in report for p in question.key_points)
    assert text.count(END) >= 2  # the end of the long answer too
    assert "Download" not in text
    assert "Tryagain" not in text
    for sheet in pages:
        assert sheet.render(scale=0.5).to_numpy().mean() > 200
    pdf.close()
