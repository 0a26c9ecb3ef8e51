"""A served page and a real browser for the tests of the web app.

The server runs as `greenroom chat` in a process of its own, on a home with one document whose
questions, answers and name hold markup.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOPIC = "Harbour pilots notes"
NOTES = """# Harbour <b>pilots</b> *notes*

## What does a harbour pilot do?

A harbour pilot boards an arriving ship at sea and guides it through the channel to its berth.
The captain stays in command of the ship while the pilot advises on the course.

## Why does a lighthouse need a Fresnel lens?

A Fresnel lens bends the light of a lamp into one narrow beam that carries for twenty miles.
It is cut into thin rings, so that it weighs <img src=x onerror=alert(1)> far less than a full lens.

## What is a spring tide?

A spring tide is the highest tide of the month, when sun and moon pull along one line.
It comes at new moon and at full moon, every fourteen days or so.
"""
FILE_NAME = "harbour <script>alert(2)</script>.md".replace("/", "∕")
PILOT, LENS, TIDE = "What does a harbour pilot do?", "Fresnel lens?", "What is a spring tide?"
GOOD = (
    "A harbour pilot boards an arriving ship at sea and guides it through the channel to its "
    "berth. The captain stays in command of the ship while the pilot advises on the course."
)
VAGUE = "The lens does something to the light so that it is narrow, and rings make it weigh less."
WRONG = "A spring tide is the lowest tide of the month, and it comes at half moon, once a year."
ANSWERS = {PILOT: GOOD, LENS: VAGUE, TIDE: WRONG}
Program = tuple[str, ...]
GREENROOM: Program = ("-m", "ui.cli")
# The same, marked by a grader that can be computed by hand: no model loads.
QUICK: Program = (str(Path(__file__).with_name("quick_chat.py")),)
START_SECONDS = 120
DRAWN_MS = 400  # the page draws marks anew up to 120 ms after the last word of the server
GRADED_MS = 60_000  # milliseconds: the first answer waits for the model


class Server:
    """`greenroom chat` on one home and port; can be killed and started again."""

    def __init__(self, home: Path, folder: Path, program: Program = GREENROOM) -> None:
        self.home = home
        self._folder = folder
        self._program = program
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *options: str) -> None:
        """Start, and wait until the page answers."""
        named = ("--port", str(self.port), *options)
        self._process = run_chat(self.home, self._folder, *named, program=self._program)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                _, told = self._process.communicate()
                raise AssertionError(f"the server ended: {told.decode()}")
            if self.status("") == 200:
                return
            time.sleep(0.1)
        self.end()
        raise AssertionError(f"the server did not answer within {START_SECONDS} seconds")

    def status(self, path: str, host: str | None = None, posted: bytes | None = None) -> int:
        """The HTTP status of a GET, or of a POST of these bytes; 0 where nothing answers."""
        headers = {"Host": host} if host else {}
        request = urllib.request.Request(self.url + path, posted, headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def end(self, how: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
        """Signal the server; its exit code and what it wrote to stderr."""
        assert self._process is not None
        self._process.send_signal(how)
        _, told = self._process.communicate(timeout=30)
        return self._process.returncode, told.decode()


def run_chat(
    home: Path, folder: Path, *options: str, program: Program = GREENROOM
) -> subprocess.Popen[bytes]:
    """`greenroom chat` in a process of its own."""
    named = ("chat", "--no-browser", "--home", str(home), *options)
    return _greenroom(folder, *named, program=program)


def _greenroom(
    folder: Path, *arguments: str, program: Program = GREENROOM
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def quick_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server on a new home, with a stand-in for the grader."""
    folder = tmp_path_factory.mktemp("web")
    running = Server(folder / "home", folder, QUICK)
    running.start()
    yield running
    running.end()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server whose home knows the harbour notes."""
    folder = tmp_path_factory.mktemp("web")
    notes = folder / FILE_NAME
    notes.write_text(NOTES, encoding="utf-8")
    ingest = _greenroom(folder, "ingest", str(notes), "--home", str(folder / "home"))
    _, told = ingest.communicate(timeout=120)
    assert ingest.returncode == 0, told.decode()
    running = Server(folder / "home", folder)
    running.start()
    yield running
    running.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    if not shutil.which(CHROMIUM):
        pytest.skip(f"there is no {CHROMIUM}; install Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Candidate:
    """A person at the page. Collects requests to elsewhere, dialogs and errors of the console."""

    def __init__(self, browser: Browser, url: str, width: int = 1280, height: int = 900) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(GRADED_MS)
        self.page: Page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        here = url.partition("?")[0]
        self.page.on("request", lambda r: self._note_request(r.url, here))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("dialog", self._accept)
        self.page.goto(url)

    def _note_request(self, requested: str, url: str) -> None:
        if not requested.startswith((url, "data:", "blob:")):
            self.elsewhere.append(requested)

    def _accept(self, dialog: object) -> None:
        self.dialogs.append(dialog.message)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    def begin(self, topic: str = TOPIC, mode: str = "Study") -> None:
        """Choose a topic and start; returns when the question is there."""
        self.page.locator("#start").wait_for(state="visible")
        self.settle()
        self.page.get_by_label(mode).check()
        self.page.get_by_label("Topic").click()
        self.page.get_by_role("option", name=topic).click()
        self.page.locator("#start").click()
        self.page.locator("#prompt .prompt").wait_for(state="visible")
        self.settle()

    def practise(self, question_ids: Sequence[str]) -> None:
        """Start an interview with these questions, as a button of another page does."""
        self.page.locator("#start").wait_for(state="visible", timeout=GRADED_MS)
        self.settle()
        self.page.evaluate(
            """wanted => {
              const button = document.createElement("button");
              button.dataset.practise = wanted;
              document.body.append(button);
              button.click();
              button.remove();
            }""",
            json.dumps({"question_ids": list(question_ids)}),
        )
        self.page.locator("#prompt .prompt").wait_for(state="visible", timeout=GRADED_MS)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way, and what came of it is drawn."""
        self.page.wait_for_function("!document.body.classList.contains('busy')", timeout=GRADED_MS)
        self.page.wait_for_timeout(DRAWN_MS)

    @property
    def question(self) -> str:
        """The question that waits, or what is asked of the candidate, with what is said to it; what
        a follow-up goes on from is left out."""
        return "\n".join(self.page.locator("#prompt .turn > :not(.about)").all_inner_texts())

    @property
    def turn(self) -> str:
        """The turn that the page shows."""
        return str(self.page.locator("#prompt [data-turn]").get_attribute("data-turn"))

    def act(self, selector: str) -> None:
        """Click, and wait until what comes of it is drawn."""
        before = self.turn
        self.page.locator(selector).click()
        self.page.wait_for_function(
            "turn => document.querySelector('#prompt [data-turn]')?.dataset.turn !== turn",
            arg=before,
            timeout=GRADED_MS,
        )
        self.settle()

    def tap(self, verdict: str = "partial") -> None:
        """Say the same of every point that is put, with one tap each."""
        open_points = self.page.locator("#confirm .choices:not(:has(.tapped))")
        while self.page.locator("#confirm").is_visible():
            left = open_points.count()
            open_points.first.locator(f"button.{verdict}").click()
            self.page.wait_for_function(
                "left => document.querySelectorAll('#confirm .choices:not(:has(.tapped))').length"
                " < left || !document.querySelector('#confirm')?.offsetParent",
                arg=left,
                timeout=GRADED_MS,
            )
            self.settle()

    def over(self) -> None:
        """Bring the question that is open to its end."""
        while True:
            if self.page.locator("#confirm").is_visible():
                self.tap()
            elif "Follow-up" in self.question:
                self.act("#i-do-not-know")
            else:
                return

    def answer(self, text: str) -> None:
        """Write an answer and send it."""
        self.page.locator("#answer textarea").fill(text)
        self.act("#send")


def watched(person: Candidate) -> Iterator[Candidate]:
    """The person for a fixture to hand over; nothing may have gone wrong in their browser."""
    yield person
    person.context.close()
    assert person.errors == []
    assert person.elsewhere == []


def grave(person: Candidate, context: str) -> list[tuple[str, list[str]]]:
    """What axe finds that is serious: the rule and the elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(person.page, context=context).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    return [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in serious]
