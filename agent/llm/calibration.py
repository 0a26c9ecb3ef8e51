"""From a model's probabilities to those of a human marker.

Vector scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks"): the log of each
probability is scaled by one factor and shifted by one number a verdict, fitted on author-marked
answers. Invariant: a model without an entry in `CALIBRATIONS` is left as it is and counts as not
measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from agent.llm.labels import Probabilities, normalised

_LEAST = 1e-4  # a probability of zero is how a server writes "not among the likeliest twenty"


@dataclass(frozen=True, slots=True)
class Calibration:
    """`scale` of the log probabilities (below 1: the model is too sure), `shift` for each of
    `agent.judge.VERDICTS`."""

    scale: float = 1.0
    shift: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def applied(self, row: Probabilities) -> Probabilities:
        """The calibrated probabilities."""
        logits = [
            self.scale * math.log(max(p, _LEAST)) + s for p, s in zip(row, self.shift, strict=True)
        ]
        top = max(logits)
        return normalised([math.exp(x - top) for x in logits])


# By the name a server gives its model, in lower case. Empty until a report of `greenroom eval
# grading --grader vllm` on our marks stands for one.
CALIBRATIONS: Mapping[str, Calibration] = {}


def calibration_of(model: str) -> Calibration:
    """The calibration of a model; the identity where it was not measured."""
    return CALIBRATIONS.get(model.lower(), Calibration())


def is_measured(model: str) -> bool:
    """Whether figures for this model ship with the product."""
    return model.lower() in CALIBRATIONS
