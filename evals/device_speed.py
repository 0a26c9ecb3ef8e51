"""How fast the encoder and the embedded grader are on a device, on the same texts.

Invariant: what is loaded or compiled at the first use is not in the figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.cases import Row, grade_all

if TYPE_CHECKING:
    from agent.settings import Settings

WARM = 8  # texts and rows before the clock runs


@dataclass(frozen=True, slots=True)
class DeviceSpeed:
    """Texts that the encoder reads a second, all at once, and rows that the embedded grader marks
    a second, one after the other, on a device. `note` says what stays elsewhere."""

    device: str
    texts_per_second: float
    rows_per_second: float
    note: str = ""


def devices() -> tuple[str, ...]:
    """The CPU, and the GPU where PyTorch finds one."""
    import torch

    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def device_speed(settings: Settings, device: str, rows: Sequence[Row]) -> DeviceSpeed:
    """Measure one device. Raises ModelUnavailableError where it is not there."""
    from agent.embedded import EmbeddedGrader
    from agent.judges import calibration_of, open_judge
    from index.embedder import TransformerEmbedder

    embedder = TransformerEmbedder(settings.embedding_model, device)
    texts = [str(row["answer"]) for row in rows]
    embedder.embed(texts[:WARM])
    reading = _seconds(lambda: embedder.embed(texts))
    judge = open_judge(settings)
    grader = EmbeddedGrader(embedder, judge, calibration_of(judge))
    grade_all("warm", rows[:WARM], grader)
    marking = _seconds(lambda: grade_all("timed", rows, grader))
    note = "" if device == "cpu" else "the bundled judge computes on the CPU"
    return DeviceSpeed(device, len(texts) / reading, len(rows) / marking, note)


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
