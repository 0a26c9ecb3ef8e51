"""Trains the judge that ships with the embedded grader, in three stages, and writes its weights.

``python -m evals.train_judge DATA``, with the folder of ``entailment`` and ``grading``, takes under
two hours on two cores with AMX; what each stage reads is in `training_stages`.
Invariant: seeded, and a run that is taken up again after a stage gives the same weights.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from agent.judge_network import JudgeNetwork, load_tokenizer
from agent.trained_judge import CARD, WEIGHTS, JudgeCard
from evals.training import train
from evals.training_stages import MOST_TOKENS, SEED, STAGES, Sources
from index.embedder import default_model_folder

NAME = "greenroom-judge-8"
THREADS = 2
log = logging.getLogger(__name__)


def trained(network: JudgeNetwork, data: Path, kept: Path | None) -> dict[str, Tensor]:
    """Train in place, stage by stage; the weights at the half precision in which they ship.

    With `kept`, a folder, each stage's weights are put there, and training begins after the last
    stage whose weights lie there.
    """
    files = [kept / f"{stage.name}.safetensors" for stage, _ in STAGES] if kept else []
    done = max((number for number, file in enumerate(files, 1) if file.exists()), default=0)
    state: dict[str, Tensor] = load_file(files[done - 1]) if done else {}
    tokenizer = load_tokenizer(default_model_folder())
    sources = Sources(data)
    for number in range(done, len(STAGES)):
        if state:
            network.load_trained({name: value.float() for name, value in state.items()})
        stage, rows = STAGES[number]
        train(network, tokenizer, rows(sources), stage, SEED)
        state = {k: v.half().contiguous() for k, v in network.trained_state().items()}
        if files:
            save_file(state, files[number])
    return state


def save(state: dict[str, Tensor], folder: Path) -> None:
    """Write what was trained, and its card without a calibration."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / WEIGHTS)
    card = JudgeCard(name=NAME, base="all-MiniLM-L6-v2", most_tokens=MOST_TOKENS)
    (folder / CARD).write_text(json.dumps(card.model_dump(), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder with entailment/ and grading/")
    parser.add_argument("--output", type=Path, default=Path("agent/weights"))
    parser.add_argument("--keep", type=Path, help="a folder for the weights of each stage")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    save(trained(JudgeNetwork(default_model_folder()), options.data, options.keep), options.output)


if __name__ == "__main__":
    main()
