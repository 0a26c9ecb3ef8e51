"""Which model to serve: the one that was named, or the best that fits the memory of the machine.

Invariant: a choice says which model, why, and what must be downloaded; nothing is downloaded here.
A model that is on the disk is preferred to a larger one that is not, so that a machine without a
network serves what it has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from agent.serving.faults import ServingError, ServingUsageError
from agent.serving.machine import Gpu, Machine
from agent.serving.weights import Weights, in_cache, in_folder

_GB = 10**9 / 2**30  # in GiB
GPU_SHARE = 0.9  # of a graphics processor's memory; the rest is for the screen and the driver
GPU_KEPT = 0.5  # GiB of its free memory that are not touched
CPU_KEPT = 4.0  # GiB of main memory: the server's own, Greenroom's and the person's programs
FP8_FROM = 8.9  # compute capability that multiplies 8-bit floats
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A model that Greenroom proposes. `size_gb`: its weights, about, in 10⁹ bytes."""

    name: str
    size_gb: float
    on_cpu: bool = False
    capability: float = 0.0

    def need_gib(self, spare_gib: float) -> float:
        """Memory for the weights, and for what is computed from them."""
        return self.size_gb * _GB * 1.05 + spare_gib


# Sizes from the models' pages; best first. On a CPU more than 2 billion parameters would keep the
# candidate waiting.
KNOWN = (
    Known("Qwen/Qwen3-32B-FP8", 34.0, capability=FP8_FROM),
    Known("Qwen/Qwen3-14B", 29.6),
    Known("Qwen/Qwen3-8B", 16.4),
    Known("Qwen/Qwen3-4B", 8.1),
    Known("Qwen/Qwen3-1.7B", 4.1, on_cpu=True),
    Known("Qwen/Qwen3-0.6B", 1.5, on_cpu=True),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to serve. `source`: a folder or a hub's name. `name`: what clients call it.
    `why`: a sentence for the person. `download_gb`: 0 where it is on the disk, None if unknown."""

    source: str
    name: str
    why: str
    download_gb: float | None
    context: int | None


def gpu_budget(gpu: Gpu) -> float:
    """GiB of a graphics processor that a server may take."""
    return max(0.0, min(gpu.total_gib * GPU_SHARE, gpu.free_gib - GPU_KEPT))


def cpu_cache(machine: Machine) -> int:
    """GiB of main memory for what the model keeps of texts it has read."""
    return 4 if machine.free_gib >= 16 else 2


def choose(machine: Machine, *, on_gpu: bool) -> Choice:
    """The best known model that fits; one on the disk first. Raises ServingError where none does.

    `on_gpu`: whether the installed vLLM computes on a graphics processor.
    """
    gpu = machine.gpu if on_gpu else None
    fitting = _on_gpu(gpu) if gpu else _on_cpu(machine)
    where = _where(machine, gpu)
    if not fitting:
        smallest = KNOWN[-1]
        raise ServingError(
            f"no known model fits: the smallest, {smallest.name}, needs "
            f"{_spared(smallest, gpu, machine):.0f} GiB, and there are {where}; close other "
            "programs, or name a smaller one with --model"
        )
    best = fitting[0]
    for known in fitting:
        if found := in_cache(known.name):
            larger = "" if known is best else f"; {best.name} would fit but is not on this disk"
            why = f"the best known model on this disk that fits {where}{larger}"
            return Choice(known.name, _short(known.name), why, 0.0, found.context)
    why = f"the best known model that fits {where}"
    return Choice(best.name, _short(best.name), why, best.size_gb, None)


def named(model: str, machine: Machine, *, on_gpu: bool) -> Choice:
    """The model of a folder or of a hub's name. Raises ServingUsageError where it is neither."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        weights = in_folder(folder.resolve())
        if weights is None:
            raise ServingUsageError(
                f"{folder} holds no whole model: config.json and its files of weights "
                "(*.safetensors) belong there"
            )
        why = f"as named{_tightness(weights, machine, on_gpu=on_gpu)}"
        return Choice(str(weights.folder), weights.folder.name, why, 0.0, weights.context)
    if not _NAME.fullmatch(model):
        raise ServingUsageError(
            f"--model {model!r} is neither a folder nor a name such as {KNOWN[-2].name}"
        )
    if found := in_cache(model):
        why = f"as named, from this disk{_tightness(found, machine, on_gpu=on_gpu)}"
        return Choice(model, _short(model), why, 0.0, found.context)
    sizes = {known.name: known.size_gb for known in KNOWN}
    return Choice(model, _short(model), "as named", sizes.get(model), None)


def _on_gpu(gpu: Gpu) -> list[Known]:
    budget = gpu_budget(gpu)
    return [k for k in KNOWN if _need(k) <= budget and k.capability <= gpu.capability]


def _on_cpu(machine: Machine) -> list[Known]:
    room = machine.free_gib - CPU_KEPT - cpu_cache(machine)
    return [k for k in KNOWN if k.on_cpu and k.need_gib(0) <= room]


def _need(known: Known) -> float:
    """GiB on a graphics processor: a tenth more than the weights, and room for texts."""
    return known.need_gib(2.0 + known.size_gb * 0.05)


def _spared(known: Known, gpu: Gpu | None, machine: Machine) -> float:
    return _need(known) if gpu else known.need_gib(CPU_KEPT + cpu_cache(machine))


def _where(machine: Machine, gpu: Gpu | None) -> str:
    if gpu:
        return f"{gpu.free_gib:.0f} GiB free on {gpu.name}"
    slow = "" if machine.bfloat16 else "; without bfloat16 in the processor it will be slow"
    return f"{machine.free_gib:.0f} GiB of free memory ({machine.cores} CPU cores{slow})"


def _tightness(weights: Weights, machine: Machine, *, on_gpu: bool) -> str:
    gpu = machine.gpu if on_gpu else None
    room = gpu_budget(gpu) if gpu else machine.free_gib - CPU_KEPT
    if weights.size_gb * _GB <= room:
        return ""
    return f" (its {weights.size_gb:.0f} GB may not fit: {_where(machine, gpu)})"


def _short(name: str) -> str:
    return name.rpartition("/")[2]
