"""The report in a real browser: readable on a phone, in the dark, by keyboard, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from marked import Told, row

from evals.cases import grade_all
from evals.grading import report_of
from evals.grading_result import as_result
from evals.paired import compare
from evals.result import Figure, Result, Table, joined, noted
from evals.writing import write_result

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SAID = ("covered@0.9 missing@0.2", "partial@0.5 covered@0.8", "none", "contradicted@0.4 covered@1")
PEOPLE = (("covered", "missing"), ("missing", "covered"), ("partial", "partial"))

FAR = Table("Far", "", (*(f"column{i}" for i in range(30)), ""), (("b",) * 31,))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not shutil.which(CHROMIUM):
        pytest.skip("no Chromium at /usr/bin/chromium: install the package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of part: figures, a comparison, plots, long words, faults."""
    rows = [
        row(i, PEOPLE[i % 3], SAID[i % 4], kind=("full", "wrong")[i % 2], label="correct",
            raters=[0.5, i % 3 / 2])
        for i in range(24)
    ]  # fmt: skip
    graded = grade_all("a_set_with_a_rather_long_name_" * 3, rows, Told())
    made = as_result(report_of(graded, resamples=5), compare(graded, graded, resamples=5))
    late = Result("dialogue", "Late.\n" + "x" * 300, (Figure("a/b", 0.1, goal="high", limit=0.9),),
                  {}, faults=("A fault " + "y" * 80,),
                  tables=(FAR,))  # fmt: skip
    folder = tmp_path_factory.mktemp("report")
    write_result(folder, joined("all", [noted(made, "A fixed draw of 24 of 99 rows."), late]))
    return folder / "report.html"


@pytest.mark.slow
@pytest.mark.parametrize("width", [375, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe_and_nothing_sticks_out(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(report.as_uri())
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in
             ("serious", "critical")]  # fmt: skip
    assert grave == []
    context.close()


@pytest.mark.slow
def test_every_section_is_reached_from_the_top_and_printed_in_ink(
    browser: Browser, report: Path
) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(report.as_uri())
    for link in page.locator("nav a").all():
        target = str(link.get_attribute("href"))
        assert page.locator(f"section{target}").count() == 1
    assert page.locator("nav tbody tr").count() == page.locator("section").count() == 2
    page.emulate_media(media="print", color_scheme="dark")
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"
    context.close()
