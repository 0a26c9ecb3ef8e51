"""A real cross-encoder of some kilobytes with random weights, saved where a test wants it."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path

LENGTH = 64  # word pieces; every letter is one


def save_tiny(folder: Path, labels: Sequence[str]) -> Path:
    """Save a BERT that gives these labels, in this order."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    letters = string.ascii_lowercase + string.digits
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, ".", ","]
    vocabulary += [f"##{letter}" for letter in letters]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LENGTH,
        num_labels=len(labels),
        initializer_range=0.4,  # so that what it reads makes a difference
    )
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=LENGTH).save_pretrained(folder)
    return folder
