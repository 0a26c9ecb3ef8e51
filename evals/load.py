"""Many people at once at the web app: how long a grade takes, what is lost, what memory grows by.

Run by hand, because it wants the machine to itself::

    python -m evals.load --people 20 --minutes 2

Between two answers each takes `--pause` seconds on average, exponentially distributed. To read a
question and type some thirty words takes longer than the 20 that are usual here; 3 is the stress
case, which nobody keeps up.

Invariant: a turn counts as lost when the server did not take an answer as the next turn of the
person's own interview; the memory is the app's alone, from the end of the first quarter on.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from evals.http_person import EventError, HttpPerson

PAUSE = 20.0  # seconds: the mean time between a question and its answer
_ANSWERS = (
    "It lowers the variance, because each model sees another sample of the data, and their errors "
    "cancel out when the votes are averaged.",
    "It is a trade-off between memory and speed: what is computed once is kept, and read again.",
    "The gradient tells in which direction the loss grows, so one steps against it, with a rate.",
    "I would write a test first, then measure, and only then change the part that is slow.",
)


@dataclass(slots=True)
class Tally:
    """What all people met; filled by their threads under the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seconds: list[float] = field(default_factory=list)
    sessions: int = 0
    lost: list[str] = field(default_factory=list)


def run(
    url: str, process: int, people: int, minutes: float, pause: float
) -> tuple[Tally, list[int]]:
    """Let people practise for so long, each with this mean pause in seconds before an answer; what
    they met, and the app's memory in KiB every second."""
    tally, memory = Tally(), []
    end = time.monotonic() + 60 * minutes
    threads = [
        threading.Thread(target=_practise, args=(url, end, pause, random.Random(n), tally))
        for n in range(people)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        memory.append(_kib(process))
        time.sleep(1.0)
    return tally, memory


def _practise(url: str, end: float, pause: float, rng: random.Random, tally: Tally) -> None:
    person = HttpPerson(url)
    try:
        person.open()
        while time.monotonic() < end:
            _interview(person, end, pause, rng, tally)
    except (EventError, httpx.HTTPError) as error:
        with tally.lock:
            tally.lost.append(f"{type(error).__name__}: {error}")
    finally:
        person.close()


def _interview(
    person: HttpPerson, end: float, pause: float, rng: random.Random, tally: Tally
) -> None:
    person.do("again")
    person.do("start", count=3)
    mine, turn = person.stored["session"], person.stored["turn"]
    with tally.lock:
        tally.sessions += 1
    while turn is not None:
        wait = rng.expovariate(1 / pause)
        if time.monotonic() + wait > end:
            time.sleep(max(0.0, end - time.monotonic()))
            return
        time.sleep(wait)
        before = time.perf_counter()
        gave = person.do("send", answer=rng.choice(_ANSWERS))
        took = time.perf_counter() - before
        now = person.stored
        with tally.lock:
            tally.seconds.append(took)
            if now["session"] != mine or now["turn"] is None or now["turn"] <= turn:
                tally.lost.append(f"session {mine}, turn {turn}: the page shows {now}")
                return
        turn = now["turn"]
        if gave.get("again", {}).get("visible"):
            return


def _kib(process: int) -> int:
    """The resident memory of a process, from Linux's /proc; 0 where that is not there."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in status.splitlines() if x.startswith("VmRSS")), 0)


@contextmanager
def app() -> Iterator[tuple[str, int]]:
    """The web app in a process of its own on an empty data folder: its address, its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-browser", "--grader", "embedded", "--home", folder, "--port", str(port)]
        server = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "chat", *options],
            env={**os.environ, "GREENROOM_CONFIG": os.devnull},
            stdout=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, server)
            yield url, server.pid
        finally:
            server.terminate()
            server.wait(60)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the web app ended at its start")
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit("the web app did not answer within five minutes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the figures, and return 1 where a turn was lost."""
    import numpy as np

    parser = argparse.ArgumentParser(prog="python -m evals.load", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--pause", type=_positive, default=PAUSE, metavar="SECONDS")
    given = parser.parse_args(arguments)
    with app() as (url, process):
        _warm(url)
        tally, memory = run(url, process, given.people, given.minutes, given.pause)
    middle, high = np.percentile(tally.seconds or [float("nan")], [50, 95])
    warm = memory[len(memory) // 4 :] or [0]
    lines = (
        f"people {given.people}, minutes {given.minutes:g}, mean pause {given.pause:g} s, "
        f"processors {os.cpu_count()}",
        f"interviews {tally.sessions}, answers marked {len(tally.seconds)}",
        f"seconds for an answer: median {middle:.2f}, 95th percentile {high:.2f}",
        f"memory: {warm[0] // 1024} MiB after warm-up, {warm[-1] // 1024} MiB at the end",
        f"lost turns: {len(tally.lost)}",
        *(f"  {line}" for line in tally.lost[:10]),
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if tally.lost else 0


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _warm(url: str) -> None:
    """One answer before the clock starts: the models load with it."""
    person = HttpPerson(url)
    person.open()
    person.do("start", count=1)
    person.do("send", answer=_ANSWERS[0])
    person.close()


if __name__ == "__main__":
    sys.exit(main())
