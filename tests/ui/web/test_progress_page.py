"""The pages on progress and on setup as a candidate meets them: a real server, a real Chromium."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Candidate, Server, chromium, grave, watched
from rehearsed import NASTY, library, practise, with_markup

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]
pytestmark = pytest.mark.slow

CV = f"Seven years of kernels. {NASTY}"
DRAWN = "#progress-page .progress"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server; its person held twelve interviews, one question of which holds markup."""
    folder = tmp_path_factory.mktemp("web")
    home = folder / "home"
    practise(home, with_markup(library(home)), end=datetime.now(UTC))
    running = Server(home, folder)
    running.start()
    yield running
    running.end()


@pytest.fixture
def candidate(server: Server, chromium: Browser) -> Iterator[Candidate]:
    """The person at a browser; nothing may go wrong in it."""
    person = Candidate(chromium, server.url)
    yield from watched(person)


def open_tab(person: Candidate, name: str) -> Page:
    """Select a tab and wait for what it loads."""
    page = person.page
    page.get_by_role("tab", name=name).wait_for(timeout=60_000)
    person.settle()
    page.get_by_role("tab", name=name).click()
    page.locator({"Progress": DRAWN, "Setup": "#setup-page .health"}[name]).wait_for(timeout=60_000)
    return page


def test_progress_is_read_rated_and_practised(candidate: Candidate) -> None:
    page = open_tab(candidate, "Progress")
    assert "12 interviews" in page.locator(".summary").inner_text()
    assert "<script>alert(1)</script> **b** {x}" in page.locator(DRAWN).inner_text()
    assert page.locator("#progress-page script, #progress-page img").count() == 0
    plot = page.locator("#progress-page svg.range").first
    assert plot.bounding_box()["width"] > 100
    assert "between" in str(plot.get_attribute("aria-label"))
    page.get_by_text("All figures as a table").click()
    assert page.locator("#progress-page .table tbody tr").first.is_visible()

    first = page.locator(".waiting .ratings").first
    other = first.locator("[aria-pressed=false]").first
    sent = other.get_attribute("data-rate")
    other.click()
    page.get_by_text("Kept as").wait_for()
    page.wait_for_function("sent => document.activeElement?.dataset.rate === sent", arg=sent)
    assert page.locator(":focus").get_attribute("aria-pressed") == "true"

    page.locator("#progress-page .cite").first.click()
    page.locator("#reader mark").first.wait_for()
    page.keyboard.press("Escape")

    weak = page.locator(".weakest li").first
    wanted = json.loads(weak.locator("[data-practise]").get_attribute("data-practise") or "")
    assert len(wanted["question_ids"]) == 1
    asked = weak.locator(".fine").inner_text().partition("asked: ")[2].rstrip("…")
    weak.get_by_text("Practise this").click()
    page.locator("#prompt .prompt").wait_for(timeout=60_000)
    candidate.settle()
    assert asked[:60] in page.locator("#prompt .prompt").inner_text()
    assert candidate.dialogs == []


def test_cards_for_anki_are_saved_as_a_file(candidate: Candidate, tmp_path: Path) -> None:
    page = open_tab(candidate, "Progress")
    with page.expect_download() as coming:
        page.locator("#anki-make").click()
    assert coming.value.suggested_filename == "greenroom.apkg"
    coming.value.save_as(tmp_path / "greenroom.apkg")
    with zipfile.ZipFile(tmp_path / "greenroom.apkg") as archive:
        archive.extract("collection.anki2", tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    ((cards,),) = connection.execute("SELECT count(*) FROM cards").fetchall()
    connection.close()
    assert f"{cards} cards" in page.locator("#anki-made").inner_text()


def test_a_cv_is_kept_shown_and_forgotten(candidate: Candidate, tmp_path: Path) -> None:
    page = open_tab(candidate, "Setup")
    assert "embedded grader" in page.locator("#setup-marker").inner_text()
    assert "Everything works" in page.locator("#setup-page").inner_text()
    box = page.get_by_label("Text of your CV")
    box.fill(CV)
    page.locator("#save-cv").click()
    page.locator("#paper-cv").get_by_text("is saved").wait_for()
    page.reload()
    open_tab(candidate, "Setup")
    assert box.input_value() == CV
    assert "typed here" in page.locator("#paper-cv").inner_text()

    notes = tmp_path / "a <b>job</b>.md".replace("/", "∕")
    notes.write_text(f"# A job\n\nWrites CUDA. {NASTY}\n", encoding="utf-8")
    page.locator("input[data-paper=job]").set_input_files(notes)
    page.locator("#paper-job").get_by_text("characters read").wait_for()
    assert (
        "Writes CUDA. <script>" in page.get_by_label("Text of your job description").input_value()
    )
    assert notes.name in page.locator("#paper-job").inner_text()
    page.locator("#save-job").click()
    page.locator("#paper-job").get_by_text("is saved").wait_for()
    assert page.locator("#setup script, #setup img").count() == 0
    assert candidate.dialogs == []

    page.locator("#forget-cv").click()
    page.locator("#paper-cv").get_by_text("is forgotten").wait_for()
    assert candidate.dialogs == ["Forget your CV?"]
    assert box.input_value() == ""
    assert "Stored: a <b>job" in page.locator("#paper-job").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_they_scroll_one_way_and_axe_finds_nothing(
    server: Server, chromium: Browser, theme: str
) -> None:
    person = Candidate(chromium, f"{server.url}?__theme={theme}", width=375, height=812)
    for name in ("Progress", "Setup"):
        page = open_tab(person, name)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        assert grave(person, f"#page-{name.lower()}") == []
    person.context.close()


def test_everything_is_forgotten_after_asking(candidate: Candidate) -> None:
    page = open_tab(candidate, "Setup")
    page.locator("#forget-mine").click()
    page.locator("#forget-said").get_by_text("Forgotten:").wait_for(timeout=60_000)
    assert len(candidate.dialogs) == 1
    assert page.get_by_label("Text of your job description").input_value() == ""
    page.get_by_role("tab", name="Progress").click()
    page.locator(".progress-empty").wait_for(timeout=60_000)
