"""Models on this disk: folders, and what the Hugging Face cache holds.

Invariant: only looked at, never changed or downloaded; a model counts as there only when its
configuration and every file of weights that it names are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_GB = 10**9


@dataclass(frozen=True, slots=True)
class Weights:
    """A model on disk. `size_gb`: its files of weights, in 10⁹ bytes. `context`: the most tokens
    that it was made for, where its configuration says."""

    folder: Path
    size_gb: float
    context: int | None


def in_folder(folder: Path) -> Weights | None:
    """The model in a folder; None where it is not whole."""
    config = _json(folder / "config.json")
    files = list(_files(folder))
    if not config or not files or not all(file.is_file() for file in files):
        return None
    size = sum(file.stat().st_size for file in files)
    return Weights(folder, size / _GB, _context(config))


def in_cache(name: str) -> Weights | None:
    """The model of a hub's name in the Hugging Face cache; None where it is not (whole) there."""
    snapshots = cache() / f"models--{name.replace('/', '--')}" / "snapshots"
    if not snapshots.is_dir():
        return None
    newest_first = sorted(snapshots.iterdir(), key=lambda p: p.stat().st_mtime, reverse=True)
    return next(filter(None, map(in_folder, newest_first)), None)


def cache() -> Path:
    """Where the Hugging Face cache is, by the variables that it reads itself."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".cache" / "huggingface") / "hub"


def _files(folder: Path) -> Iterator[Path]:
    """The files of weights that a folder must have: those of its index, or those that are there."""
    index = _json(folder / "model.safetensors.index.json").get("weight_map")
    if isinstance(index, dict):
        yield from (folder / str(name) for name in sorted(set(map(str, index.values()))))
    elif folder.is_dir():
        yield from sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))


def _context(config: dict[str, Any]) -> int | None:
    """The longest text; models that also see images keep it with the part that reads."""
    inner = config.get("text_config")
    for part in (config, inner if isinstance(inner, dict) else {}):
        length = part.get("max_position_embeddings")
        if isinstance(length, int) and length > 0:
            return length
    return None


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
