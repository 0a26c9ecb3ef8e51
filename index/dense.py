"""Nearest passages by pooled vector, with FAISS. The only module that imports it.

Invariant: row `i` is passage `i`; scores are cosines; no row comes twice and none is −1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedder import Floats

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FILE = "dense.faiss"


class DenseIndex:
    """An exact inner-product index over unit vectors. Immutable once built.

    Rows are positions, without FAISS's id map: it accepts an id twice and then finds it twice.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @classmethod
    def build(cls, vectors: Floats) -> DenseIndex:
        """Index unit vectors, float32 [n, d]; n may be 0."""
        import faiss

        if vectors.ndim != 2:
            raise ValueError(f"vectors have shape {vectors.shape}, not [n, d]")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector to be indexed has components that are not finite")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def top(self, query: Floats, k: int, allowed: Mask | None = None) -> tuple[Rows, Floats]:
        """The `k` most similar rows, best first (ties: lower row first), and their cosines.

        `query` is float32 [d]; `allowed` bool [n] restricts the rows. Fewer than `k` come back
        where fewer there are.
        """
        import faiss

        total = len(self) if allowed is None else int(allowed.sum())
        k = min(k, total)
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.flatnonzero(allowed).astype(np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        found = rows[0] >= 0  # FAISS fills up with −1 where it has no more
        kept_rows, kept = rows[0][found], scores[0][found]
        order = np.lexsort((kept_rows, -kept))
        return kept_rows[order], kept[order]

    def cosines(self, query: Floats, rows: Rows) -> Floats:
        """The cosine of `query` to each of these rows, float32 [len(rows)]."""
        if not len(rows):
            return np.zeros(0, np.float32)
        vectors: Floats = self._index.reconstruct_batch(rows)
        cosines: Floats = vectors @ query
        return cosines

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which exists."""
        import faiss

        (folder / _FILE).write_bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """Read what `save` wrote. Raises OSError, or ValueError where it is damaged."""
        import faiss

        data = np.frombuffer((folder / _FILE).read_bytes(), dtype=np.uint8)
        try:
            return cls(faiss.deserialize_index(data))
        except RuntimeError as error:
            raise ValueError(f"{folder / _FILE} is damaged") from error
