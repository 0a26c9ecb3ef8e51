"""Which model judges entailment: the one that the settings name, else the bundled one.

Invariant: nothing is loaded here; the judge loads its model on first use.
"""

from __future__ import annotations

from agent.calibration import Calibration
from agent.cross_encoder import CrossEncoderJudge, EntailmentModelError
from agent.judge import Judge
from agent.settings import Settings
from agent.trained_judge import TrainedJudge


def open_judge(settings: Settings) -> Judge:
    """The judge for these settings. Raises EntailmentModelError where it cannot run."""
    if settings.entailment_model:
        return CrossEncoderJudge(settings.entailment_model, _device(settings))
    return TrainedJudge()


def calibration_of(judge: Judge) -> Calibration | None:
    """What was fitted for this judge; another's probabilities are taken as they are."""
    return judge.card.calibration if isinstance(judge, TrainedJudge) else None


def _device(settings: Settings) -> str:
    """ "auto" leaves a GPU to the language model, as for the encoder."""
    if settings.device != "cuda":
        return "cpu"
    import torch

    if not torch.cuda.is_available():
        raise EntailmentModelError("PyTorch finds no GPU here for --device cuda; take cpu")
    return "cuda"
