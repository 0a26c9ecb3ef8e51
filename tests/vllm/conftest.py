"""A real vLLM with a toy model, started once by `greenroom serve` for all tests of this folder.

``make test-vllm`` builds its environment and runs them. Invariant: when the tests end no process of
the server is left; that is asserted, not hoped for.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from agent.llm.endpoint import Endpoint
from agent.serving.announcement import running
from agent.serving.process import group_members

ROOT = Path(__file__).resolve().parents[2]
MAKE_TOY = Path(__file__).with_name("make_toy.py")
STOPS_WITHIN = 60.0  # seconds
KEY = "the-key-of-the-tests"  # the same for all servers: one address may stand for several


@dataclass(frozen=True)
class VllmServer:
    """A server that was started. `url` ends in /v1; `supervisor` is the id of `greenroom serve`."""

    url: str
    model: str
    key: str = field(repr=False)
    log: Path
    home: Path
    supervisor: int

    @property
    def group(self) -> int:
        """The id of the process group of the server that runs now."""
        [leash] = _children(self.supervisor)
        return leash

    @property
    def endpoint(self) -> Endpoint:
        """Where to ask."""
        return Endpoint(self.url, self.model, self.key)

    @property
    def engine(self) -> int:
        """The process in which the model runs."""
        [engine] = [m for m in group_members(self.group) if "EngineCore" in _line_of(m)]
        return engine

    def metric(self, name: str) -> float:
        """The sum of a counter over its labels."""
        with self.client() as client:
            text = client.get(self.url.removesuffix("/v1") + "/metrics").text
        lines = [x for x in text.splitlines() if x.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def client(self, seconds: float = 300) -> httpx.Client:
        """An HTTP client with the key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=seconds, trust_env=False)


@pytest.fixture(scope="session")
def vllm_python() -> Path:
    """The interpreter that has vLLM."""
    named = os.environ.get("GREENROOM_VLLM_PYTHON")
    python = Path(named) if named else ROOT / ".vllm" / "bin" / "python"
    if not python.is_file():
        pytest.skip("vLLM is not installed: run make test-vllm")
    return python


@pytest.fixture(scope="session")
def toy_model(vllm_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that speaks nonsense: see make_toy.py."""
    folder = tmp_path_factory.mktemp("models") / "toy"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(
        [vllm_python, MAKE_TOY, folder],
        check=True,
        capture_output=True,
        env={**environment, "HF_HUB_OFFLINE": "1"},
    )
    return folder


@pytest.fixture(scope="session")
def vllm_server(
    vllm_python: Path, toy_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VllmServer]:
    """The server, ready; stopped at the end, with a look at what is left."""
    with served(tmp_path_factory.mktemp("served") / "home", vllm_python, toy_model) as server:
        yield server


@contextmanager
def served(home: Path, python: Path, model: Path, *more: str) -> Iterator[VllmServer]:
    """A server of its own, by `greenroom serve`. `more` are options of that command."""
    line = [sys.executable, "-m", "ui.cli", "serve", "--home", str(home), "--model", str(model)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GREENROOM_VLLM_PYTHON": str(python),
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "GREENROOM_LLM_API_KEY": KEY,
    }
    home.mkdir(parents=True)
    said = (home.parent / f"{home.name}.stderr").open("w+")
    with (
        said,
        subprocess.Popen(
            [*line, "--json", *(more or ("--port", "0"))],
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment,
        ) as command,
    ):
        assert command.stdout is not None
        ready = command.stdout.readline()
        if not ready:
            pytest.fail(f"no server: {Path(said.name).read_text()}")
        row = json.loads(ready)
        announced = running(home)
        assert announced is not None
        log = home / "serve.log"
        try:
            yield VllmServer(row["url"], row["model"], announced.api_key, log, home, command.pid)
        finally:
            groups = _children(command.pid)
            command.send_signal(signal.SIGTERM)
            code = command.wait(timeout=STOPS_WITHIN)
        assert code == 0
        assert [member for group in groups for member in group_members(group)] == []
        assert not (home / "serve.json").exists()


def _children(pid: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in done.stdout.split()]


def _line_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:  # gone meanwhile
        return ""
