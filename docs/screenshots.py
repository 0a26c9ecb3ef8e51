"""Takes the pictures of the web app in docs/screenshots.

    python docs/screenshots.py [--chromium PATH] [--only NAME]

Owns two invented documents, a made-up history and the walk through the pages. What is on the
pictures is the app as it runs: `greenroom chat` on a folder of its own, the embedded grader, a real
Chromium. Invariant: nothing of the person who runs it, neither data folder nor browser, is touched.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Error, Page

    from agent.history import History
    from agent.workspace import Workspace
    from corpus.schema import Question

PICTURES = Path(__file__).resolve().parent / "screenshots"
SIZES = {"desktop": (1200, 900), "phone": (375, 812)}  # CSS pixels
COLOURS = 96  # of a picture's palette
GRADED_MS = 120_000  # milliseconds: the first answer waits for the model
MARK = "#chat .message:has(.headline)"
SETTLED = "!document.body.classList.contains('busy')"
TOPIC = "Serving models on GPUs"
NOTES = {
    "Serving models on GPUs.md": """# Serving models on GPUs

## Why does a serving system batch requests?

A GPU reads every weight of the model from memory for each step, whether it works for one request or
for thirty. Batching shares this read between requests, so throughput rises almost for free. The
price is latency: a request may wait until the batch is full or a time limit has passed.

## What does continuous batching do differently?

Continuous batching lets requests join and leave the batch at every step. A short answer no longer
waits for the longest one of its batch. The freed slot is given to the next request in the queue.

## What is kept in the key-value cache, and what does it cost?

The key-value cache keeps the keys and values of all earlier tokens, so that a new token needs no
second pass over them. It grows linearly with the length of the text and with the number of
requests. When memory runs out, requests have to wait or their cache is thrown away and built again.
""",
    "Rolling out a model.md": """# Rolling out a model

## What is a shadow deployment?

In a shadow deployment the new model receives a copy of the traffic while its answers are only
logged. Users keep seeing the old model, so a mistake costs nothing. It shows load and where the two
disagree, not how people react.

## When do you roll back?

Roll back first and look for the cause afterwards. The threshold is agreed before the release: an
error rate, a latency at the 99th percentile, or a business figure that falls. A rollback that was
never rehearsed is a hope.
""",
}
ANSWERS = {
    "batch requests": "The GPU has to read all weights from memory at every step, for one request "
    "just as for many. A batch shares that read, so throughput goes up almost for free. It never "
    "affects latency.",
    "continuous batching": "New requests can come in while the others are still running. It is "
    "something with slots and a queue.",
    "key-value cache": "It stores the keys and values of the tokens before, so they are not "
    "computed again for each new token. It gets bigger with longer text.",
}
DAYS_AGO = (34, 29, 27, 21, 16, 12, 8, 5, 2)
EACH = 2  # questions an interview
PRACTISED = ("RAG systems", "Deployment", "Databases", "PyTorch")  # topics of the library, or few


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


def _report_error(error: Error) -> None:
    sys.stderr.write(f"{error}\n")


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
    page.locator("#library-map .looking").wait_for(state="detached", timeout=GRADED_MS)
    camera.take("library-map", at_top=True)
    page.get_by_role("tab", name="Search", exact=True).click()
    page.locator("#library-query textarea, #library-query input").first.fill("shadow deployment")
    page.locator("#library-find").click()
    page.locator("#library-found .hits").wait_for(state="visible", timeout=GRADED_MS)
    camera.take("library-search", at_top=True)


def _settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=GRADED_MS)
    page.wait_for_timeout(300)


def rehearse(home: Path) -> None:
    """Write interviews of the last weeks: the first sentences of good answers, more of them later,
    marked by the embedded grader."""
    from agent.history import History
    from agent.interview import HISTORY
    from agent.settings import load_settings
    from agent.workspace import Workspace

    workspace = Workspace(load_settings(home=home))
    bank = [q for q in workspace.questions() if q.key_points and q.model_answer]
    wanted = [q for q in bank if q.topic in PRACTISED] or bank
    history = History(home / HISTORY)
    for number, days in enumerate(DAYS_AGO):
        chosen = [wanted[(number * EACH + n) * 5 % len(wanted)] for n in range(EACH)]
        start = datetime.now(UTC) - timedelta(days=days, hours=number % 3)
        _write_interview(history, workspace, number, chosen, start)
    history.close()
    workspace.close()


def _write_interview(
    history: History,
    workspace: Workspace,
    number: int,
    chosen: Sequence[Question],
    start: datetime,
) -> None:
    from agent.grades import GradeRequest
    from agent.pool import Options
    from agent.records import TurnRecord
    from agent.state import Reply

    session = f"earlier-{number}"
    history.begin(session, "local", Options(count=EACH), _written(start))
    history.save_plan(session, chosen)
    for n, question in enumerate(chosen):
        put = start + timedelta(minutes=3 * n)
        sentences = (question.model_answer or "").split(". ")
        said = ". ".join(sentences[: 2 + number // 2 + n])
        history.open_turn(
            TurnRecord(session, n + 1, n, 0, "question", question.question, "", (), _written(put))
        )
        reply: Reply = {"kind": "answer", "text": said, "verdicts": {}}
        history.save_reply(session, n + 1, reply, _written(put + timedelta(minutes=2)))
        history.save_intent(session, n + 1, "answer")
        grade = workspace.embedded_grader.grade(GradeRequest.of(question, said))
        history.save_grade(session, n + 1, grade)
        history.save_standing(session, n + 1, grade)
    history.finish(session, _written(start + timedelta(minutes=3 * EACH)))


def _written(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


@contextmanager
def served(home: Path, folder: Path) -> Iterator[str]:
    """`greenroom chat` with the embedded grader; its address. Raises RuntimeError."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--no-browser", "--port", str(port), "--grader", "embedded", "--home", str(home)]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "chat", *options], cwd=folder, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        end = time.monotonic() + 120
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("greenroom chat did not start; what it says is above")
            time.sleep(0.2)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.URLError:
        return False


def take_all(chromium: str | None, only: str) -> None:
    """Make the folder, its history and every picture whose name holds `only`."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder, home = Path(made), Path(made) / "home"
        for name, text in NOTES.items():
            (folder / name).write_text(text, encoding="utf-8")
        ingest = [sys.executable, "-m", "ui.cli", "ingest", *NOTES, "--home", str(home)]
        subprocess.run(ingest, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        rehearse(home)
        with served(home, folder) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.on("pageerror", _report_error)
            walk(page, url, Camera(page, only))
            browser.close()


def main() -> None:
    """Read the command line, take the pictures, say how large they are."""
    parser = argparse.ArgumentParser(description="Take the pictures of the web app.")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="a Chromium")
    parser.add_argument("--only", default="", help="only pictures whose name holds this")
    given = parser.parse_args()
    take_all(given.chromium, given.only)
    size = sum(p.stat().st_size for p in PICTURES.glob("*.png"))
    sys.stdout.write(f"{PICTURES}: {size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    main()
