"""How much memory a server that runs for weeks keeps beside Python's own objects.

Three things grow with the answers though nothing leaks. PyTorch multiplies bfloat16 through oneDNN,
which compiles code for every shape of a matrix, about 0.3 MB each. What is read at once has any
multiple of sixteen rows, and a number of rows makes five shapes and those of attention. oneDNN
keeps 1,024 of them for the process, and the layer that PyTorch puts over it 1,024 more for each
thread that graded. And glibc gives threads heaps of their own, eight for each processor, in which
lies idle what was freed.

Invariant: what stands in the environment is left as it is, and no mark changes: code is compiled
again where it is no longer kept, and is the same then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, MutableMapping

# Kernels that are kept: for the process, of some twenty numbers of rows; for each thread, of those
# that it reads now.
KEPT = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "128", "LRU_CACHE_CAPACITY": "8"}
HEAPS = 2
ARENAS = "MALLOC_ARENA_MAX"
_M_ARENA_MAX = -8  # of glibc's malloc.h


def bound(
    environment: MutableMapping[str, str], allow_heaps: Callable[[int], object] | None = None
) -> None:
    """Keep little for reuse in this process; to be called before PyTorch is imported and before
    threads are started. `allow_heaps` sets how many heaps there may be (by default glibc does,
    where the C library is glibc)."""
    for name, kernels in KEPT.items():
        environment.setdefault(name, kernels)
    if ARENAS not in environment:  # glibc itself reads it, but only when a process starts
        (allow_heaps or _allow_heaps)(HEAPS)


def _allow_heaps(most: int) -> None:
    if sys.platform != "linux":
        return
    import ctypes

    # Other C libraries of Linux have one heap, and no such function.
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(_M_ARENA_MAX, most)
