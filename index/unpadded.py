"""The forward pass of a BERT over texts of different lengths at once, without padding.

The tokens of all texts stand in one matrix, and only attention goes text by text (sequence packing:
Krell et al. 2021). Invariant: to float rounding, each text's numbers are those that the
transformers library gives for the text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

ROWS = 192  # few enough for one answer, enough for a batch


@dataclass(frozen=True, slots=True)
class _Dense:
    """A linear layer: `weight` [out, in], `bias` [out]."""

    weight: Tensor
    bias: Tensor

    @classmethod
    def of(cls, *layers: nn.Linear) -> Self:
        """Layers that read the same rows, as one product."""
        weights = [layer.weight.detach() for layer in layers]
        return cls(torch.cat(weights), torch.cat([layer.bias.detach() for layer in layers]))

    def __call__(self, rows: Tensor) -> Tensor:
        return functional.linear(rows, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _Steady(_Dense):
    """A linear layer from many numbers to few, whose rows do not depend on how many there are.

    With bfloat16 some processors add up such long products in another order for another number of
    rows (oneDNN chooses by it), and an answer's mark would depend on what is marked beside it. So
    rows go through ROWS at a time, the last ones filled up.
    """

    def __call__(self, rows: Tensor) -> Tensor:
        if rows.dtype != torch.bfloat16:
            return functional.linear(rows, self.weight, self.bias)
        parts = list(torch.split(rows, ROWS))
        parts[-1] = functional.pad(parts[-1], (0, 0, 0, ROWS - len(parts[-1])))
        done = [functional.linear(part, self.weight, self.bias) for part in parts]
        return torch.cat(done)[: len(rows)]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the encoder."""

    looks: _Dense  # query, key and value
    mixes: _Dense
    settles: nn.LayerNorm
    widens: _Dense
    narrows: _Steady
    ends: nn.LayerNorm

    @classmethod
    def of(cls, layer: Any) -> _Layer:
        """A layer of transformers' BERT."""
        own, mixed = layer.attention.self, layer.attention.output
        return cls(
            _Dense.of(own.query, own.key, own.value),
            _Dense.of(mixed.dense),
            mixed.LayerNorm,
            _Dense.of(layer.intermediate.dense),
            _Steady.of(layer.output.dense),
            layer.output.LayerNorm,
        )


class Unpadded:
    """A BERT encoder in the precision and on the device of its weights; without dropout.

    Thread-safe: nothing is changed by a call.
    """

    def __init__(self, network: BertModel) -> None:
        self._embeddings: Any = network.embeddings
        self._layers = [_Layer.of(layer) for layer in network.encoder.layer]
        self._heads = int(network.config.num_attention_heads)
        self._device = network.device

    def __call__(
        self, texts: Sequence[Sequence[int]], kinds: Sequence[Sequence[int]] | None = None
    ) -> tuple[Tensor, ...]:
        """The last hidden state of each text, [tokens, d], from its token ids, special ones
        included; `kinds` are the token types, 0 where there are none. Texts have tokens."""
        sizes = [len(text) for text in texts]
        with torch.inference_mode():
            rows = self._read(texts, kinds, sizes)
            for layer in self._layers:
                mixed = layer.mixes(self._attend(layer.looks(rows), sizes))
                rows = layer.settles(mixed.add_(rows))
                wide = functional.gelu(layer.widens(rows))
                rows = layer.ends(layer.narrows(wide).add_(rows))
            return torch.split(rows, sizes)

    def _read(
        self,
        texts: Sequence[Sequence[int]],
        kinds: Sequence[Sequence[int]] | None,
        sizes: list[int],
    ) -> Tensor:
        known = self._embeddings
        words = self._flat(texts)
        types = self._flat(kinds) if kinds is not None else torch.zeros_like(words)
        places = self._flat([range(n) for n in sizes])
        rows = known.word_embeddings(words) + known.token_type_embeddings(types)
        return known.LayerNorm(rows.add_(known.position_embeddings(places)))  # type: ignore[no-any-return]

    def _flat(self, lists: Sequence[Sequence[int]]) -> Tensor:
        return torch.tensor([i for part in lists for i in part], device=self._device)

    def _attend(self, looks: Tensor, sizes: list[int]) -> Tensor:
        """What each token takes from its own text, [tokens, d]."""
        taken = []
        for part in torch.split(looks, sizes):
            query, key, value = part.view(1, len(part), 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(query, key, value)
            taken.append(mixed.transpose(1, 2).reshape(len(part), -1))
        return torch.cat(taken)


class Padded:
    """Any encoder of transformers, its texts padded to the longest, as a GPU likes it."""

    def __init__(self, network: Any, pad: int) -> None:
        self._network = network
        self._pad = pad

    def __call__(self, texts: Sequence[Sequence[int]]) -> tuple[Tensor, ...]:
        """The last hidden state of each text, float32 [tokens, d] on the CPU, from token ids."""
        shape = len(texts), max(map(len, texts))
        ids = torch.full(shape, self._pad, dtype=torch.long)
        mask = torch.zeros(shape, dtype=torch.long)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = 1
        device = self._network.device
        with torch.inference_mode():
            hidden = self._network(input_ids=ids.to(device), attention_mask=mask.to(device))
            rows: Tensor = hidden.last_hidden_state.float().cpu()
            return tuple(row[: len(text)] for row, text in zip(rows, texts, strict=True))


def reader_of(network: Any, pad: int) -> Unpadded | Padded:
    """What reads texts with this encoder: without padding, if it is a plain BERT on the CPU.

    `pad` is the token that fills shorter texts where there is padding.
    """
    if not isinstance(network, BertModel) or network.device.type != "cpu":
        return Padded(network, pad)
    config = network.config
    positions = getattr(config, "position_embedding_type", "absolute")
    plain = config.hidden_act == "gelu" and positions == "absolute" and not config.is_decoder
    return Unpadded(network) if plain else Padded(network, pad)
