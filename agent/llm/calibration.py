"""From a model's probabilities to those of a human marker.

Invariant: what comes out is four probabilities that sum to 1, whatever goes in; the identity leaves
them as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agent.llm.labels import Probabilities, normalised

LEAST = 1e-4  # a probability of zero is how a server writes "not among the likeliest twenty"
MOST = 1000.0  # a weight beyond it is no fit but a fault
_Weight = Annotated[float, Field(strict=True, ge=-MOST, le=MOST, allow_inf_nan=False)]
_Four = tuple[_Weight, _Weight, _Weight, _Weight]
_ONES: tuple[_Four, _Four, _Four, _Four] = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)


class Calibration(BaseModel):
    """A multinomial logistic model over the logarithms of the four probabilities (matrix scaling,
    Guo et al. 2017, "On calibration of modern neural networks").

    `weights` [4, 4] and `bias` [4] give the log-odds of `agent.judge.VERDICTS`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: tuple[_Four, _Four, _Four, _Four] = _ONES
    bias: _Four = (0.0, 0.0, 0.0, 0.0)

    def applied(self, row: Probabilities) -> Probabilities:
        """The calibrated probabilities."""
        logs = log_probabilities(row)
        odds = [
            bias + math.fsum(w * x for w, x in zip(weights, logs, strict=True))
            for weights, bias in zip(self.weights, self.bias, strict=True)
        ]
        top = max(odds)
        return normalised([math.exp(o - top) for o in odds])


def log_probabilities(row: Sequence[float]) -> list[float]:
    """Their natural logarithms, each at least that of LEAST."""
    return [math.log(max(p, LEAST)) for p in row]
