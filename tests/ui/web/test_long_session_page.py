"""An interview of forty questions in a real browser: all are asked, nothing is lost, and the page
is as quick at the end as at the beginning."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from browser import Candidate, Server, chromium, quick_server, watched
from rehearsed import library

from corpus.schema import Question

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium", "quick_server"]
pytestmark = pytest.mark.slow

COUNT = 40
SHORTEST = 0.5  # seconds a question: nobody is quicker, and the server slows down who is
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NESTED = """() => [...document.querySelectorAll("#page-practise *")].filter((e) => {
  const { overflowX, overflowY } = getComputedStyle(e);
  const scrolls = (how) => how === "auto" || how === "scroll";
  return e.offsetParent && e.tagName !== "TEXTAREA" &&
    ((scrolls(overflowY) && e.scrollHeight > e.clientHeight + 1) ||
     (scrolls(overflowX) && e.scrollWidth > e.clientWidth + 1));
}).map((e) => e.id || e.className)"""


@pytest.fixture
def candidate(quick_server: Server, chromium: Browser) -> Iterator[Candidate]:
    """One person at the page; nothing may go wrong in their browser."""
    person = Candidate(chromium, quick_server.url)
    yield from watched(person)


def chosen(home: Path) -> dict[str, Question]:
    """Forty questions of the bundled library, from all over it, by their texts."""
    found = {q.question: q for q in library(home)}
    step = len(found) // COUNT
    return dict(list(found.items())[: COUNT * step : step])


def words_for(number: int, question: Question) -> str:
    """An answer that says every point, with a word of its own by which it is told."""
    return f"answer{number:02d} " + " ".join(p.text for p in question.key_points)


def test_forty_questions_are_all_asked_kept_and_as_quick_at_the_end(
    candidate: Candidate, quick_server: Server
) -> None:
    wanted = chosen(quick_server.home)
    assert len(wanted) == COUNT
    candidate.practise([q.id for q in wanted.values()])
    page = candidate.page
    asked, heads, took = [], [], []
    while not page.locator("#again").is_visible():
        began = time.monotonic()
        question = page.locator("#prompt .prompt").inner_text()
        asked.append(question)
        heads.append(page.locator("#prompt .turn .head").inner_text())
        page.locator("#answer textarea").fill(words_for(len(asked), wanted[question]))
        sent = time.monotonic()
        candidate.act("#send")
        took.append(time.monotonic() - sent)
        page.wait_for_timeout(max(0.0, 1000 * (SHORTEST - (time.monotonic() - began))))

    assert asked == list(wanted)
    numbers = [head.split(" · ")[0] for head in heads]
    assert numbers == [f"Question {n} of {COUNT}" for n in range(1, COUNT + 1)]
    said = page.locator("#chat .message.user").all_inner_texts()
    assert [text.split("answer")[1][:2] for text in said] == [
        f"{n:02d}" for n in range(1, COUNT + 1)
    ]
    assert page.locator("#chat .grade").count() == COUNT

    report = page.locator("#chat .report")
    assert f"{COUNT} of {COUNT} questions graded" in report.inner_text()
    listed = report.locator("ul.asked li").all_inner_texts()
    assert len(listed) == COUNT
    assert all(any(question in line for line in listed) for question in wanted)

    first, last = median(took[:5]), median(took[-5:])
    assert last < 3 * first + 0.5, took

    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDER) == 0
        assert page.evaluate(NESTED) == []
    page.reload()
    page.locator("#again").wait_for(state="visible")
    candidate.settle()
    assert page.locator("#chat .grade").count() == COUNT
