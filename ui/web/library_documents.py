"""The documents of the Library page: what is in the store, and really deleting one.

Invariant: only a document of the person's can be forgotten here, by its id; the bundled library
stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agent.forgetting import forget
from agent.workspace import NotFoundError
from corpus.schema import GreenroomError, Removed
from ui.web.access import Access
from ui.web.library_uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.workspace import Workspace
    from index.store_rows import StoredDocument
    from ui.web.library_uploads import Progress

NOT_YOURS = (
    "only the first account of this server may change documents and questions; ask that person"
)

FileState = Literal["indexed", "file gone"]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document, what was kept out of it, and whether its file is still where it was read."""

    document: StoredDocument
    removed: tuple[Removed, ...]
    state: FileState

    @property
    def is_library(self) -> bool:
        """Whether it is a topic of the bundled library."""
        return self.document.source == "library"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: a document's title and how many interviews ended with it."""

    title: str
    sessions: int


class Shelf:
    """The documents of one data folder, for one who may change them or not."""

    def __init__(self, workspace: Workspace, access: Access) -> None:
        self._workspace = workspace
        self._access = access
        self._uploads = Uploads(workspace)

    def may_change(self, account: str | None) -> bool:
        """Whether an account may add and forget documents."""
        return self._access.may_change_documents(account)

    def documents(self) -> tuple[Shelved, ...]:
        """The person's documents, then the library's, each by title."""
        store = self._workspace.ready()
        found = (
            Shelved(d, store.removed(d.id) if d.source == "user" else (), _state(d))
            for d in store.documents()
        )
        return tuple(sorted(found, key=lambda s: (s.is_library, s.document.title.casefold())))

    def take(self, paths: Sequence[str], account: str | None) -> Iterator[Progress]:
        """Take uploaded files in. Raises GreenroomError for who may not, and for what is none."""
        self.check(account)
        yield from self._uploads.take(paths)

    def read_again(self, account: str | None) -> Iterator[Progress]:
        """Read all files of the person's documents again. Raises GreenroomError for who may not."""
        self.check(account)
        yield from self._uploads.again()

    def forget(self, document_id: str, account: str | None) -> Forgotten:
        """Really delete a document, and its file where that was dropped on the page.

        Raises GreenroomError for who may not, and for what is no document of the person's.
        """
        self.check(account)
        known = self._workspace.ready().stored(document_id)
        if known is None or known.source != "user":
            raise NotFoundError("that document is not there any more; reload the page")
        done = forget(self._workspace, known.id)
        return Forgotten(known.title, done["sessions ended"])

    def check(self, account: str | None) -> None:
        """Raises GreenroomError where an account may not change documents and questions."""
        if not self.may_change(account):
            raise GreenroomError(NOT_YOURS)


def _state(document: StoredDocument) -> FileState:
    if document.source == "library" or Path(document.path).exists():
        return "indexed"
    return "file gone"
