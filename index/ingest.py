"""From files to the store: compare, parse, embed, keep. Parsing runs ahead of the encoder.

Invariant: every file met has a row; a document whose new version fails keeps its old one; what was
finished before an interruption stays, and the next run goes on from there.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

from corpus.discover import Found, discover
from corpus.library import document_id as library_id
from corpus.library import library_folder, library_stamps, load_topic
from corpus.schema import CorpusError, Digest, Source
from index.ahead import ahead
from index.changes import Change, Comparison, document_id
from index.database import DatabaseError, NotTextError
from index.embedder import Embedder
from index.embedding import LOT, embed_digests, reembed
from index.report import IngestReport, IngestRow, State, printable
from index.store import Store
from index.store_rows import DIGEST_VERSION
from index.tokens import PackedEmbedding

AHEAD = 2 * LOT  # passages parsed and not yet embedded, but for one document more

_STATES: dict[str, State] = {
    "new": "indexed",
    "unchanged": "unchanged",
    "updated": "updated",
    "moved": "updated",
    "copy": "skipped",
}


class Parser(Protocol):
    """Turns a file into a digest, whatever the file holds; `corpus.sandbox.Sandbox` is one."""

    def digest(self, path: Path, document_id: str, source: Source) -> Digest:
        """Raises `CorpusError` where the file cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file before its embedding: `row` is as it will be reported if nothing fails from here on;
    `digest` is None where nothing has to be embedded."""

    position: int
    row: IngestRow
    change: Change | None = None
    digest: Digest | None = None

    @property
    def weight(self) -> int:
        return len(self.digest.chunks) if self.digest else 0


def ingest(
    paths: Sequence[Path],
    store: Store,
    embedder: Embedder,
    sandbox: Parser,
    when: datetime,
    dry_run: bool = False,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> IngestReport:
    """Bring the store up to date with files and folders; a dry run only says what would change.

    `on_progress` gets, as each file is finished, how many are, of how many, and its name. Raises
    `DatabaseError` where the store cannot be read, `ModelNotFoundError` where there is no encoder.
    """
    rows: dict[int, IngestRow] = {}

    def finish(position: int, row: IngestRow) -> None:
        rows[position] = row
        if on_progress:
            on_progress(len(rows), len(found), Path(printable(row.path)).name)

    found = tuple(discover(paths))
    prepared = _prepare(found, store, sandbox)
    for lot in ahead(prepared, lambda item: item.weight, LOT, AHEAD):
        if dry_run:
            for item in lot:
                finish(item.position, item.row)
            continue
        digests = [item.digest for item in lot if item.digest]
        embedded = iter(embed_digests(embedder, digests))
        for item in lot:
            packed = next(embedded) if item.digest else ()
            finish(item.position, _keep(item, packed, store, embedder, when))
    report = IngestReport(tuple(rows[position] for position in sorted(rows)))
    if report.changed and not dry_run:
        reembed(store, embedder)
    return report


def ingest_library(
    store: Store, when: datetime, folder: Traversable | None = None
) -> tuple[str, ...]:
    """Bring the bundled library (or the topics in `folder`) in the store up to date.

    Gives the slugs of the topics written anew. They can be asked at once and are found by search
    after `reembed`: nobody waits for the encoder before the first question. Topics no longer
    bundled are deleted. Raises `DatabaseError`, and `CorpusError` for a topic that is unsound.
    """
    folder = folder or library_folder()
    stored = {document.id: document for document in store.documents("library")}
    written = []
    for slug, stamp in library_stamps(folder).items():
        known = stored.pop(library_id(slug), None)
        if known and (known.sha256, known.digest_version) == (stamp, DIGEST_VERSION):
            continue
        store.put_unembedded(load_topic(folder, slug), when)
        written.append(slug)
    for gone in stored:
        store.delete(gone)
    return tuple(written)


def _prepare(found: Iterable[Found], store: Store, sandbox: Parser) -> Iterator[_Prepared]:
    """Compare and parse, file by file; runs in the thread that reads ahead."""
    comparison = Comparison(store)
    for position, item in enumerate(found):
        if item.problem is not None:
            yield _Prepared(position, _bare(item.path, _unused(item.path), item.problem))
            continue
        try:
            yield _prepare_one(position, item.path, store, comparison, sandbox)
        except CorpusError as error:
            yield _Prepared(position, _failed(item.path, str(error), store))
        except FileNotFoundError:
            reason = "vanished before it was read"
            yield _Prepared(position, _failed(item.path, reason, store))
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            yield _Prepared(position, _failed(item.path, reason, store))


def _prepare_one(
    position: int, path: Path, store: Store, comparison: Comparison, sandbox: Parser
) -> _Prepared:
    if not _is_text(path):
        raise CorpusError("its name is no valid text; rename it")
    change = comparison.change(path)
    state = _STATES[change.kind]
    if change.kind == "copy":
        row = _bare(path, state, "is a copy of another document")
        row = replace(row, id=change.id, duplicate_of=change.original)
        return _Prepared(position, row, change)
    if change.kind == "unchanged" and change.here:
        row = IngestRow.of_stored(
            change.here, store.removed(change.id), store.curriculum(change.id)
        )
        return _Prepared(position, row, change)
    digest = sandbox.digest(path, change.id, "user")
    comparison.took(change)
    reason = f"moved here from {change.former.path}" if change.former else None
    return _Prepared(position, IngestRow.of_digest(digest, state, reason), change, digest)


def _keep(
    item: _Prepared,
    packed: Sequence[PackedEmbedding],
    store: Store,
    embedder: Embedder,
    when: datetime,
) -> IngestRow:
    """Write one document to the store; the row to report."""
    change = item.change
    try:
        if change and item.digest:
            former = change.former.id if change.former else None
            store.put(item.digest, packed, embedder.name, when, replaces=former)
        elif change and change.kind == "copy" and change.here:
            store.delete(change.here.id)
            reason = "is now a copy of another document; what stood here before was removed"
            return replace(item.row, reason=reason)
    except NotTextError:
        return _failed(Path(item.row.path), "holds characters that are no text", store)
    except DatabaseError as error:
        return _failed(Path(item.row.path), str(error), store)
    return item.row


def _unused(path: Path) -> State:
    """Skipped is what is not for us (another type, a pipe, a link to nowhere); what a person meant
    and we cannot reach has failed."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "skipped" if path.is_symlink() else "failed"
    return "failed" if stat.S_ISDIR(mode) or not _is_text(path) else "skipped"


def _is_text(path: Path) -> bool:
    """Whether a path can be written as UTF-8."""
    return printable(str(path)) == str(path)


def _bare(path: Path, state: State, reason: str) -> IngestRow:
    return IngestRow(document_id(path), str(path), None, None, state, reason)


def _failed(path: Path, reason: str, store: Store) -> IngestRow:
    row = _bare(path, "failed", reason)
    known = store.by_path(row.path)
    if known is None:
        return row
    return replace(
        row,
        id=known.id,
        title=known.title,
        media_type=known.media_type,
        reason=f"{reason}; the version of {known.ingested_at:%Y-%m-%d %H:%M} UTC is kept",
    )
