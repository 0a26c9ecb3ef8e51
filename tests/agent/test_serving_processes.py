"""The local server with real processes: a stub in vLLM's place, real signals, sockets and files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.llm.endpoint import Endpoint
from agent.serving.announcement import Announcement, running
from agent.serving.choice import Choice
from agent.serving.ending import end_asked
from agent.serving.engine import Engine
from agent.serving.faults import ServingError
from agent.serving.launch import Address, Launch, find_address
from agent.serving.machine import Machine
from agent.serving.probe import Probe
from agent.serving.process import ServerProcess, group_members
from agent.serving.restarts import Patience
from agent.serving.service import Listener, serve
from agent.serving.supervisor import Pace

pytestmark = pytest.mark.slow

STUB = Path(__file__).with_name("stubserver.py")
QUICK = Pace(look_s=0.05, health_s=0.1, token_s=0.2, wait_s=30, start_s=60)
IMPATIENT = Pace(look_s=0.05, health_s=0.1, wait_s=0.3, start_s=1)
HASTY = Patience(first_s=0.05, longest_s=0.1)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start stubs; whatever is left of them afterwards is killed."""
    made: list[ServerProcess] = []

    def start(life: str, grace: float = 5.0, port: int = 0) -> ServerProcess:
        lives = tmp_path / "lives"
        lives.write_text(life)
        environment = {**os.environ, "STUB_LIVES": str(lives), "VLLM_API_KEY": "k"}
        line = [sys.executable, str(STUB), "--port", str(port)]
        made.append(ServerProcess(line, environment, tmp_path / "log", grace))
        return made[-1]

    yield start
    for process in made:
        for member in group_members(process.group):
            os.kill(member, signal.SIGKILL)
        process.stop()


def said(folder: Path) -> str:
    log = folder / "log"
    return log.read_text() if log.exists() else ""


class TestProcesses:
    def test_the_engine_goes_with_the_server(
        self, started: Callable[..., ServerProcess], tmp_path: Path
    ) -> None:
        server = started("well")
        until(lambda: "engine" in said(tmp_path))
        assert len(group_members(server.group)) == 3  # leash, server, engine
        server.stop()
        assert group_members(server.group) == ()
        assert server.exit_code() is not None

    def test_an_engine_that_outlives_a_crash_is_stopped(
        self, started: Callable[..., ServerProcess]
    ) -> None:
        server = started("crash")
        until(lambda: server.exit_code() is not None)
        assert server.exit_code() == 1
        assert len(group_members(server.group)) == 1  # the engine
        server.stop()
        assert group_members(server.group) == ()

    def test_one_that_ignores_sigterm_is_killed(
        self, started: Callable[..., ServerProcess], tmp_path: Path
    ) -> None:
        server = started("stubborn", grace=0.2)
        until(lambda: "engine" in said(tmp_path))
        server.stop()
        assert group_members(server.group) == ()

    def test_nothing_outlives_a_supervisor_that_is_killed(self, tmp_path: Path) -> None:
        code = (
            "import os, sys, time; from pathlib import Path\n"
            "from agent.serving.process import ServerProcess\n"
            f"line = [sys.executable, {str(STUB)!r}, '--port', '0']\n"
            f"server = ServerProcess(line, os.environ, Path({str(tmp_path)!r}, 'log'), 0.5)\n"
            "print(server.group, flush=True); time.sleep(60)\n"
        )
        environment = {**os.environ, "VLLM_API_KEY": "k"}
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
        ) as supervisor:
            assert supervisor.stdout is not None
            group = int(supervisor.stdout.readline())
            until(lambda: "engine" in said(tmp_path))
            assert group_members(group)
            supervisor.kill()
        until(lambda: not group_members(group))


class Run:
    """A service in this process's main thread, ended by a signal from another."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.lines: list[str] = []
        self.ready: list[Announcement] = []
        self._monkeypatch = monkeypatch

    def serve(
        self,
        lives: str,
        until_ready: int = 1,
        address: Address | None = None,
        pace: Pace = QUICK,
    ) -> None:
        """Serve through these lives, until it was ready so many times."""
        file = self.home / "lives"
        file.write_text(lives)
        engine = Engine(Path(sys.executable), "0", False, (sys.executable, str(STUB)), False)
        choice = Choice("toy", "toy", "as named", 0.0, None)
        where = address or find_address(0, None)
        launch = Launch(engine, choice, where, Machine(8.0, 2, False), key="s3cret")

        def ready(announcement: Announcement) -> None:
            self.ready.append(announcement)
            if len(self.ready) == until_ready:
                os.kill(os.getpid(), signal.SIGTERM)

        with end_asked() as end:
            serve(
                launch,
                self.home,
                end,
                Listener(self.lines.append, ready),
                given={**os.environ, "STUB_LIVES": str(file)},
                patience=HASTY,
                pace=pace,
            )
        assert end.signal == signal.SIGTERM


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(tmp_path, monkeypatch)


class TestService:
    def test_it_announces_itself_and_leaves_nothing_behind(self, run: Run) -> None:
        run.serve("well")
        [announced] = run.ready
        assert announced.pid == os.getpid()
        assert running(run.home) is None
        assert not (run.home / "serve.json").exists()
        engine = int((run.home / "serve.log").read_text().rsplit("engine ", 1)[1])
        until(lambda: not Path(f"/proc/{engine}").exists() or _zombie(engine))

    def test_a_server_that_dies_comes_back_at_the_same_address(self, run: Run) -> None:
        run.serve("dies well", until_ready=2)
        first, second = run.ready
        assert (first.url, first.api_key) == (second.url, second.api_key)
        assert any("ended with exit code 9" in line for line in run.lines)

    def test_a_model_that_hangs_behind_a_healthy_api_never_gets_ready(self, run: Run) -> None:
        with pytest.raises(ServingError, match="was not ready"):
            run.serve("mute", pace=IMPATIENT)
        assert run.ready == []

    def test_never_healthy(self, run: Run) -> None:
        with pytest.raises(ServingError, match="was not ready; it did not start 2 times"):
            run.serve("never", pace=IMPATIENT)

    def test_a_set_up_that_cannot_work_ends_with_its_own_words(self, run: Run) -> None:
        with pytest.raises(ServingError, match=r"exit code 1.*made of butter.*serve\.log"):
            run.serve("crash")
        assert "made of butter" in run.lines[-1]

    def test_on_a_socket(self, run: Run) -> None:
        path = run.home / "s"
        run.serve("dies well", until_ready=2, address=find_address(None, path))
        assert run.ready[0].uds == str(path)
        assert run.ready[0].endpoint.uds == str(path)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class TestProbe:
    def test_nobody_there(self) -> None:
        probe = Probe(Endpoint(find_address(0, None).url, "toy"), 0.5)
        assert probe.health() == "silent"
        assert not probe.answers(0.5)
        assert not probe.works(0.5)

    def test_a_key_that_is_wrong_is_no_answer(self, started: Callable[..., ServerProcess]) -> None:
        port = find_address(0, None).port
        started("well", port=port)
        url = Address(port).url
        until(lambda: Probe(Endpoint(url, "toy"), 0.5).health() == "up")
        assert Probe(Endpoint(url, "toy", "k")).answers(2)
        assert not Probe(Endpoint(url, "toy", "other")).answers(2)

    def test_a_proxy_of_the_environment_is_not_used(
        self, started: Callable[..., ServerProcess], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = find_address(0, None).port
        started("well", port=port)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        until(lambda: Probe(Endpoint(Address(port).url, "toy"), 0.5).health() == "up")


def test_the_end_is_heard_while_waiting() -> None:
    with end_asked() as end:
        assert not end.wait(0)
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGHUP)).start()
        begun = time.monotonic()
        assert end.wait(10)
        assert time.monotonic() - begun < 5
        assert end.signal == signal.SIGHUP
        assert end.wait(10)  # it stays asked for
