"""Trains the judge that ships with the embedded grader, in two stages, and writes its weights.

``python -m evals.train_judge DATA``, with the folder of ``entailment`` and ``grading``, takes under
two hours on two cores. First entailment and graded answers, then our own marked answers, statements
and library. Invariant: seeded; dev and test questions are never seen; one folder is written.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from agent.judge import Pair
from agent.judge_network import JudgeNetwork, load_tokenizer
from agent.trained_judge import CARD, WEIGHTS, JudgeCard
from corpus.library import load_library
from evals.marks import load_marks, split_of
from evals.training import Stage, train
from evals.training_changes import reversed_examples, stranger_examples, untidied
from evals.training_contrasts import (
    left_open_examples,
    misconception_examples,
    own_words_examples,
)
from evals.training_data import (
    Example,
    composed_examples,
    entailment_examples,
    graded_examples,
    library_examples,
    marked_examples,
    verdict_target,
    whole_examples,
)
from evals.training_hollow import hollow_examples
from evals.training_templates import template_examples
from index.embedder import default_model_folder

NAME = "greenroom-judge-3"
SEED = 0
THREADS = 2
FIRST = Stage("entailment", rate=8e-5, most_tokens=160)
SECOND = Stage("marks", rate=8e-5, most_tokens=192)
PASSES = 3  # of the second stage
CHANCE_PAIRS = 6000  # pairs of the first stage put together by chance
REPLAYED = 2500  # entailment pairs in each pass of the second stage
GRADED = 4000  # and graded answers
COMPOSED = 4000  # and short answers put together from statements
LIBRARY = 2500  # and pairs of the bundled library
STRANGERS = 3000  # and good answers to other questions
TEMPLATES = 500  # and made sentences with their sides exchanged
REVERSED = 600  # and covering statements denied or taken back
OWN_WORDS = 2000  # and points in their own words, and what turns them round
MISCONCEPTIONS = 1600  # and what is right and wrong, told as true or as somebody's error
LEFT_OPEN = 300  # and covering statements left open
HOLLOW = 1500  # and talk that claims nothing
UNTIDY = 0.3  # share of our rows whose text is typed carelessly, another share in each pass
LONGEST = (150, 100)  # words of a passage and of a point; longer ones are left out


def first_stage(data: Path) -> list[Example]:
    """Entailment sets, graded answers, and pairs that have nothing to do with each other."""
    examples = entailment_examples(data / "entailment", SEED)
    examples += graded_examples(data / "grading", SEED)
    chance = random.Random(SEED)
    for _ in range(CHANCE_PAIRS):
        one, other = chance.choice(examples), chance.choice(examples)
        pair = Pair(one.pair.point, other.pair.passage)
        examples.append(Example(pair, verdict_target("missing"), "strangers"))
    return short(examples)


def second_stage(data: Path) -> list[list[Example]]:
    """The examples of each pass: all of ours, and a share of the first stage's."""
    marks = load_marks().part("train")
    bank = [question for digest in load_library() for question in digest.questions]
    own = marked_examples(marks) + whole_examples(marks)
    library = library_examples(bank, SEED)
    questions = [q for q in bank if split_of(q.id) == "train"]
    entailment = entailment_examples(data / "entailment", SEED)
    graded = graded_examples(data / "grading", SEED)
    chance = random.Random(SEED)
    return [
        short(
            untidied(own, UNTIDY, 200 + number)
            + chance.sample(library, LIBRARY)
            + chance.sample(entailment, REPLAYED)
            + chance.sample(graded, GRADED)
            + list(composed_examples(marks, COMPOSED, 100 + number))
            + list(stranger_examples(marks, STRANGERS, 300 + number))
            + list(template_examples(TEMPLATES, 400 + number))
            + list(reversed_examples(marks, REVERSED, 500 + number))
            + list(own_words_examples(questions, OWN_WORDS, 600 + number))
            + list(misconception_examples(marks, questions, MISCONCEPTIONS, 700 + number))
            + list(left_open_examples(marks, LEFT_OPEN, 800 + number))
            + list(hollow_examples(questions, HOLLOW, 900 + number))
        )
        for number in range(PASSES)
    ]


def short(examples: Sequence[Example]) -> list[Example]:
    """Those that are not too long."""
    return [
        e
        for e in examples
        if len(e.pair.passage.split()) <= LONGEST[0] and len(e.pair.point.split()) <= LONGEST[1]
    ]


def save(network: JudgeNetwork, folder: Path) -> None:
    """Write what was trained, at half precision, and its card without a calibration."""
    state = {k: v.half().contiguous() for k, v in network.trained_state().items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / WEIGHTS)
    card = JudgeCard(name=NAME, base="all-MiniLM-L6-v2", most_tokens=SECOND.most_tokens)
    (folder / CARD).write_text(json.dumps(card.model_dump(), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train and write. ``--first-stage`` takes up again after the first stage."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder with entailment/ and grading/")
    parser.add_argument("--output", type=Path, default=Path("agent/weights"))
    parser.add_argument("--first-stage", type=Path, help="where the first stage is kept")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    base = default_model_folder()
    network, tokenizer = JudgeNetwork(base), load_tokenizer(base)
    kept: Path | None = options.first_stage
    if kept and kept.exists():
        network.load_trained(torch.load(kept, weights_only=True))
    else:
        train(network, tokenizer, [first_stage(options.data)], FIRST, SEED)
        if kept:
            torch.save(network.trained_state(), kept)
    passes = second_stage(options.data)
    train(network, tokenizer, passes, SECOND, SEED, lambda _: save(network, options.output))


if __name__ == "__main__":
    main()
