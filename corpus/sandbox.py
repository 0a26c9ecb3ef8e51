"""Parsers at arm's length: files are read and digested in a child process under limits.

One child (`corpus.sandboxed`) serves many files and is started again after it was killed.
Invariant: nothing of what the child sends is used before it is validated, and no file can take more
than the time and memory it is given.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from corpus.sandboxed import Reply, too_big
from corpus.schema import Digest, Removed, Source, Span, UnreadableError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LARGEST_REPLY = 1 << 29  # bytes
_STARTUP = 120.0  # wall-clock seconds in which a child must have started
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


class Sandbox:
    """Reads and digests files in a child process; a context manager. Not for several threads.

    `seconds`: processor time per file, whatever else the machine does. `patience`: wall-clock
    seconds after which a file that uses none of it has hung. `megabytes`: address space of the
    child (MiB), which the interpreter and its libraries share. Processor time and memory are
    bounded where the platform has timers and resource limits.
    """

    def __init__(
        self, seconds: float = 60, megabytes: int = 2048, patience: float = 15 * 60
    ) -> None:
        self._seconds = seconds
        self._patience = patience
        self._megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._adapter: TypeAdapter[Reply] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the child. The next file starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        _kill(child)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def digest(self, path: Path, document_id: str, source: Source) -> Digest:
        """What the file at `path` (absolute, links resolved) holds.

        Raises UnreadableError, whose reason is one clause, where the file cannot be read, has
        vanished, or needs more time or memory than a file may.
        """
        request = {"path": str(path), "id": document_id, "source": source}
        line = self._exchange(json.dumps(request).encode() + b"\n")
        reply = self._parse(line)
        if reply.final:
            self.close()
        if reply.digest is None:
            if reply.error is None:
                raise UnreadableError("its reader gave no answer")
            raise UnreadableError(reply.error)
        problem = _mismatch(reply.digest, path, document_id, source)
        if problem:
            self.close()
            raise UnreadableError(f"its reader gave a wrong answer: {problem}")
        return reply.digest

    def _exchange(self, request: bytes) -> bytes:
        """Send one request, return the line that answers it; a child that fails is put down."""
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            self._start()
        child = self._child
        assert child is not None
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the missing reply tells
            child.stdin.write(request)
            child.stdin.flush()
        try:
            line = self._replies.get(timeout=self._patience)
        except queue.Empty:
            self.close()
            raise UnreadableError(
                f"its reader hung: no answer in {self._patience:g} seconds"
            ) from None
        if not line.endswith(b"\n"):
            reason = self._cause_of_death(child)
            self.close()
            raise UnreadableError(reason)
        return line

    def _start(self) -> None:
        replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        child = subprocess.Popen(
            [sys.executable, "-m", "corpus.sandboxed", str(self._megabytes), str(self._seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        assert child.stdout is not None
        threading.Thread(target=_pump, args=(child.stdout, replies), daemon=True).start()
        self._child, self._replies = child, replies
        self._prepare()  # while the child starts
        try:
            ready = replies.get(timeout=_STARTUP)
        except queue.Empty:
            ready = b""
        if ready != b"\n":
            reason = f"the reading process did not start ({self._cause_of_death(child)})"
            self.close()
            raise UnreadableError(reason)

    def _cause_of_death(self, child: subprocess.Popen[bytes]) -> str:
        try:
            code = child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "its reader gave an answer that is too long"
        out_of_memory = {-signal.SIGABRT, -getattr(signal, "SIGKILL", signal.SIGABRT)}
        if code in out_of_memory:
            return too_big(self._megabytes)
        if code == -getattr(signal, "SIGPROF", 0):
            return f"needs more than {self._seconds:g} seconds of processor time to read"
        if code < 0:
            return f"damaged: its reader crashed ({signal.Signals(-code).name})"
        return f"its reader stopped with exit code {code}"

    def _prepare(self) -> TypeAdapter[Reply]:
        if self._adapter is None:
            from pydantic import TypeAdapter

            self._adapter = TypeAdapter(Reply)
        return self._adapter

    def _parse(self, line: bytes) -> Reply:
        from pydantic import ValidationError

        try:
            return self._prepare().validate_json(line)
        except ValidationError as error:
            self.close()
            raise UnreadableError(
                f"its reader gave a wrong answer: {error.error_count()} fields are not as agreed"
            ) from None


def _pump(pipe: IO[bytes], replies: queue.SimpleQueue[bytes]) -> None:
    """Hand on the child's lines; an incomplete one (or b"") says that it ended."""
    with contextlib.suppress(OSError, ValueError):  # closed by the other thread
        while True:
            line = pipe.readline(_LARGEST_REPLY)
            replies.put(line)
            if not line.endswith(b"\n"):
                return


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _environment() -> dict[str, str]:
    """What the child needs of the environment; keys and tokens stay here."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    home = str(Path(__file__).resolve().parents[1])
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    # The same file gives the same digest: no randomised hashes, no threads racing.
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
    }


def _mismatch(digest: Digest, path: Path, document_id: str, source: Source) -> str | None:
    """What in a digest does not stand in the document's text; None where all does."""
    document = digest.document
    if (document.id, document.path, document.source) != (document_id, str(path), source):
        return "it speaks of another file"
    pieces: list[Removed | Span] = [*digest.removed, *(t.span for t in digest.curriculum)]
    for question in digest.questions:
        pieces += question.reference.spans if question.reference else ()
        pieces += [p.span for p in question.key_points if p.span]
    if any(isinstance(p, Span) and p.document_id != document_id for p in pieces):
        return "it cites another file"
    claims = [(c.start, c.end, c.text) for c in digest.chunks]
    claims += [(p.start, p.end, p.quote if isinstance(p, Span) else p.text) for p in pieces]
    for start, end, text in claims:
        if not 0 <= start < end or document.text[start:end] != text:
            return f"the passage {start}:{end} is not what stands there"
    return None
