"""Taking in the files that a person drops on the page: named safely, kept in the data folder, read.

Invariant: a file's name is only a name; nothing is written outside `documents` in the data folder,
and a new version that cannot be read leaves the old one in place.
"""

from __future__ import annotations

import queue
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from index.changes import document_id
from index.copies import ARRIVING, BEFORE, COPIES
from index.report import IngestRow
from ui.text import one_line

if TYPE_CHECKING:
    from agent.workspace import Workspace

MOST_FILES = 100  # in one go
MOST_BYTES = 20 * 2**20  # a file
LONGEST_NAME = 160  # bytes of a file's name; folders allow 255
_LISTEN_S = 0.5  # between two looks whether the work still goes on
DIED = "Reading ended by a defect; the log says more. What was read is kept; try again."
_SIGNS = '/\\:*?"<>|'  # that some system cannot have in a name


class UploadError(GreenroomError):
    """The files cannot be taken in; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is: the files by name, those that are read, and at the end a row for each
    file and what went wrong with all of them."""

    names: tuple[str, ...]
    read: frozenset[str] = frozenset()
    rows: tuple[IngestRow, ...] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A file in its lasting place; `before` is where its former version waits."""

    path: Path
    before: Path | None


News = queue.SimpleQueue[Progress]


class Uploads:
    """Takes files into one data folder, one upload at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where files that were dropped on the page are kept."""
        return self._workspace.home.resolve() / COPIES

    def take(self, paths: Sequence[str]) -> Iterator[Progress]:
        """Move uploaded files into `folder` and read them; says how far it is, at the end what
        became of each. What was begun is finished, even where nobody asks for more.

        Raises UploadError where there are too many, or where one is no upload.
        """
        if len(paths) > MOST_FILES:
            raise UploadError(f"{len(paths)} files at once; drop at most {MOST_FILES}")
        sources = [self._uploaded(path) for path in paths]
        yield from _told(lambda news: self._take(sources, news))

    def again(self) -> Iterator[Progress]:
        """Read the files of all documents of the person again, those that are still there; says how
        far it is, at the end what became of each."""
        documents = self._workspace.ready().documents("user")
        paths = [path for path in (Path(d.path) for d in documents) if path.exists()]
        yield from _told(lambda news: self._reread(paths, news))

    def _uploaded(self, path: str) -> Path:
        found = Path(path).resolve()
        if not found.is_relative_to(self._workspace.home.resolve() / ARRIVING):
            raise UploadError(f"{found.name!r} is no uploaded file; drop it on the page")
        return found

    def _reread(self, paths: Sequence[Path], news: News) -> None:
        now = Progress(tuple(path.name for path in paths))
        news.put(now)
        with self._lock:
            try:
                rows = self._read(paths, now, news)
                news.put(replace(now, rows=tuple(rows.values())))
            except (GreenroomError, OSError) as error:
                news.put(replace(now, rows=(), problem=str(error)))

    def _read(self, paths: Sequence[Path], now: Progress, news: News) -> dict[Path, IngestRow]:
        """Ingest files, telling of each; the rows by the file's path."""
        read: set[str] = set()

        def tell(_done: int, _total: int, name: str) -> None:
            read.add(name)
            news.put(replace(now, read=frozenset(read)))

        report = self._workspace.ingest(paths, on_progress=tell)
        return {Path(row.path): row for row in report.rows}

    def _take(self, sources: Sequence[Path], news: News) -> None:
        names = tuple(_numbered([safe_name(source.name) for source in sources]))
        now = Progress(names)
        news.put(now)
        placed: list[_Placed] = []
        rows: dict[Path, IngestRow] = {}
        last: Progress | None = None  # stays so where reading dies; `_told` says it then
        with self._lock:
            try:
                for source, name in zip(sources, names, strict=True):
                    if source.stat().st_size > MOST_BYTES:
                        rows[self.folder / name] = _too_large(self.folder / name)
                    else:
                        placed.append(self._place(source, name))
                rows |= self._read([item.path for item in placed], now, news)
                while placed:
                    _settle(placed[0], rows.get(placed[0].path))
                    del placed[0]
                found = (rows.get(self.folder / name) for name in names)
                last = replace(now, rows=tuple(row for row in found if row))
            except (GreenroomError, OSError) as error:
                last = replace(now, rows=(), problem=str(error))
            finally:
                for item in placed:
                    _settle(item, None)
                for source in sources:
                    _discard(source)
                if last:
                    news.put(last)

    def _place(self, source: Path, name: str) -> _Placed:
        waiting = self.folder / BEFORE
        waiting.mkdir(parents=True, exist_ok=True, mode=0o700)
        target, before = self.folder / name, None
        if target.exists():
            before = waiting / name
            target.replace(before)
        source.replace(target)
        target.chmod(0o600)
        return _Placed(target, before)


def _told(work: Callable[[News], None]) -> Iterator[Progress]:
    """What work in a thread of its own tells; it goes on where nobody listens any more. Where it
    dies, that is the last thing told; why stands in the server's log."""
    news: News = queue.SimpleQueue()
    thread = threading.Thread(target=work, args=(news,), daemon=True)
    thread.start()
    progress = Progress(())
    while progress.rows is None:
        alive = thread.is_alive()  # asked first: what a thread told before its end is in the queue
        try:
            progress = news.get(timeout=_LISTEN_S)
        except queue.Empty:
            if alive:
                continue
            progress = replace(progress, rows=(), problem=DIED)
        yield progress


def safe_name(name: str) -> str:
    """A name for a file in our folder, made of one from outside: no folder, no control signs, not
    hidden, not too long; its ending stays."""
    plain = one_line(unicodedata.normalize("NFC", name))
    plain = "".join("_" if sign in _SIGNS else sign for sign in plain).strip(" ~$.")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    ending = _cut(ending, 12).rstrip()
    stem = _cut(stem, LONGEST_NAME - len(ending.encode()) - 1).strip(" .")
    return f"{stem or 'document'}{dot}{ending}"


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def _numbered(names: Sequence[str]) -> Iterator[str]:
    """The names, those that come again with a number: two files of one upload are two documents."""
    taken: set[str] = set()
    for name in names:
        path, number, free = Path(name), 2, name
        while free.casefold() in taken:
            free = f"{path.stem} ({number}){path.suffix}"
            number += 1
        taken.add(free.casefold())
        yield free


def _too_large(path: Path) -> IngestRow:
    reason = f"has more than {MOST_BYTES >> 20} MB; split it, or use `greenroom ingest`"
    return IngestRow(document_id(path), str(path), None, None, "failed", reason)


def _settle(item: _Placed, row: IngestRow | None) -> None:
    """Keep a file that was read; take one away that was not, and bring its old version back."""
    if row is not None and row.state not in ("failed", "skipped"):
        if item.before:
            item.before.unlink(missing_ok=True)
        return
    if item.before and (row is None or row.state == "failed"):
        item.before.replace(item.path)
        return
    for path in (item.path, item.before):
        if path:
            path.unlink(missing_ok=True)


def _discard(source: Path) -> None:
    """Leave nothing of an upload behind in the folder for temporary files."""
    source.unlink(missing_ok=True)
    try:
        source.parent.rmdir()
    except OSError:
        return  # other files lie there
