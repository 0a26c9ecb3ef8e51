"""The command line and the environment with which a vLLM server is started.

Invariant: the server listens on loopback or on a Unix socket only, and its key is in its
environment, never on a command line that other users of the machine can read.
"""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.serving.choice import Choice, cpu_cache, gpu_budget
from agent.serving.engine import Engine
from agent.serving.faults import ServingUsageError
from agent.serving.machine import Machine

HOST = "127.0.0.1"
USUAL_PORT = 8000
CONTEXT = 8192  # tokens: instructions, question, reference, key points and an answer in parts
_BFLOAT16_FROM = 8.0  # compute capability
_CPU_BLOCK = "32"  # tokens; the CPU's attention wants multiples of 32
_LONGEST_SOCKET = 100  # bytes of a path; the system takes 104 to 108
INVARIANT = "VLLM_BATCH_INVARIANT"  # its kernels are of GPUs; a CPU build dies of them
# Nothing of Greenroom's own interpreter may reach the other one, and no secret that is not its.
_LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP")
_OURS = ("--model", "--served-model-name", "--host", "--port", "--uds", "--api-key", "--config")
# One token at a time has no room for white space: without this a model may write blanks for ever.
_STRUCTURED = json.dumps({"backend": "xgrammar", "disable_any_whitespace": True})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: a port of this machine, or a Unix socket."""

    port: int = USUAL_PORT
    uds: Path | None = None

    @property
    def root(self) -> str:
        """The address without a path."""
        return "http://localhost" if self.uds else f"http://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The address of the OpenAI-compatible API."""
        return f"{self.root}/v1"


@dataclass(frozen=True, slots=True)
class Launch:
    """All that a start needs. `more` are options handed on to vLLM as they are."""

    engine: Engine
    choice: Choice
    address: Address
    machine: Machine
    key: str = field(repr=False)
    context: int = CONTEXT
    more: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """The context to ask for: no more than the model was made for."""
        return min(self.context, self.choice.context or self.context)


def checked_options(more: Sequence[str]) -> tuple[str, ...]:
    """Options for vLLM, as they are. Raises ServingUsageError for one that Greenroom sets itself:
    the server could then not be found, or be reached from other machines."""
    for option in more:
        name = option.partition("=")[0].replace("_", "-")
        # vLLM takes a beginning of an option's name for the option.
        if len(name) > 2 and name.startswith("--") and any(own.startswith(name) for own in _OURS):
            raise ServingUsageError(
                f"{name} is not handed on to vLLM: Greenroom sets it (see greenroom serve --help)"
            )
    return tuple(more)


def find_address(port: int | None, uds: Path | None) -> Address:
    """The address that was asked for, or a free one. Raises ServingUsageError where it is taken."""
    if uds is not None:
        return Address(uds=_socket_path(uds))
    if port:
        if not _free(port):
            raise ServingUsageError(
                f"port {port} is in use: stop what has it, or choose another --port"
            )
        return Address(port)
    if port is None and _free(USUAL_PORT):
        return Address(USUAL_PORT)
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        return Address(int(chosen.getsockname()[1]))


def _socket_path(path: Path) -> Path:
    path = path.expanduser().absolute()
    if len(bytes(path)) > _LONGEST_SOCKET:
        raise ServingUsageError(f"--uds {path} is too long for a socket: choose a shorter path")
    if not path.parent.is_dir():
        raise ServingUsageError(f"--uds {path}: there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_socket():
        raise ServingUsageError(f"--uds {path} is there and is no socket: choose another path")
    return path


def _free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True


def command(launch: Launch) -> list[str]:
    """The command line; options of `more` come last, so that they win."""
    engine, choice = launch.engine, launch.choice
    model = [choice.source] if engine.takes_name else ["--model", choice.source]
    options = [
        *("--served-model-name", choice.name),
        *("--max-model-len", str(launch.tokens)),
        *("--structured-outputs-config", _STRUCTURED),
        *("--generation-config", "vllm"),  # sampling as asked for, not as the model's file says
        "--enable-prefix-caching",
        *("--uvicorn-log-level", "warning"),  # no line a request: the log stays readable
    ]
    if launch.address.uds:
        options += ["--uds", str(launch.address.uds)]
    else:
        options += ["--host", HOST, "--port", str(launch.address.port)]
    return [*engine.start, *model, *options, *_device_options(launch), *launch.more]


def _device_options(launch: Launch) -> list[str]:
    if not launch.engine.on_gpu:
        # Compiling takes minutes on a CPU and needs a compiler that may not be there. Only whole
        # blocks are cached: of the usual 128 tokens, each point would read half a block again.
        return ["--dtype", "bfloat16", "--enforce-eager", "--block-size", _CPU_BLOCK]
    gpu = launch.machine.gpu
    if gpu is None:
        return []
    share = math.floor(gpu_budget(gpu) / gpu.total_gib * 100) / 100
    number = ["--dtype", "half"] if gpu.capability < _BFLOAT16_FROM else []
    return ["--gpu-memory-utilization", f"{share:.2f}", *number]


def environment(launch: Launch, given: Mapping[str, str]) -> dict[str, str]:
    """The server's environment, from the one that is `given`; what a person has set there stays,
    but for what the build that is there dies of."""
    kept = {
        name: value
        for name, value in given.items()
        if name not in _LEFT_OUT and not name.startswith("GREENROOM_")
    }
    if not launch.engine.on_gpu:
        kept.pop(INVARIANT, None)
    kept.setdefault("VLLM_CPU_KVCACHE_SPACE", str(cpu_cache(launch.machine)))
    if launch.choice.download_gb == 0:
        kept["HF_HUB_OFFLINE"] = "1"
    return {
        **kept,
        "VLLM_API_KEY": launch.key,
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",  # the log shows what happened before a crash
    }
