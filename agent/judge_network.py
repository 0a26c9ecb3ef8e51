"""The network of the trained judge: a MiniLM encoder that reads point and passage together.

`JudgeNetwork` is what is trained, `ReadyJudge` the same network as it judges. Invariant: its word
embeddings are those of the installed base model, untouched; what training changes is everything
else, and that is all that a weights file holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from agent.judge import VERDICTS, Pair
from index.packed import Packed

KEPT_FROM_BASE = "encoder.embeddings.word_embeddings.weight"


class JudgeNetwork(nn.Module):
    """BERT over ``point [SEP] passage``; a linear layer on [CLS] and the mean token."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        # No dropout inside the encoder: on a processor its random numbers cost more than they give.
        # Fused attention is quick to compute there and slow to differentiate: half of a step.
        self.encoder = AutoModel.from_pretrained(
            str(base),
            attn_implementation="eager",
            add_pooling_layer=False,
            local_files_only=True,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.head = nn.Linear(2 * self.encoder.config.hidden_size, len(VERDICTS))
        self.dropout = nn.Dropout(0.1)

    def forward(self, **inputs: Tensor) -> Tensor:
        """Logits [n, 4] in the order of VERDICTS."""
        hidden = self.encoder(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        logits: Tensor = self.head(self.dropout(torch.cat([hidden[:, 0], mean], -1)))
        return logits

    def trained_state(self) -> dict[str, Tensor]:
        """All that training may change, by name."""
        return {name: value for name, value in self.state_dict().items() if name != KEPT_FROM_BASE}

    def load_trained(self, state: dict[str, Tensor]) -> None:
        """Put back what `trained_state` gave. Raises ValueError where names or shapes differ."""
        own = self.trained_state()
        if own.keys() != state.keys():
            odd = sorted(own.keys() ^ state.keys())[0]
            raise ValueError(f"the weights do not fit the base model: {odd}")
        try:
            self.load_state_dict(state, strict=False)
        except RuntimeError as error:
            raise ValueError(f"the weights do not fit the base model: {error}") from error


def load_tokenizer(base: Path) -> Any:
    """The base model's tokenizer."""
    return AutoTokenizer.from_pretrained(str(base), local_files_only=True)


def encode(tokenizer: Any, pairs: Sequence[Pair], most: int) -> dict[str, Tensor]:
    """Pairs as tensors [n, width], padded to the longest; of what exceeds `most` tokens the longer
    side loses its end."""
    encoded = tokenizer(
        [p.point for p in pairs],
        [p.passage for p in pairs],
        padding=True,
        truncation="longest_first",
        max_length=most,
        return_tensors="pt",
    )
    return dict(encoded)


class ReadyJudge:
    """A trained network for judging: no padding, no dropout, each text tokenised once a call.

    `network` is taken over in the precision that it has. Thread-safe.
    """

    def __init__(self, network: JudgeNetwork, tokenizer: Any, most: int) -> None:
        self._encoder = Packed(network.encoder)
        # What sums over tokens is kept in full precision: it costs nothing.
        self._weight = network.head.weight.detach().float()
        self._bias = network.head.bias.detach().float()
        self._first, self._between = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
        self._most = most
        self._tokens = tokenizer.backend_tokenizer
        self._tokens.no_padding()
        self._tokens.no_truncation()

    def __call__(self, pairs: Sequence[Pair]) -> Tensor:
        """Logits, float32 [n, 4], in the order of VERDICTS."""
        ids = self._ids([text for pair in pairs for text in (pair.point, pair.passage)])
        texts, kinds = [], []
        for pair in pairs:
            point, passage = self._cut(ids[pair.point], ids[pair.passage])
            texts.append([self._first, *point, self._between, *passage, self._between])
            kinds.append([0] * (len(point) + 2) + [1] * (len(passage) + 1))
        with torch.inference_mode():
            return torch.stack([self._head(read) for read in self._encoder(texts, kinds)])

    def _head(self, read: Tensor) -> Tensor:
        # Each alone: a product of one row and of several are rounded differently.
        hidden = read.float()
        pooled = torch.cat([hidden[0], hidden.mean(0)])
        return functional.linear(pooled, self._weight, self._bias)

    def _ids(self, texts: Sequence[str]) -> dict[str, list[int]]:
        """The word pieces of each text."""
        apart = list(dict.fromkeys(texts))
        # Half a surrogate pair, which JSON can hold, is no text to a tokeniser.
        legal = [text.encode("utf-8", "replace").decode("utf-8") for text in apart]
        encoded = self._tokens.encode_batch_fast(legal, add_special_tokens=False)
        return {text: one.ids for text, one in zip(apart, encoded, strict=True)}

    def _cut(self, point: list[int], passage: list[int]) -> tuple[list[int], list[int]]:
        """What fits, as `encode` cuts: the longer side loses its end, if need be until both have
        half of the room."""
        room = self._most - 3  # [CLS] and two [SEP]
        short = min(len(point), len(passage), room // 2)
        if len(point) <= len(passage):
            return point[:short], passage[: room - short]
        return point[: room - short], passage[:short]
