"""The child process: limits, deaths, restarts, and answers that are not believed.

The child gets a stand-in for ``corpus.digest`` (through ``sitecustomize`` on its path) that does
what the document's first word says, so that each kind of death can be had on demand.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.sandbox import Sandbox
from corpus.schema import Digest, UnreadableError

STAND_IN = """
import os, signal, sys, time, types

BEGUN = [0.0]

def digest(document):
    import dataclasses
    from corpus.schema import Chunk, Digest
    word = document.text.split()[0]
    text = document.text
    if word == "SLEEP":
        time.sleep(600)
    if word == "NAP":
        time.sleep(float(text.split()[1]))
    if word == "WORK":
        while time.process_time() - BEGUN[0] < float(text.split()[1]):
            pass
        BEGUN[0] = time.process_time()
    if word == "SPIN":
        while True:
            pass
    if word == "MEMORY":
        hoard = [bytearray(1 << 24) for _ in range(1 << 20)]
    if word == "KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "SEGV":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "RAISE":
        raise KeyError("some\\nthing")
    if word == "RECURSE":
        digest(document)
    if word == "EXIT":
        os._exit(3)
    if word == "PRINT":
        print("this must not get between the replies", flush=True)
        os.system("echo nor this")
    if word == "WRITE":
        with open(text.split()[1], "w") as file:
            file.write("x" * 9)
    if word == "SHOW":
        text = " ".join(sorted(os.environ))
        document = dataclasses.replace(document, text=text)
    if word == "LIE":
        text = text.upper() + "?"
    if word == "OTHER":
        document = dataclasses.replace(document, id="another")
    chunk = Chunk(document.id, 0, 0, len(document.text), text, "", "prose")
    return Digest(document, (chunk,), (), ())

sys.modules["corpus.digest"] = types.SimpleNamespace(digest=digest)
"""
ID = "0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    return tmp_path


@pytest.fixture
def sandbox(folder: Path) -> Iterator[Sandbox]:
    with Sandbox(seconds=20, megabytes=512) as made:
        yield made


def digested(sandbox: Sandbox, folder: Path, text: str, name: str = "x.md") -> Digest:
    path = folder / name
    path.write_text(text)
    return sandbox.digest(path, ID, "user")


def reason(sandbox: Sandbox, folder: Path, text: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        digested(sandbox, folder, text)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def test_a_document_comes_back_whole(sandbox: Sandbox, folder: Path) -> None:
    text = "# Naïve 🚀 title\n\nbias–variance “quoted” שלום\n"
    document = digested(sandbox, folder, text, "my notes 🚀.md").document
    assert document.text == text
    assert document.title == "Naïve 🚀 title"
    assert (document.id, document.source) == (ID, "user")
    assert document.path == str(folder / "my notes 🚀.md")
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_one_child_serves_many_files(sandbox: Sandbox, folder: Path) -> None:
    digested(sandbox, folder, "first")
    child = sandbox._child
    assert reason(sandbox, folder, "").startswith("empty")
    digested(sandbox, folder, "second")
    assert sandbox._child is child


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("MEMORY", "needs more than 512 MB of memory"),
        ("KILL", "needs more than 512 MB of memory"),  # as the kernel does it
        ("SEGV", "crashed (SIGSEGV)"),
        ("RAISE", "KeyError: 'some\\nthing'"),
        ("RECURSE", "nested too deeply"),
        ("EXIT", "exit code 3"),
        ("LIE", "is not what stands there"),
        ("OTHER", "another file"),
    ],
)
def test_a_failure_has_a_reason_and_the_next_file_is_read(
    sandbox: Sandbox, folder: Path, word: str, said: str
) -> None:
    assert said in reason(sandbox, folder, f"{word} now")
    assert digested(sandbox, folder, "fine").document.text == "fine"
    assert said in reason(sandbox, folder, f"{word} again")


def test_a_reader_that_is_kept_waiting_is_not_cut_off(folder: Path) -> None:
    """A busy machine gives it little processor time a second; only what it uses counts."""
    with Sandbox(seconds=0.4) as sandbox:
        assert digested(sandbox, folder, "NAP 1").document.text == "NAP 1"


def test_every_file_has_its_own_processor_time(folder: Path) -> None:
    with Sandbox(seconds=0.4) as sandbox:
        for name in ("a.md", "b.md", "c.md", "d.md"):
            digested(sandbox, folder, "WORK 0.2", name)


def test_processor_time_is_limited_and_the_next_file_is_read(folder: Path) -> None:
    with Sandbox(seconds=0.3) as sandbox:
        said = reason(sandbox, folder, "SPIN")
        assert said == "needs more than 0.3 seconds of processor time to read"
        assert sandbox._child is None
        digested(sandbox, folder, "fine")


@pytest.mark.parametrize("blocked", [False, True])
def test_a_parent_that_wants_no_timer_signals_lifts_no_limit(folder: Path, blocked: bool) -> None:
    former = signal.signal(signal.SIGPROF, signal.SIG_DFL if blocked else signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF} if blocked else set())
    try:
        with Sandbox(seconds=0.3, patience=5) as sandbox:
            assert "processor time" in reason(sandbox, folder, "SPIN")
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGPROF, former)


def test_a_reader_that_hangs_is_given_up(folder: Path) -> None:
    with Sandbox(patience=0.5) as sandbox:
        started = time.monotonic()
        assert reason(sandbox, folder, "SLEEP") == "its reader hung: no answer in 0.5 seconds"
        assert time.monotonic() - started < 20
        assert sandbox._child is None


def test_a_child_that_died_between_two_files_is_replaced(sandbox: Sandbox, folder: Path) -> None:
    digested(sandbox, folder, "one")
    assert sandbox._child is not None
    sandbox._child.kill()
    sandbox._child.wait()
    digested(sandbox, folder, "two")


def test_what_a_parser_prints_does_no_harm(sandbox: Sandbox, folder: Path) -> None:
    assert digested(sandbox, folder, "PRINT it").document.text == "PRINT it"


def test_nothing_can_be_written(sandbox: Sandbox, folder: Path) -> None:
    target = folder / "written"
    assert "OSError" in reason(sandbox, folder, f"WRITE {target}")
    assert not target.exists() or target.stat().st_size == 0


def test_secrets_in_the_environment_stay_outside(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_LLM_API_KEY", "secret")
    shown = digested(sandbox, folder, "SHOW").document.text.split()
    assert "PYTHONHASHSEED" in shown
    assert "GREENROOM_LLM_API_KEY" not in shown


def test_a_document_that_vanished(sandbox: Sandbox, folder: Path) -> None:
    with pytest.raises(UnreadableError, match="vanished"):
        sandbox.digest(folder / "gone.md", ID, "user")


def test_close_ends_the_child_and_may_come_twice(folder: Path) -> None:
    with Sandbox() as sandbox:
        digested(sandbox, folder, "one")
        child = sandbox._child
        assert child is not None
    sandbox.close()
    assert child.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)


def test_no_child_is_started_before_the_first_file(folder: Path) -> None:
    with Sandbox() as sandbox:
        assert sandbox._child is None


def test_a_child_that_cannot_start_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Sandbox() as sandbox:
        assert "did not start" in reason(sandbox, folder, "one")


def test_a_digest_survives_the_way_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The real digest, tuples and all, is what comes out of the child."""
    from corpus.digest import digest

    path = tmp_path / "n.md"
    path.write_text("# Notes\n\n## What is a warp?\n\nA warp is 32 threads that run in step.\n")
    with Sandbox() as sandbox:
        found = sandbox.digest(path, ID, "user")
    assert dataclasses.asdict(found) == dataclasses.asdict(digest(found.document))
    assert found.chunks
