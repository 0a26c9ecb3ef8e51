"""The suite on made-up pairs: a judge that reads them is told from one that counts words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from marked import write

from agent.judge import Pair, Probabilities
from evals.entailment import PairFileError, read_pairs, run_entailment

LABELS = ("entailment", "contradiction", "neutral", "paraphrase", "not_entailment")
# In each row all words of the hypothesis stand in the premise: words alone tell nothing.
ROWS = [
    {"id": str(i), "premise": f"{LABELS[i % 5]} crust soft {i}", "hypothesis": f"crust {i}",
     "label": LABELS[i % 5]}
    for i in range(40)
]  # fmt: skip


class Knows:
    """Reads the label off the premise."""

    name = "knows"

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        rows = {"entailment": 0, "paraphrase": 0, "contradiction": 3}
        found = np.full((len(pairs), 4), 0.1, np.float32)
        for i, pair in enumerate(pairs):
            found[i, rows.get(pair.passage.split()[0], 2)] = 0.7
        return found


def test_the_judge_is_measured_beside_common_words(tmp_path: Path) -> None:
    path = write(tmp_path / "made.jsonl", ROWS)
    result = run_entailment([path], Knows(), None, resamples=20)
    values = {figure.name: figure.value for figure in result.figures}
    assert values["made/judge/balanced_accuracy"] == 1.0
    assert values["made/judge/auc_against_contradiction"] == 1.0
    assert values["made/word-overlap/auc"] == 0.5
    assert result.notes == ()
    assert {f.goal for f in result.figures if "word-overlap" in f.name} == {None}


def test_a_part_of_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    path = write(tmp_path / "made.jsonl", ROWS)
    result = run_entailment([path], Knows(), 10, resamples=5)
    assert result.notes == ("A fixed draw of at most 10 rows of each file.",)
    assert result.tables[0].rows[0][:4] == ("made", 10, 40, "not known")
    assert len(result.rows) == 10


def test_a_set_with_one_label_has_no_figure_that_compares(tmp_path: Path) -> None:
    path = write(tmp_path / "evouna.jsonl", [row | {"label": "paraphrase"} for row in ROWS])
    result = run_entailment([path], Knows(), None, resamples=5)
    assert all(math.isnan(figure.value) for figure in result.figures)
    assert result.tables[0].rows[0][3] == "no"


@pytest.mark.parametrize(
    "row", [{"id": "1"}, ROWS[0] | {"label": "maybe"}, ROWS[0] | {"premise": ""}, [1]]
)
def test_a_row_that_is_no_pair_is_named(tmp_path: Path, row: object) -> None:
    path = write(tmp_path / "made.jsonl", [ROWS[0], row])  # type: ignore[list-item]
    with pytest.raises(PairFileError, match="line 2"):
        read_pairs(path)


def test_an_empty_file_is_no_set(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    with pytest.raises(PairFileError, match="no rows"):
        read_pairs(tmp_path / "none.jsonl")
