"""A language model's sentences in a real browser: who taps on, or leaves, while it still speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Candidate, Server, chromium, watched
from remarking_chat import PAUSE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]
pytestmark = pytest.mark.slow
TALKING = (str(Path(__file__).with_name("remarking_chat.py")),)
SPOKEN = (PAUSE + 2) * 1000  # milliseconds in which all was said


@pytest.fixture
def candidate(tmp_path: Path, chromium: Browser) -> Iterator[Candidate]:
    """A person who has just begun an interview."""
    server = Server(tmp_path / "home", tmp_path, TALKING)
    server.start()
    try:
        person = Candidate(chromium, server.url)
        person.page.locator("#start").wait_for(state="visible")
        person.settle()
        person.page.locator("#start").click()
        person.page.locator("#prompt .prompt").wait_for(state="visible")
        person.settle()
        yield from watched(person)
    finally:
        server.end()


def test_each_sentence_stands_with_its_mark_or_nowhere(candidate: Candidate) -> None:
    page = candidate.page
    words = page.locator("#words")
    candidate.act("#i-do-not-know")
    words.get_by_text("First on 2.").wait_for()
    candidate.act("#i-do-not-know")  # the sentences on the mark before have not ended
    words.get_by_text("First on 3.").wait_for()
    page.wait_for_timeout(SPOKEN)
    assert "on 2." not in words.inner_text()
    assert "Second on 3." in words.inner_text()

    candidate.act("#i-do-not-know")
    words.get_by_text("First on 4.").wait_for()
    said = page.locator("#chat").inner_text()
    assert said.index("First on 2.") < said.index("Second on 2.") < said.index("First on 3.")
    page.locator("#pause").click()
    page.locator("#start").wait_for(state="visible")
    page.wait_for_timeout(SPOKEN)
    assert words.inner_text().strip() == ""

    page.locator("#go-on button").first.click()
    words.get_by_text("Second on 4.").wait_for()
