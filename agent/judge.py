"""The seam at which a model judges what an answer is to one key point.

Invariant: a judgement is a row of probabilities in the order of VERDICTS that sums to 1, and the
same pair gets the same bytes whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from agent.grades import Verdict

Probabilities = npt.NDArray[np.float32]

VERDICTS: tuple[Verdict, ...] = ("covered", "partial", "missing", "contradicted")


@dataclass(frozen=True, slots=True)
class Pair:
    """What is judged: whether `passage`, said in reply to `question`, says `point`."""

    point: str
    passage: str
    question: str = ""


class Judge(Protocol):
    """Judges pairs. Deterministic and thread-safe."""

    @property
    def name(self) -> str:
        """The model's name and version, as a grade's provenance shows it."""
        ...

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        """Probabilities of VERDICTS for each pair, float32 [n, 4]."""
        ...
