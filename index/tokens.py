"""Token vectors at rest: eight bits a component, one scale a token, all passages in one array.

Invariant: passage `i` owns rows ``bounds[i]:bounds[i + 1]``; nothing is held in memory that the
operating system cannot drop, once loaded from a folder.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedder import Embedding, Floats, Ints, TokenMatrix

Codes = npt.NDArray[np.int8]
Bounds = npt.NDArray[np.int64]

_HEADER = struct.Struct("<4sII")
_MAGIC = b"GRT1"
_LEVELS = 127.0


class TokenFormatError(ValueError):
    """Stored token vectors cannot be read; they have to be computed again."""


@dataclass(frozen=True, slots=True)
class PackedEmbedding:
    """An `Embedding` at rest: `pooled` float32 [d], `ids` int32 [n], `offsets` int32 [n, 2],
    `scales` float32 [n] and `codes` int8 [n, d]; a token's vector is ``codes * scale``."""

    pooled: Floats
    ids: Ints
    offsets: Ints
    scales: Floats
    codes: Codes

    def to_bytes(self) -> bytes:
        """One self-describing blob, little-endian, to be kept in the database."""
        n, d = self.codes.shape
        parts = (
            self.pooled.astype("<f4"),
            self.ids.astype("<i4"),
            self.offsets.astype("<i4"),
            self.scales.astype("<f4"),
            self.codes,
        )
        return _HEADER.pack(_MAGIC, n, d) + b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, blob: bytes) -> PackedEmbedding:
        """Read what `to_bytes` wrote. Raises TokenFormatError for anything else."""
        if len(blob) < _HEADER.size:
            raise TokenFormatError("stored token vectors are cut short")
        magic, n, d = _HEADER.unpack_from(blob)
        if magic != _MAGIC or len(blob) != _HEADER.size + 4 * d + 16 * n + n * d:
            raise TokenFormatError("stored token vectors are damaged or of another version")
        at = _HEADER.size
        pooled = np.frombuffer(blob, "<f4", d, at)
        ids = np.frombuffer(blob, "<i4", n, at := at + 4 * d)
        offsets = np.frombuffer(blob, "<i4", 2 * n, at := at + 4 * n).reshape(n, 2)
        scales = np.frombuffer(blob, "<f4", n, at := at + 8 * n)
        codes = np.frombuffer(blob, np.int8, n * d, at + 4 * n).reshape(n, d)
        return cls(pooled, ids, offsets, scales, codes)


def pack(embedding: Embedding) -> PackedEmbedding:
    """Round token vectors to eight bits (cosine to the original above 0.9999)."""
    vectors = embedding.tokens.vectors
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    codes = np.rint(vectors * (_LEVELS / np.maximum(largest, 1e-9))[:, None]).astype(np.int8)
    # The scale that makes the rounded vector a unit vector again.
    lengths = np.linalg.norm(codes.astype(np.float32), axis=1)
    scales = np.where(lengths > 0, 1 / np.maximum(lengths, 1), 0).astype(np.float32)
    return PackedEmbedding(
        embedding.pooled, embedding.tokens.ids, embedding.tokens.offsets, scales, codes
    )


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The tokens of all passages: `bounds` int64 [passages + 1], the rest as in `PackedEmbedding`,
    one row a token."""

    bounds: Bounds
    ids: Ints
    offsets: Ints
    scales: Floats
    codes: Codes

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def tokens(self, passage: int) -> TokenMatrix:
        """The tokens of one passage, their vectors restored to float32."""
        rows = slice(int(self.bounds[passage]), int(self.bounds[passage + 1]))
        vectors = self.codes[rows].astype(np.float32) * self.scales[rows, None]
        return TokenMatrix(np.asarray(self.ids[rows]), np.asarray(self.offsets[rows]), vectors)

    def save(self, folder: Path) -> None:
        """Write one .npy file a field into `folder`, which exists."""
        for name in _FIELDS:
            np.save(folder / f"tokens-{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> TokenTable:
        """Map what `save` wrote. Raises OSError or ValueError where it is missing or damaged."""
        loaded = {name: _load(folder / f"tokens-{name}.npy") for name in _FIELDS}
        table = cls(**loaded)
        rows = len(table.ids)
        lengths = {len(table.offsets), len(table.scales), len(table.codes), int(table.bounds[-1])}
        if lengths != {rows}:
            raise TokenFormatError(f"the token files in {folder} do not belong together")
        return table

    @classmethod
    def of(cls, packed: Sequence[PackedEmbedding], dimension: int) -> TokenTable:
        """Put the passages' tokens one after the other."""
        sizes = [len(p.ids) for p in packed]
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(
            bounds,
            np.concatenate([np.zeros(0, np.int32), *(p.ids for p in packed)]),
            np.concatenate([np.zeros((0, 2), np.int32), *(p.offsets for p in packed)]),
            np.concatenate([np.zeros(0, np.float32), *(p.scales for p in packed)]),
            np.concatenate([np.zeros((0, dimension), np.int8), *(p.codes for p in packed)]),
        )


_FIELDS = ("bounds", "ids", "offsets", "scales", "codes")


def _load(path: Path) -> npt.NDArray[Any]:
    # An empty array cannot be memory-mapped.
    array: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    return np.load(path, mmap_mode="r", allow_pickle=False) if array.nbytes > 1 << 20 else array
