"""``greenroom serve`` as a command, with a program in the place of vLLM's interpreter."""

from __future__ import annotations

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command

from agent.serving.announcement import running
from agent.serving.process import group_members

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "tests" / "agent" / "stubserver.py"
FACTS = {
    "gpu_build": None,
    "cpu_build": "0.32.0",
    "modules": ["vllm.entrypoints.launchers.api_server.entry"],
    "torch": "2.13.0",
    "accelerated": False,
}


@pytest.fixture
def vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An interpreter that says it has vLLM's CPU build, and runs the stub for it."""
    python = tmp_path / "vllm-python"
    python.write_text(
        "#!/bin/sh\n"
        f"if [ \"$1\" = -I ]; then echo '{json.dumps(FACTS)}'\n"
        f'else shift 2; exec {shlex.quote(sys.executable)} {shlex.quote(str(STUB))} "$@"; fi\n'
    )
    python.chmod(0o755)
    monkeypatch.setenv("GREENROOM_VLLM_PYTHON", str(python))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return python


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / "config.json").write_text('{"max_position_embeddings": 2048}')
    (folder / "model.safetensors").write_bytes(b"\0")
    return folder


def test_without_vllm_it_says_how_to_get_it(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.serving.engine._CHECKOUT", tmp_path)
    done = greenroom("serve", "--home", tmp_path)
    assert (done.code, done.out) == (4, "")
    assert "make serve" in done.err
    assert str(tmp_path / ".vllm") in done.err


def test_a_dry_run_starts_nothing(
    greenroom: Command, vllm: Path, model: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    options = ("--home", home, "--dry-run", "--json", "--", "--seed", "1")
    done = greenroom("serve", "--model", model, "--port", "0", *options)
    assert done.code == 0
    line = done.json["command"]
    assert line[0] == str(vllm)
    assert line[-2:] == ["--seed", "1"]
    assert line[line.index("--max-model-len") + 1] == "2048"
    assert "CPU build" in done.err
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--model", "nowhere"), "nowhere"),
        (("--port", "1", "--uds", "/tmp/x"), "--port and --uds"),
        (("--port", "99999"), "65535"),
        (("--uds", "/no/such/folder/s"), "/no/such/folder"),
        (("--", "--host", "0.0.0.0"), "--host"),
    ],
)
def test_wrong_usage(
    greenroom: Command, vllm: Path, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    options, more = (arguments, ()) if arguments[0] != "--" else ((), arguments)
    done = greenroom("serve", "--home", tmp_path / "home", *options, *more)
    assert done.code == 2
    assert named in done.err


def test_no_download_without_leave(
    greenroom: Command, vllm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ("serve", "--home", tmp_path / "home", "--model", "Qwen/Qwen3-1.7B")
    done = greenroom(*wanted)
    assert done.code == 1
    assert "4.1 GB" in done.err
    assert "--yes" in done.err
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    done = greenroom(*wanted, "--yes")
    assert done.code == 1
    assert "HF_HUB_OFFLINE" in done.err


def start(home: Path, model: Path, *more: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "ui.cli", "serve", "--home", str(home), "--model", str(model)]
    return subprocess.Popen(
        [*line, "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_from_the_start_to_a_signal(
    vllm: Path, model: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    home = tmp_path / "home"
    with start(home, model, "--uds", str(tmp_path / "s")) as command:
        assert command.stdout is not None
        ready = json.loads(command.stdout.readline())
        announced = running(home)
        assert announced is not None
        assert ready["model"] == announced.model == "toy"
        assert announced.pid == command.pid
        assert announced.api_key not in json.dumps(ready)
        assert stat.S_IMODE((home / "serve.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "s").stat().st_mode) & 0o077 == 0
        [group] = children(command.pid)
        assert len(group_members(group)) == 3
        command.send_signal(number)
        out, err = command.communicate(timeout=150)
    assert (command.returncode, out) == (code, "")
    assert "stopped" in err
    assert "Traceback" not in err
    assert running(home) is None
    assert group_members(group) == ()


@pytest.mark.slow
def test_two_for_one_folder(vllm: Path, model: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with start(home, model, "--port", "0") as first:
        assert first.stdout is not None
        first.stdout.readline()
        with start(home, model, "--port", "0") as second:
            _, err = second.communicate(timeout=150)
        assert second.returncode == 4
        assert str(first.pid) in err
        assert running(home)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=150)


@pytest.mark.slow
def test_a_server_that_cannot_start(
    vllm: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lives").write_text("crash")
    monkeypatch.setenv("STUB_LIVES", str(tmp_path / "lives"))
    with start(tmp_path / "home", model, "--port", "0") as command:
        out, err = command.communicate(timeout=150)
    assert (command.returncode, out) == (4, "")
    assert "made of butter" in err.splitlines()[-1]
    assert "serve.log" in err.splitlines()[-1]


def children(pid: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in done.stdout.split()]
