"""The training loop of the judge's network: batches of like length, one pass a stage or more.

Invariant: the result depends on the examples, the settings and the number of threads alone.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from agent.judge_network import JudgeNetwork, encode
from evals.training_data import Example
from index.embedder import native_bfloat16

_POOL = 50  # batches that are sorted by length together
_REPORT_EVERY = 100
log = logging.getLogger(__name__)


class TextDropout(nn.Module):
    """Dropout of the same units for all tokens of a text (Gal and Ghahramani 2016).

    A mask for every token would have to draw as many random numbers as the encoder has activations,
    which takes longer on a processor than the encoder itself.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, hidden: Tensor) -> Tensor:
        """`hidden` [texts, tokens, width], the same shape back."""
        if not self.training or not self.share:
            return hidden
        kept = torch.rand(len(hidden), 1, hidden.shape[-1]) >= self.share
        return hidden * kept.to(hidden.dtype) / (1 - self.share)


@dataclass(frozen=True, slots=True)
class Stage:
    """How one stage is trained. AdamW, linear warm-up and decay.

    `dropout` is the share of a text's hidden units that one step does without, `smoothing` the
    share of each target that is spread over all verdicts alike.
    """

    name: str
    rate: float
    most_tokens: int
    batch: int = 32
    dropout: float = 0.0
    smoothing: float = 0.0
    warm_up: float = 0.06
    weight_decay: float = 0.01
    clip: float = 1.0


def train(
    network: JudgeNetwork,
    tokenizer: Any,
    passes: Sequence[Sequence[Example]],
    stage: Stage,
    seed: int,
) -> None:
    """Train in place, one element of `passes` after the other.

    The gradients are those of a copy in bfloat16, the steps are taken in `network`, in float32
    (Micikevicius et al. 2018).
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    read = reading_copy(network, stage)
    weights = [p for p in network.parameters() if p.requires_grad]
    shadows = [p for p in read.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        weights, lr=stage.rate, weight_decay=stage.weight_decay, fused=True
    )
    lots = [
        lot
        for examples in passes
        for lot in batches(
            examples, lengths(tokenizer, examples, stage.most_tokens), stage.batch, chance
        )
    ]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: _rate(s, len(lots), stage))
    started, mean = time.monotonic(), 0.0
    for step, lot in enumerate(lots, 1):
        logits = read(**encode(tokenizer, [e.pair for e in lot], stage.most_tokens))
        loss = loss_of(logits.float(), lot, stage.smoothing)
        read.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for weight, shadow in zip(weights, shadows, strict=True):
            weight.grad = None if shadow.grad is None else shadow.grad.float()
        torch.nn.utils.clip_grad_norm_(weights, stage.clip)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for weight, shadow in zip(weights, shadows, strict=True):
                shadow.copy_(weight)
        mean = 0.98 * mean + 0.02 * loss.item() if step > 1 else loss.item()
        if step % _REPORT_EVERY == 0:
            spent = time.monotonic() - started
            log.info(
                "%s: step %d of %d, loss %.3f, %.0f s", stage.name, step, len(lots), mean, spent
            )
    network.eval()


def reading_copy(network: JudgeNetwork, stage: Stage) -> JudgeNetwork:
    """A copy of the network, with the stage's dropout, that reads and is differentiated: a fifth
    faster than `network` under autocast, which converts every activation twice."""
    # Emulated, bfloat16 takes twenty times as long as float32.
    copied = deepcopy(network).to(torch.bfloat16 if native_bfloat16() else torch.float32)
    for layer in copied.encoder.encoder.layer:
        layer.attention.output.dropout = layer.output.dropout = TextDropout(stage.dropout)
    copied.train()
    return copied


def lengths(tokenizer: Any, examples: Sequence[Example], most: int) -> list[int]:
    """The tokens of each example, as `encode` cuts them."""
    pairs = [e.pair for e in examples]
    encoded = tokenizer(
        [p.point for p in pairs],
        [p.passage for p in pairs],
        truncation="longest_first",
        max_length=most,
    )
    return [len(ids) for ids in encoded["input_ids"]]


def batches(
    examples: Sequence[Example], tokens: Sequence[int], size: int, chance: random.Random
) -> list[list[Example]]:
    """The examples in random order, those of like length together, the batches in random order.

    `tokens` is the length of each. Sorted by characters, a quarter of all tokens would be padding.
    """
    order = list(range(len(examples)))
    chance.shuffle(order)
    out = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL], key=tokens.__getitem__)
        lots = [[examples[n] for n in pool[i : i + size]] for i in range(0, len(pool), size)]
        chance.shuffle(lots)
        out += lots
    return out


def loss_of(logits: Tensor, lot: Sequence[Example], smoothing: float = 0.0) -> Tensor:
    """Mean cross-entropy; where a label allows several verdicts, of their summed probability.

    `smoothing` of it is the cross-entropy with all verdicts alike (Szegedy et al. 2016).
    """
    target = torch.tensor([e.target for e in lot])
    either = torch.tensor([e.either for e in lot])
    log_p = logits.log_softmax(-1)
    exact = -(target * log_p).sum(-1)
    allowed = -log_p.masked_fill(target == 0, float("-inf")).logsumexp(-1)
    labelled = torch.where(either, allowed, exact)
    return ((1 - smoothing) * labelled - smoothing * log_p.mean(-1)).mean()


def _rate(step: int, total: int, stage: Stage) -> float:
    warm = (step + 1) / (stage.warm_up * total)
    return min(1.0, warm, max(0.02, 1 - step / total))
