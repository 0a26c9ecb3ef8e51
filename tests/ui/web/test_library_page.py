"""The Library page and the reader as a person meets them: a real server, a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import (
    FILE_NAME,
    GRADED_MS,
    NOTES,
    TOPIC,
    Candidate,
    Server,
    chromium,
    grave,
    server,
    watched,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

__all__ = ["chromium", "server"]
pytestmark = pytest.mark.slow

FERRY = """# Ferries <script>alert(1)</script>

## What does a car ferry carry?

A car ferry carries vehicles and their passengers across a strait, on an open deck with ramps at
both ends. It turns round in the harbour in under an hour.
"""
FERRY_NAME = "ferry <script>alert(2)<∕script>.md"


@pytest.fixture
def candidate(server: Server, chromium: Browser) -> Iterator[Candidate]:
    """One person at the Library page; nothing may go wrong in it."""
    person = Candidate(chromium, server.url)
    person.page.get_by_role("tab", name="Library").click()
    documents(person).first.wait_for(state="visible")
    yield from watched(person)


def documents(person: Candidate) -> Locator:
    return person.page.locator("#library-table tbody tr")


def part(person: Candidate, name: str) -> None:
    person.page.get_by_role("tab", name=name, exact=True).click()


def find(person: Candidate, query: str) -> Locator:
    """Search; the passages found."""
    part(person, "Search")
    box = person.page.locator("#library-query textarea, #library-query input").first
    box.fill(query)
    box.press("Enter")
    hits = person.page.locator("ol.hits > li")
    hits.first.wait_for(state="visible", timeout=GRADED_MS)
    return hits


def drop(person: Candidate, *paths: Path) -> str:
    """Add files as by the field's own dialog; what is said when they are read."""
    field = person.page.locator("#library-files input[type=file]")
    field.set_input_files([str(path) for path in paths])
    report = person.page.locator("#library-report")
    report.locator("text=taken in").wait_for(state="visible", timeout=GRADED_MS)
    return report.inner_text()


def test_a_hit_opens_in_the_reader_and_focus_comes_back(candidate: Candidate) -> None:
    page = candidate.page
    hits = find(candidate, "Who guides an arriving ship through the channel?")
    assert "ship" in hits.first.locator("mark").all_inner_texts()
    opener = hits.first.locator(".cite")
    opener.click()
    page.locator("#reader mark").first.wait_for(state="visible")
    assert page.locator("#reader h2").inner_text().startswith("Harbour")
    assert FILE_NAME in page.locator("#reader .reader-file").inner_text()
    marked = " ".join(page.locator("#reader mark").all_inner_texts())
    assert "boards an arriving ship" in marked
    shown = page.locator("#reader .reader-text").inner_text()
    assert "What is a spring tide?" in shown  # the whole document
    assert "<img src=x onerror=alert(1)>" in shown  # as text
    assert page.locator("#reader img, #reader script").count() == 0
    assert "## " not in shown
    page.locator("#reader-signs").click()
    assert "## What is a spring tide?" in page.locator("#reader .reader-text").inner_text()
    assert page.locator("#reader .drawn").evaluate("e => e.textContent").strip() == NOTES.strip()
    page.keyboard.press("Escape")
    page.locator("#reader").wait_for(state="hidden")
    assert opener.evaluate("e => e === document.activeElement")
    assert candidate.dialogs == []


def test_a_dropped_file_is_indexed_found_and_forgotten(
    candidate: Candidate, server: Server, tmp_path: Path
) -> None:
    page = candidate.page
    good, bad = tmp_path / FERRY_NAME, tmp_path / "broken.pdf"
    good.write_text(FERRY, encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7 and nothing more")
    before = documents(candidate).count()
    told = drop(candidate, good, bad)
    assert "1 of 2 files taken in" in told
    assert "indexed: 1 passage, 1 question" in told
    assert "failed" in told
    row = documents(candidate).filter(has_text="ferry")
    assert row.count() == 1
    assert documents(candidate).count() == before + 1
    kept = list((server.home / "documents").iterdir())
    assert [path.read_text(encoding="utf-8") for path in kept if path.is_file()] == [FERRY]
    # Gradio makes an empty file for each that it hands over.
    left = [path for path in (server.home / "tmp").rglob("*") if path.is_file()]
    assert [path for path in left if path.stat().st_size] == []

    hits = find(candidate, "What does a car ferry carry?")
    assert "vehicles" in hits.first.inner_text()

    part(candidate, "Documents")
    row.locator(".cite").first.click()
    page.locator("#reader .reader-text").wait_for(state="visible")
    assert "<script>alert(1)</script>" in page.locator("#reader .reader-text").inner_text()
    page.locator("#reader-close").click()
    assert candidate.dialogs == []

    row.locator("[data-forget]").click()
    page.locator("#library-report .done").wait_for(state="visible")
    assert row.count() == 0
    assert len(candidate.dialogs) == 1
    assert "cannot be undone" in candidate.dialogs[0]
    assert [path for path in kept if path.exists() and path.is_file()] == []


def test_a_cell_of_the_map_starts_its_question(candidate: Candidate) -> None:
    page = candidate.page
    part(candidate, "Coverage")
    row = page.locator(".map .row", has_text=TOPIC.split()[0]).first
    row.wait_for(state="visible")
    first, second = row.locator(".cells .cell").nth(0), row.locator(".cells .cell").nth(1)
    first.focus()
    page.keyboard.press("ArrowRight")
    assert second.evaluate("e => e === document.activeElement")
    asked = str(second.get_attribute("aria-label"))
    assert asked.startswith("never asked: ")
    page.keyboard.press("Enter")
    page.locator("#prompt .prompt").wait_for(state="visible")
    candidate.settle()
    assert page.locator("#prompt .prompt").inner_text() in asked
    page.locator("#stop").click()


@pytest.mark.parametrize(("width", "theme"), [(375, "dark"), (1200, "light")])
def test_every_part_fits_and_axe_finds_nothing(
    server: Server, chromium: Browser, width: int, theme: str
) -> None:
    person = Candidate(chromium, f"{server.url}?__theme={theme}", width=width)
    page = person.page
    page.get_by_role("tab", name="Library").click()
    documents(person).first.wait_for(state="visible")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    waited = {"Documents": "#library-table", "Coverage": ".map .row", "Search": "#library-query"}
    for name, selector in (waited | {"Review": "#library-drafts p"}).items():
        part(person, name)
        page.locator(selector).first.wait_for(state="visible")
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert grave(person, "#page-library") == [], name
    part(person, "Documents")
    documents(person).first.locator(".cite").first.click()
    page.locator("#reader .reader-text").wait_for(state="visible")
    box = page.locator("#reader").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert grave(person, "#reader") == []
    person.context.close()
