"""The memory and the processors of this machine, as far as they decide which model it can serve.

Invariant: looking starts nothing but ``nvidia-smi`` and never fails; what cannot be read counts as
not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from index.threads import cores

_GIB = 2**30
_QUERY = "name,memory.total,memory.free,compute_cap"
_SECONDS = 15.0  # nvidia-smi takes some where the driver sleeps


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor. `total_gib`, `free_gib`: its memory. `capability`: as NVIDIA counts."""

    name: str
    total_gib: float
    free_gib: float
    capability: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is. `free_gib`: main memory that can be taken without swapping."""

    free_gib: float
    cores: int
    bfloat16: bool
    gpus: tuple[Gpu, ...] = ()

    @property
    def gpu(self) -> Gpu | None:
        """The graphics processor with the most free memory."""
        return max(self.gpus, key=lambda gpu: gpu.free_gib, default=None)


def look(root: Path = Path("/")) -> Machine:
    """This machine, read from the files under `root` and from ``nvidia-smi``."""
    return Machine(_free_gib(root), cores(), _bfloat16(root), gpus())


def gpus() -> tuple[Gpu, ...]:
    """The NVIDIA processors that ``nvidia-smi`` lists; none where it is missing or fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ()
    return tuple(filter(None, map(_gpu, done.stdout.splitlines())))


def _gpu(line: str) -> Gpu | None:
    """A row of nvidia-smi, which counts memory in MiB; None where a field has no number."""
    name, *numbers = (part.strip() for part in line.rsplit(",", 3))
    try:
        total, free, capability = map(float, numbers)
    except ValueError:  # "[N/A]", as for a processor that is split into parts
        return None
    return Gpu(name, total / 1024, free / 1024, capability)


def _bfloat16(root: Path) -> bool:
    """Whether the processor multiplies bfloat16 natively."""
    flags = _read(root / "proc/cpuinfo")
    return "amx_bf16" in flags or "avx512_bf16" in flags


def _free_gib(root: Path) -> float:
    """What the system could give now, or what is left of this container's limit if that is less."""
    system = _available(root)
    limit = _left_in_container(root)
    return (system if limit is None else min(system, limit)) / _GIB


def _available(root: Path) -> float:
    for line in _read(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) * 1024
    try:  # no such file there: take half of what is built in for free
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2
    except (AttributeError, ValueError, OSError):
        return 0.0


def _left_in_container(root: Path) -> float | None:
    """Bytes left under the limit of the control group (version 2); None without a limit."""
    group = root / "sys/fs/cgroup"
    limit, used = (_read(group / name).strip() for name in ("memory.max", "memory.current"))
    if not (limit.isdecimal() and used.isdecimal()):
        return None
    counts = dict(
        line.split(maxsplit=1) for line in _read(group / "memory.stat").splitlines() if " " in line
    )
    given_back = counts.get("inactive_file", "0").strip()  # cached files, dropped when needed
    cached = int(given_back) if given_back.isdecimal() else 0
    return float(max(0, int(limit) - int(used) + cached))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
