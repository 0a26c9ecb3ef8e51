"""The walk through the web app for its pictures, and the camera that takes them.

Invariant: each picture is taken in both sizes, light and dark, and a page wider than the screen is
reported.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from invented import ANSWERS, TOPIC

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).resolve().parent / "screenshots"
SIZES = {"desktop": (1200, 900), "phone": (375, 812)}  # CSS pixels
COLOURS = 96  # of a picture's palette
GRADED_MS = 120_000  # milliseconds: the first answer waits for the model
MARK = "#chat .message:has(.headline)"
SETTLED = "!document.body.classList.contains('busy')"


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes one page in both sizes, light and dark, under a name."""

    page: Page
    only: str

    def take(self, name: str, above: str = "", *, at_top: bool = False) -> None:
        """Take the page as it is; `above` selects what is to be brought to the upper edge."""
        if self.only not in name:
            return
        self.page.mouse.move(1, 1)
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            for colours in ("light", "dark"):
                self.page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
                self.page.evaluate(
                    "dark => document.body.classList.toggle('dark', dark)", colours == "dark"
                )
                if above:
                    self._bring(above)
                elif at_top:
                    self.page.evaluate("scrollTo(0, 0)")
                self.page.wait_for_timeout(350)
                place = PICTURES / f"{name}-{size}-{colours}.png"
                _write(place, self.page.screenshot(animations="disabled"))
            _report_overflow(self.page, f"{name}-{size}")
        width, height = SIZES["desktop"]
        self.page.set_viewport_size({"width": width, "height": height})

    def _bring(self, selector: str) -> None:
        self.page.evaluate(
            "selector => { const found = [...document.querySelectorAll(selector)].pop();"
            " if (found) scrollTo({ top: found.getBoundingClientRect().top + scrollY - 112 }); }",
            selector,
        )


def _write(place: Path, png: bytes) -> None:
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(place, optimize=True)


def _report_overflow(page: Page, name: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if width > 0:
        sys.stderr.write(f"{name}: the page is {width} px wider than the screen\n")


def walk(page: Page, url: str, camera: Camera) -> None:
    """Go through the pages as a candidate does."""
    page.goto(url)
    page.locator("#start").wait_for(state="visible")
    _settle(page)
    camera.take("practise-start", at_top=True)
    _begin(page)
    camera.take("practise-question", at_top=True)
    _interview(page, camera)
    page.locator(".cite[data-reader]").first.click()
    page.locator("#reader mark").first.wait_for(state="visible")
    camera.take("reader")
    page.locator("#reader-close").click()
    _library(page, camera)
    for tab in ("Progress", "Setup"):
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_timeout(2500)
        camera.take(tab.lower(), at_top=True)


def _begin(page: Page) -> None:
    page.get_by_label("Topic").click()
    page.get_by_role("option", name=TOPIC).click()
    page.locator("#start").click()
    page.locator("#prompt .prompt").wait_for(state="visible")
    _settle(page)


def _interview(page: Page, camera: Camera) -> None:
    """Answer until the debrief; the first closed mark and the first unsure point are taken."""
    taken: set[str] = set()
    while not page.locator("#again").is_visible():
        unsure = page.locator("#confirm").is_visible()
        if unsure and "unsure" not in taken:
            camera.take("practise-unsure", "#panel")
            taken.add("unsure")
        elif not unsure and "mark" not in taken and _closed_mark(page):
            camera.take("practise-mark", MARK)
            taken.add("mark")
        _reply(page, unsure)
    camera.take("debrief", "#chat .message:has(.report)")


def _reply(page: Page, unsure: bool) -> None:
    asked = page.locator("#prompt .prompt").inner_text().lower()
    said = next((answer for words, answer in ANSWERS.items() if words in asked), "")
    if unsure:
        _act(page, "#confirm button.leave")
    elif "Follow-up" in page.locator("#prompt .turn").inner_text():
        _act(page, "#i-do-not-know")
    elif not said:
        _act(page, "#skip")
    else:
        page.locator("#answer textarea").fill(said)
        _act(page, "#send")


def _closed_mark(page: Page) -> bool:
    """Whether the newest mark shows its sources, which it does once its question is over."""
    marks = page.locator(MARK)
    return bool(marks.count()) and bool(marks.last.locator(".cite").count())


def _act(page: Page, selector: str) -> None:
    turn = page.locator("#prompt [data-turn]").get_attribute("data-turn")
    page.locator(selector).click()
    page.wait_for_function(
        "turn => document.querySelector('#prompt [data-turn]')?.dataset.turn !== turn",
        arg=turn,
        timeout=GRADED_MS,
    )
    _settle(page)


def _library(page: Page, camera: Camera) -> None:
    page.get_by_role("tab", name="Library", exact=True).click()
    page.locator("#library-table table").first.wait_for(state="visible")
    camera.take("library-documents", at_top=True)
    page.get_by_role("tab", name="Coverage", exact=True).click()
    page.locator("#library-map .cells").first.wait_for(state="visible", timeout=GRADED_MS)
    page.locator("#library-looking .looking").wait_for(state="detached", timeout=GRADED_MS)
    camera.take("library-map", at_top=True)
    page.get_by_role("tab", name="Search", exact=True).click()
    page.locator("#library-query textarea, #library-query input").first.fill("shadow deployment")
    page.locator("#library-find").click()
    page.locator("#library-found .hits").wait_for(state="visible", timeout=GRADED_MS)
    camera.take("library-search", at_top=True)


def _settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=GRADED_MS)
    page.wait_for_timeout(300)
