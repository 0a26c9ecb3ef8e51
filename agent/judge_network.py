"""The network of the trained judge: a MiniLM encoder that reads point and passage together.

Invariant: its word embeddings are those of the installed base model, untouched; what training
changes is everything else, and that is all that a weights file holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from agent.judge import VERDICTS, Pair

KEPT_FROM_BASE = "encoder.embeddings.word_embeddings.weight"


class JudgeNetwork(nn.Module):
    """BERT over ``point [SEP] passage``; a linear layer on [CLS] and the mean token."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        # No dropout inside the encoder: on a processor its random numbers cost more than they give.
        self.encoder = AutoModel.from_pretrained(
            str(base),
            attn_implementation="sdpa",
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
