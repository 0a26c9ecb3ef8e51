"""Takes the pictures of the web app in docs/screenshots.

    python docs/screenshots.py [--chromium PATH] [--only NAME]

What is on the pictures is the app as it runs: `greenroom chat` on a folder of its own with what
`invented` makes up, the embedded grader, a real Chromium. Invariant: nothing of the person who runs
it, neither data folder nor browser, is touched.
"""

from __future__ import annotations

import argparse
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from invented import NOTES, rehearse
from walk import PICTURES, SIZES, Camera, walk

if TYPE_CHECKING:
    from playwright.sync_api import Error


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


def _report_error(error: Error) -> None:
    sys.stderr.write(f"{error}\n")


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
            width, height = SIZES["desktop"]
            page = browser.new_page(viewport={"width": width, "height": height})
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
