"""Sentences of an answer that nobody could mark, whatever was asked: how long one has known this,
that it matters, the lecture in which the terms came up. Beside a claim they blur how it is judged.

A sentence is told by two means over its word pieces, of their vectors in the answer and of what
each is alone; `evals.fit_idle_talk` trains the small network that reads them.
Invariant: what is told depends on the answer alone, never on the points or the question.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.evidence import Reading
from agent.trained_judge import WeightsError
from agent.words import FUNCTION_WORDS, words
from index.embedder import Floats, TokenMatrix

WEIGHTS = "idle_talk.safetensors"
BASE = "all-MiniLM-L6-v2"  # the encoder whose vectors the weights are for
LEAST_WORDS = 5  # a shorter sentence may be what was asked for, whatever it looks like
ENGLISH = 0.2  # least share of English function words; the weights know no other language
BORDER = 0.5  # log odds from which a sentence is left out
RUN = 12  # word pieces; a run of talk within a sentence must not take a claim beside it along


@dataclass(frozen=True, slots=True)
class TalkWeights:
    """A network of one hidden layer over the two means: `vectors` [d, h] takes the one, `pieces`
    [vocabulary, h] is what each word piece gives to the other, `hidden` [h] is added before what
    is negative becomes 0, `out` [h] and `bias` make the log odds of it. All float32 but `pieces`,
    float16."""

    vectors: Floats
    pieces: npt.NDArray[np.float16]
    hidden: Floats
    out: Floats
    bias: Floats

    def log_odds(self, said: TokenMatrix) -> float:
        """That words are idle talk; minus infinity where there are no word pieces."""
        if not len(said):
            return float("-inf")
        pieces = self.pieces[said.ids].astype(np.float32).mean(axis=0)
        hidden = said.vectors.mean(axis=0) @ self.vectors + pieces + self.hidden
        return float(np.maximum(hidden, 0) @ self.out + self.bias[0])

    def is_idle(self, sentence: str, said: TokenMatrix) -> bool:
        """Whether a sentence, with its tokens, is idle talk from one end to the other."""
        found = words(sentence)
        if len(found) < LEAST_WORDS:
            return False
        if sum(w in FUNCTION_WORDS for w in found) < ENGLISH * len(found):
            return False
        return self.log_odds(said) >= BORDER and all(self.log_odds(r) >= 0 for r in _runs(said))


class IdleTalk:
    """Tells idle talk by weights that are loaded on first use. Thread-safe."""

    def __init__(self, folder: Traversable | Path | None = None) -> None:
        self._folder = folder or files("agent") / "weights"
        self._lock = threading.Lock()
        self._loaded: TalkWeights | None = None

    def places(self, reading: Reading) -> list[tuple[int, int]]:
        """The sentences that are idle talk, as clauses ``low:high``. Raises `WeightsError`."""
        if reading.side is None:
            return []
        weights, side = self._weights(), reading.side
        return [
            place
            for place in side.sentences
            if weights.is_idle(reading.words(*place), side.tokens(*place))
        ]

    def _weights(self) -> TalkWeights:
        with self._lock:
            if self._loaded is None:
                self._loaded = read_weights(self._folder)
            return self._loaded


def read_weights(folder: Traversable | Path) -> TalkWeights:
    """The weights in a folder. Raises `WeightsError` where they are missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        held = load((folder / WEIGHTS).read_bytes())
        weights = TalkWeights(**held)
        width = len(weights.hidden)
        shapes = [weights.vectors.shape[1:], weights.pieces.shape[1:], weights.out.shape]
        if shapes != [(width,)] * 3 or weights.bias.shape != (1,):
            raise ValueError("arrays of another shape")
        return weights
    except (OSError, ValueError, TypeError, SafetensorError) as error:
        raise WeightsError(f"{folder / WEIGHTS} cannot be used ({error})") from error


def _runs(said: TokenMatrix) -> Iterator[TokenMatrix]:
    """Every half of RUN the next RUN tokens; none of a sentence that is not longer."""
    last = len(said) - RUN
    for low in [*range(0, last, RUN // 2), last] if last > 0 else []:
        yield said.part(low, low + RUN)
