"""What a server keeps for reuse is bounded before PyTorch is there, and bounds no result."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ui import chat
from ui.web import memory, server

# Multiplies by 300 shapes in each of three threads; prints the MiB by which what is held by malloc
# grew, and a hash of the products.
SCRIPT = """
import ctypes, hashlib, os, sys, threading
from ui.web import memory
if sys.argv[1] == "bounded":
    memory.bound(os.environ)
import torch
class Info(ctypes.Structure):
    _fields_ = [(f"f{i}", ctypes.c_size_t) for i in range(10)]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info
torch.set_num_threads(1)
torch.manual_seed(0)
weight, bias = torch.randn(384, 384).bfloat16(), torch.randn(384).bfloat16()
rows = torch.randn(400, 384).bfloat16()
made = hashlib.sha256()
def work():
    with torch.inference_mode():
        for n in range(100, 400):
            product = torch.nn.functional.linear(rows[:n], weight, bias)
            made.update(product.float().numpy().tobytes())
with torch.inference_mode():
    torch.nn.functional.linear(rows[:99], weight, bias)
before = libc.mallinfo2().f7
ready, done = threading.Barrier(3), threading.Barrier(4)
turn = threading.Lock()
def alive():
    ready.wait()
    with turn:
        work()
    done.wait()
    done.wait()
threads = [threading.Thread(target=alive) for _ in range(3)]
[t.start() for t in threads]
done.wait()
print((libc.mallinfo2().f7 - before) / 2**20, made.hexdigest())
done.wait()
"""


def grown(how: str) -> tuple[float, str]:
    """The growth in MiB, and what was computed."""
    free = {k: v for k, v in os.environ.items() if k not in (*memory.KEPT, memory.ARENAS)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, env=free, check=True
    )
    growth, made = done.stdout.split()
    return float(growth), made


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc what is held")
def test_many_shapes_in_many_threads_are_not_all_kept_and_give_the_same() -> None:
    _, free_made = grown("free")  # 100 MiB and more, but for processors that compile nothing
    bounded, bounded_made = grown("bounded")
    assert bounded < 60
    assert bounded_made == free_made


def test_what_the_environment_says_stands() -> None:
    heaps: list[int] = []
    said = {"LRU_CACHE_CAPACITY": "3", memory.ARENAS: "9"}
    memory.bound(said, heaps.append)
    assert said["LRU_CACHE_CAPACITY"] == "3"
    assert said["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "128"
    assert heaps == []
    memory.bound({}, heaps.append)
    assert heaps == [memory.HEAPS]


def test_chat_bounds_memory_before_a_grader_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(memory, "bound", lambda _: seen.append("bounded"))
    monkeypatch.setattr(chat, "open_workspace", lambda *_: SimpleNamespace())
    monkeypatch.setattr(chat, "settle_grader", lambda _: seen.append("grader"))
    monkeypatch.setattr(server, "serve", lambda *_, **__: seen.append("served"))
    chat.chat(no_browser=True)
    assert seen == ["bounded", "grader", "served"]
