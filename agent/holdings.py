"""The documents and questions of a data folder, and the search over them.

Invariant: nothing is opened or loaded before it is asked for, and each thing only once; what is
found is of the store as it is now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.llm.faults import ModelUnavailableError
from agent.once import once
from agent.settings import Settings
from corpus.schema import Document, GreenroomError, Question, Source

if TYPE_CHECKING:
    from agent.curriculum import PlannedTopic
    from index.embedder import TransformerEmbedder
    from index.report import IngestReport
    from index.search import Filters, Searcher
    from index.store import Store


class NotFoundError(GreenroomError):
    """Nothing has this id or path."""


class Holdings:
    """What was read into one data folder. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Makes the data folder. Raises `GreenroomError` where it cannot."""
        self.settings = settings
        self._lock = threading.RLock()
        self._library_current = False
        self._searcher: tuple[str, Searcher] | None = None
        try:
            settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise GreenroomError(
                f"the data folder {settings.home} cannot be made ({error.strerror}); "
                "name another with --home"
            ) from error

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.settings.home

    @once
    def store(self) -> Store:
        """Documents, passages and questions, as they were stored."""
        from index.store import Store

        return Store(self.home / "greenroom.db")

    @once
    def embedder(self) -> TransformerEmbedder:
        """The encoder; it loads on first use. Raises `ModelUnavailableError` where it shall run on
        a GPU and there is none."""
        from index.embedder import TransformerEmbedder

        # "auto" leaves a GPU to the language model: the encoder is small.
        device = "cuda" if self.settings.device == "cuda" else "cpu"
        if device == "cuda" and not _has_gpu():
            raise ModelUnavailableError("PyTorch finds no GPU here for --device cuda; take cpu")
        return TransformerEmbedder(self.settings.embedding_model, device)

    def ready(self) -> Store:
        """The store with the bundled library in it, brought up to date once."""
        from index.ingest import ingest_library

        with self._lock:
            if not self._library_current:
                ingest_library(self.store, datetime.now(UTC))
                self._library_current = True
        return self.store

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        dry_run: bool = False,
        on_progress: Callable[[int, int, str], None] | None = None,
    ) -> IngestReport:
        """Read files and folders into the store."""
        from corpus.sandbox import Sandbox
        from index.ingest import ingest

        store = self.ready()
        with Sandbox() as sandbox:
            return ingest(
                paths,
                store,
                self.embedder,
                sandbox,
                datetime.now(UTC),
                dry_run=dry_run,
                on_progress=on_progress,
            )

    def searcher(self) -> Searcher:
        """Search over all that is stored now; opened anew only when that has changed."""
        from index.embedding import reembed
        from index.generations import open_snapshot
        from index.search import Searcher

        model = self.embedder.name
        with self._lock:
            store = self.ready()
            if self._searcher is None or self._searcher[0] != store.stamp(model):
                reembed(store, self.embedder)  # what another model embedded could not be found
                stamp = store.stamp(model)  # before opening: what comes meanwhile is seen next time
                opened = Searcher(open_snapshot(store, model, self.cache), self.embedder)
                self._searcher = (stamp, opened)
            return self._searcher[1]

    @property
    def cache(self) -> Path:
        """The folder of what can be rebuilt."""
        return self.home / "cache"

    def filters(
        self, source: Source | None = None, topic: str | None = None, document: str | None = None
    ) -> Filters:
        """Search filters; a document is named by id or path. A topic is for the documents that have
        what `questions` finds. Raises NotFoundError for an unknown document."""
        from index.search import Filters

        ids = frozenset({self.document_id(document)}) if document else None
        if topic is not None:
            ids = frozenset(q.document_id for q in self.questions(topic, document, source))
        return Filters(source=source, document_ids=ids)

    def questions(
        self,
        topic: str | None = None,
        document: str | None = None,
        source: Source | None = None,
    ) -> tuple[Question, ...]:
        """The question bank, or a part of it: `topic` as a session takes it (a part of its name
        will do), none where there is no such topic. Raises NotFoundError for an unknown document.
        """
        from agent.pool import PlanError, on_topic

        wanted = self.document_id(document) if document else None
        found = self.ready().questions(None, wanted, source)
        if topic is None:
            return found
        try:
            return tuple(on_topic(found, topic))
        except PlanError:
            return ()

    def question(self, question_id: str) -> Question | None:
        """One question of the bank."""
        return self.ready().question(question_id)

    def curriculum(self) -> tuple[PlannedTopic, ...]:
        """The topics that the person's study plans name, each with what is there on it."""
        from agent.curriculum import planned_topics

        store = self.ready()
        topics = store.curriculum()
        if not topics:
            return ()
        documents = [document.id for document in store.documents()]
        return planned_topics(topics, store.questions(), documents, self.searcher())

    def document_id(self, reference: str) -> str:
        """The id of the document with this id, path, or ``library:`` name. Raises NotFoundError."""
        store = self.ready()
        if store.stored(reference):
            return reference
        path = reference if ":" in reference else str(Path(reference).expanduser().resolve())
        found = store.by_path(path) or store.by_path(str(Path(reference).expanduser().resolve()))
        if found is None:
            raise NotFoundError(
                f"no document {reference!r}; ingest it first, or see the ids that "
                "`greenroom ingest PATH --json` prints"
            )
        return found.id

    def document(self, reference: str) -> Document:
        """A document with its text. Raises NotFoundError."""
        found = self.store.document(self.document_id(reference))
        if found is None:
            raise NotFoundError(f"the document {reference!r} was deleted meanwhile")
        return found


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()
