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
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from agent.serving.announcement import running
from agent.serving.process import group_members

ROOT = Path(__file__).resolve().parents[2]
MAKE_TOY = Path(__file__).with_name("make_toy.py")
STOPS_WITHIN = 60.0  # seconds


@dataclass(frozen=True)
class VllmServer:
    """A server that is up. `url` ends in /v1; `group` is the id of its process group."""

    url: str
    model: str
    key: str = field(repr=False)
    log: Path
    home: Path
    group: int

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
    home = tmp_path_factory.mktemp("served") / "home"
    line = [sys.executable, "-m", "ui.cli", "serve", "--home", str(home)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GREENROOM_VLLM_PYTHON": str(vllm_python),
        "VLLM_CPU_KVCACHE_SPACE": "1",
    }
    said = (home.parent / "stderr").open("w+")
    with (
        said,
        subprocess.Popen(
            [*line, "--model", str(toy_model), "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment,
        ) as command,
    ):
        assert command.stdout is not None
        ready = command.stdout.readline()
        if not ready:
            pytest.fail(f"no server: {(home.parent / 'stderr').read_text()}")
        row = json.loads(ready)
        announced = running(home)
        assert announced is not None
        [leash] = _children(command.pid)
        key, log = announced.api_key, home / "serve.log"
        yield VllmServer(row["url"], row["model"], key, log, home, leash)
        groups = _children(command.pid)
        command.send_signal(signal.SIGTERM)
        assert command.wait(timeout=STOPS_WITHIN) == 0
        assert [member for group in groups for member in group_members(group)] == []
        assert not (home / "serve.json").exists()


def _children(pid: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in done.stdout.split()]
