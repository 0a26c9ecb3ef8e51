"""The child process of `corpus.sandbox`: reads and digests one file after another, under limits.

Started as ``python -m corpus.sandboxed MEGABYTES SECONDS``; a request and its reply are each one
line of JSON. Invariant: stdout carries replies only, and an error that no reader foresaw ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from corpus.schema import Digest, Document, Source, UnreadableError


@dataclass(frozen=True, slots=True)
class Reply:
    """What the child says of one file: a digest, or why there is none. After a `final` reply the
    child ends."""

    digest: Digest | None = None
    error: str | None = None
    final: bool = False


def too_big(megabytes: int) -> str:
    """The reason that a file is given for which `megabytes` (MiB) do not suffice."""
    return f"needs more than {megabytes} MB of memory to read"


def main(megabytes: int, seconds: float) -> None:
    """The child: answer each request on stdin with a line on stdout, until stdin ends.

    An error that no reader foresaw ends the child, after its reply: state that a parser left
    behind must not reach the next file.
    """
    requests = sys.stdin.buffer
    # What a library prints must not get between the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # a parent that ignores it hands that on
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})

    memory = _last_words(too_big(megabytes))  # made while there is memory to make it

    def hook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        words = memory if kind is MemoryError else _last_words(_describe(kind, error))
        replies.write(words)
        replies.flush()

    sys.excepthook = hook
    from pydantic import TypeAdapter

    import corpus.digest
    import corpus.readers  # noqa: F401  # loading them takes none of the first file's time

    adapter = TypeAdapter(Reply)
    _limit(megabytes)
    replies.write(b"\n")
    replies.flush()
    for line in requests:
        asked = json.loads(line)
        _allow_cpu(seconds)
        replies.write(adapter.dump_json(_answer(**asked)) + b"\n")
        replies.flush()


def _last_words(reason: str) -> bytes:
    return json.dumps({"error": reason, "final": True}).encode() + b"\n"


def _describe(kind: type[BaseException], error: BaseException) -> str:
    if kind is RecursionError:
        return "nested too deeply to read"
    said = " ".join(str(error).split())[:200]
    return f"damaged: its reader failed ({kind.__name__}{': ' if said else ''}{said})"


def _answer(path: str, id: str, source: Source) -> Reply:
    import hashlib

    from corpus.digest import digest
    from corpus.readers import extract, load

    try:
        data = load(Path(path))
        found = extract(data, Path(path))
    except UnreadableError as error:
        return Reply(error=error.reason)
    sha256 = hashlib.sha256(data).hexdigest()
    del data
    document = Document(id, path, found.title, found.media_type, source, sha256, found.text)
    return Reply(digest=digest(document))


def _limit(megabytes: int) -> None:
    """Bound memory, forbid writing files and core dumps. Without `resource`, only time bounds."""
    try:
        import resource
    except ImportError:
        return
    memory = megabytes << 20
    for which, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is already in force
            resource.setrlimit(which, (limit, limit))


def _allow_cpu(seconds: float) -> None:
    """Give the next file its processor time: SIGPROF ends a child that has used it up."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
