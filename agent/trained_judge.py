"""The judge that ships with Greenroom: our weights on the bundled MiniLM, on one thread of the CPU.

Invariant: what a call gives depends on its pairs alone, not on earlier calls, other threads, or how
many threads there are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.calibration import Calibration
from agent.judge import VERDICTS, Pair, Probabilities
from corpus.schema import GreenroomError
from index.embedder import default_model_folder, native_bfloat16
from index.threads import one_for_torch

if TYPE_CHECKING:
    from agent.judge_network import ReadyJudge

WEIGHTS = "judge.safetensors"
CARD = "judge.json"
_BATCH = 16  # pairs a forward pass


class WeightsError(GreenroomError):
    """The judge's weights are missing, damaged, or made for another base model."""

    exit_code = 4


class JudgeCard(BaseModel):
    """What belongs to a weights file: its name, how long a text it reads, its calibration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    base: str
    most_tokens: int = Field(ge=32, le=512)
    calibration: Calibration | None = None


class TrainedJudge:
    """The trained judge, loaded on first use. Thread-safe."""

    def __init__(self, folder: Traversable | Path | None = None) -> None:
        self._folder = folder or files("agent") / "weights"
        self._lock = threading.Lock()
        self._loaded: ReadyJudge | None = None
        self._card: JudgeCard | None = None

    @property
    def card(self) -> JudgeCard:
        """The weights' card. Raises WeightsError."""
        if self._card is None:
            try:
                text = (self._folder / CARD).read_text(encoding="utf-8")
                self._card = JudgeCard.model_validate(json.loads(text))
            except (OSError, ValueError, ValidationError) as error:
                raise WeightsError(f"{self._folder / CARD} cannot be read ({error})") from error
        return self._card

    @property
    def name(self) -> str:
        return self.card.name

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        """Probabilities of VERDICTS, float32 [n, 4]. Of a pair that is too long for the model the
        longer side loses its end: callers send passages, not documents."""
        if not pairs:
            return np.zeros((0, len(VERDICTS)), dtype=np.float32)
        network = self._load()
        rows = [_judged(network, pairs[i : i + _BATCH]) for i in range(0, len(pairs), _BATCH)]
        return np.concatenate(rows)

    def warm(self) -> None:
        """Load the model, so that the next call is fast."""
        self.judge([Pair("ready", "ready")])

    def _load(self) -> ReadyJudge:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read()
            return self._loaded

    def _read(self) -> ReadyJudge:
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load
        from transformers.utils import logging as transformers_logging

        from agent.judge_network import JudgeNetwork, ReadyJudge, load_tokenizer

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        base = default_model_folder()
        told = transformers_logging.get_verbosity()
        # The base model has a pooler, which is left out on purpose: no warning.
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            network = JudgeNetwork(base)
        finally:
            transformers_logging.set_verbosity(told)
        try:
            network.load_trained(load((self._folder / WEIGHTS).read_bytes()))
        except (OSError, ValueError, SafetensorError) as error:
            raise WeightsError(f"{self._folder / WEIGHTS} cannot be used ({error})") from error
        network.eval()
        network.to(torch.bfloat16 if native_bfloat16() else torch.float32)
        return ReadyJudge(network, load_tokenizer(base), self.card.most_tokens)


def _judged(network: ReadyJudge, pairs: Sequence[Pair]) -> Probabilities:
    one_for_torch()
    probabilities: Probabilities = network(pairs).softmax(-1).numpy()
    return probabilities
