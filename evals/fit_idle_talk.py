"""Fits the weights by which `agent.idle_talk` tells idle talk, and shows what a border is worth.

``python -m evals.fit_idle_talk --write`` takes two minutes on two cores. What the network reads of
a sentence (`evals.idle_talk_texts`) are two means over its word pieces: of their vectors in the
text, and of the encoder's table of word pieces, which is then folded into the first layer.
Invariant: seeded, trained on the train split; size and border are chosen on dev; test is only told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file, save_file
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from agent.alignment import AnswerSide, prepare, prepare_answer
from agent.idle_talk import WEIGHTS, TalkWeights
from agent.segments import segments
from evals.idle_talk_texts import SEED, Text, made
from evals.marks import SPLITS
from index.embedder import (
    Embedder,
    Floats,
    TokenMatrix,
    TransformerEmbedder,
    default_model_folder,
)

Flags = npt.NDArray[np.bool_]

NETWORKS = 4  # whose mean is kept: one alone depends on its seed
HIDDEN = 12  # units of each
DROPPED = (0.3, 0.3)  # shares of the features and of the hidden layer left out in training
RATE, DECAY = 1e-3, 0.1
EPOCHS, BATCH = 12, 128
_TABLE = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences: the tokens of each, whether it is `talk` [n], whether it was `written` [n] to
    tell the two apart, and its text."""

    tokens: tuple[TokenMatrix, ...]
    talk: Flags
    written: Flags
    texts: tuple[str, ...]


def read(given: Sequence[Text], embedder: Embedder) -> Said:
    """Every sentence of the texts that has word pieces."""
    tokens, talk, written, said = [], [], [], []
    for text, side in zip(given, _sides([t.text for t in given], embedder), strict=True):
        for low, high in side.sentences:
            held = side.tokens(low, high)
            if not len(held):
                continue
            start, end = side.segments[low].start, side.segments[high - 1].end
            inside = start < text.end and text.start < end
            tokens.append(held)
            talk.append(inside and text.talk)
            written.append(inside)
            said.append(text.text[start:end])
    return Said(tuple(tokens), np.array(talk), np.array(written), tuple(said))


def fit(said: Said, table: Floats) -> TalkWeights:
    """The weights, from features of unit variance, which are then folded into them."""
    both = np.stack(
        [np.concatenate([t.vectors.mean(axis=0), table[t.ids].mean(axis=0)]) for t in said.tokens]
    )
    mean, spread = both.mean(axis=0), both.std(axis=0) + 1e-6
    features, talk = torch.from_numpy((both - mean) / spread), torch.from_numpy(said.talk)
    trained = [_trained(features, talk, SEED + i) for i in range(NETWORKS)]
    # Their mean is one network whose hidden layer is all of theirs.
    weights = np.concatenate([inner.weight.detach().numpy() for inner, _ in trained]).T
    weights = weights / spread[:, None]
    hidden = np.concatenate([inner.bias.detach().numpy() for inner, _ in trained])
    out = np.concatenate([outer.weight.detach().numpy()[0] for _, outer in trained])
    width = both.shape[1] - table.shape[1]
    return TalkWeights(
        np.ascontiguousarray(weights[:width], dtype=np.float32),
        (table @ weights[width:]).astype(np.float16),
        (hidden - mean @ weights).astype(np.float32),
        (out / NETWORKS).astype(np.float32),
        np.array([np.mean([outer.bias.item() for _, outer in trained])], dtype=np.float32),
    )


def _trained(features: Tensor, talk: Tensor, seed: int) -> tuple[nn.Linear, nn.Linear]:
    """Both layers of one network."""
    torch.manual_seed(seed)
    inner, outer = nn.Linear(features.shape[1], HIDDEN), nn.Linear(HIDDEN, 1)
    network = nn.Sequential(nn.Dropout(DROPPED[0]), inner, nn.ReLU(), nn.Dropout(DROPPED[1]), outer)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    loss = nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        for rows in torch.split(torch.randperm(len(features)), BATCH):
            optimiser.zero_grad()
            loss(network(features[rows])[:, 0], talk[rows].float()).backward()
            optimiser.step()
    return inner, outer


def worth(weights: TalkWeights, said: Said) -> str:
    """How well the two are told apart, and what is left out of each by `TalkWeights.is_idle`."""
    odds = np.array([weights.log_odds(tokens) for tokens in said.tokens])
    out = left_out(weights, said)
    return (
        f"AUC {roc_auc_score(said.talk, odds):.3f}; left out: {out[said.talk].mean():.3f} of "
        f"{said.talk.sum()} of talk, {out[~said.talk & said.written].mean():.4f} of "
        f"{(~said.talk & said.written).sum()} of content written to resemble it, "
        f"{out[~said.written].mean():.4f} of {(~said.written).sum()} from answers"
    )


def left_out(weights: TalkWeights, said: Said) -> Flags:
    """Which sentences are told as idle talk [n]."""
    pairs = zip(said.texts, said.tokens, strict=True)
    return np.array([weights.is_idle(text, tokens) for text, tokens in pairs])


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print what the weights are worth, and with ``--write`` keep them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the weights beside the judge's")
    options = parser.parse_args(arguments)
    embedder = TransformerEmbedder()
    weights = fit(read(made("train"), embedder), word_pieces())
    for split in SPLITS:
        sys.stdout.write(f"{split}: {worth(weights, read(made(split), embedder))}\n")
    if options.write:
        save_file(asdict(weights), Path(str(files("agent") / "weights" / WEIGHTS)))


def word_pieces() -> Floats:
    """The bundled encoder's table of word pieces [vocabulary, d]."""
    table: Floats = load_file(default_model_folder() / "model.safetensors")[_TABLE]
    return table.astype(np.float32)


def _sides(given: Sequence[str], embedder: Embedder) -> Iterator[AnswerSide]:
    for begin in range(0, len(given), 512):
        some = given[begin : begin + 512]
        for text, embedding in zip(some, embedder.embed(some), strict=True):
            yield prepare_answer(prepare(embedding, frozenset()), segments(text))


if __name__ == "__main__":
    main()
