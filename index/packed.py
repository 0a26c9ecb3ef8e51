"""The forward pass of a BERT over texts of different lengths at once.

The tokens of all texts stand in one matrix, and only attention goes text by text (sequence packing:
Krell et al. 2021). Invariant: to float rounding, each text's numbers are those that the
transformers library gives for the text alone, and what stands beside it does not move a bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

TILE = 16  # rows a matrix unit takes at once; attention over 143 tokens took longer than over 160
STEP = 384  # numbers that are added up in one product


@dataclass(frozen=True, slots=True)
class _Dense:
    """A linear layer: `weights` [out, in], cut along their inputs, and `bias` [out].

    With bfloat16 some processors add up products of more than STEP numbers in another order for
    another number of rows (oneDNN chooses by it), and an answer's mark would depend on what is
    marked beside it. So longer ones are added up from products of STEP.
    """

    weights: tuple[Tensor, ...]
    bias: Tensor

    @classmethod
    def of(cls, *layers: nn.Linear) -> Self:
        """Layers that read the same rows, as one product."""
        weight = torch.cat([layer.weight.detach() for layer in layers])
        bias = torch.cat([layer.bias.detach() for layer in layers])
        return cls(torch.split(weight, STEP, dim=1), bias)

    def __call__(self, rows: Tensor) -> Tensor:
        first, *others = torch.split(rows, STEP, dim=1)
        out = functional.linear(first, self.weights[0], self.bias)
        for part, weight in zip(others, self.weights[1:], strict=True):
            out.addmm_(part, weight.T)
        return out


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text stands: its tokens, and the rows up to the next full tile; `mask`, [1, 1, 1,
    rows], hides those that are no tokens."""

    tokens: int
    rows: int
    mask: Tensor | None

    @classmethod
    def of(cls, tokens: int, like: Tensor) -> _Place:
        """The place of a text, for attention in the precision of `like`."""
        rows = -(-tokens // TILE) * TILE
        if rows == tokens:
            return cls(tokens, rows, None)
        mask = like.new_zeros(1, 1, 1, rows)
        mask[..., tokens:] = float("-inf")
        return cls(tokens, rows, mask)

    def filled(self, numbers: Sequence[int]) -> list[int]:
        """A number for each row, 0 where no token is."""
        return [*numbers, *[0] * (self.rows - self.tokens)]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the encoder."""

    looks: _Dense  # query, key and value
    mixes: _Dense
    settles: nn.LayerNorm
    widens: _Dense
    narrows: _Dense
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
            _Dense.of(layer.output.dense),
            layer.output.LayerNorm,
        )


class Packed:
    """A BERT encoder in the precision and on the device of its weights; without dropout.

    Thread-safe: nothing is changed by a call.
    """

    def __init__(self, network: BertModel) -> None:
        self._embeddings: Any = network.embeddings
        self._layers = [_Layer.of(layer) for layer in network.encoder.layer]
        self._heads = int(network.config.num_attention_heads)

    def __call__(
        self, texts: Sequence[Sequence[int]], kinds: Sequence[Sequence[int]] | None = None
    ) -> tuple[Tensor, ...]:
        """The last hidden state of each text, [tokens, d], from its token ids, special ones
        included; `kinds` are the token types, 0 where there are none. Texts have tokens."""
        with torch.inference_mode():
            like = self._embeddings.word_embeddings.weight
            places = [_Place.of(len(text), like) for text in texts]
            rows = self._read(texts, kinds, places)
            for layer in self._layers:
                mixed = layer.mixes(self._attend(layer.looks(rows), places))
                rows = layer.settles(mixed.add_(rows))
                wide = functional.gelu(layer.widens(rows))
                rows = layer.ends(layer.narrows(wide).add_(rows))
            parts = torch.split(rows, [place.rows for place in places])
            return tuple(p[: place.tokens] for p, place in zip(parts, places, strict=True))

    def _read(
        self,
        texts: Sequence[Sequence[int]],
        kinds: Sequence[Sequence[int]] | None,
        places: Sequence[_Place],
    ) -> Tensor:
        known = self._embeddings
        words = self._flat(texts, places)
        types = self._flat(kinds, places) if kinds is not None else torch.zeros_like(words)
        order = self._flat([range(place.tokens) for place in places], places)
        rows = known.word_embeddings(words) + known.token_type_embeddings(types)
        return known.LayerNorm(rows.add_(known.position_embeddings(order)))  # type: ignore[no-any-return]

    def _flat(self, lists: Sequence[Sequence[int]], places: Sequence[_Place]) -> Tensor:
        filled = (place.filled(part) for part, place in zip(lists, places, strict=True))
        device = self._embeddings.word_embeddings.weight.device
        return torch.tensor([i for part in filled for i in part], device=device)

    def _attend(self, looks: Tensor, places: Sequence[_Place]) -> Tensor:
        """What each token takes from its own text, [rows, d]."""
        taken = []
        parts = torch.split(looks, [place.rows for place in places])
        for part, place in zip(parts, places, strict=True):
            query, key, value = part.view(1, len(part), 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(query, key, value, place.mask)
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


def reader_of(network: Any, pad: int) -> Packed | Padded:
    """What reads texts with this encoder: packed, if it is a plain BERT on the CPU.

    `pad` is the token that fills shorter texts where there is padding.
    """
    if not isinstance(network, BertModel) or network.device.type != "cpu":
        return Padded(network, pad)
    config = network.config
    positions = getattr(config, "position_embedding_type", "absolute")
    plain = config.hidden_act == "gelu" and positions == "absolute" and not config.is_decoder
    return Packed(network) if plain else Padded(network, pad)
