"""The marked subjects: sound, of one split each, and held against their references."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases import marks_rows
from evals.marks import SPLITS, Split, load_marks
from evals.marks_suite import SUBJECTS, run_marks
from evals.subjects import load_subjects, subject_parts
from evals.training_data import whole_examples
from index.embedder import TransformerEmbedder


def test_a_subject_is_of_one_split() -> None:
    topics = {split: {q.topic for q in load_subjects(split).questions.values()} for split in SPLITS}
    assert all(topics.values())
    assert not topics["train"] & topics["dev"]
    assert not (topics["train"] | topics["dev"]) & topics["test"]
    library = {q.topic for q in load_marks().questions.values()}
    assert not library & (topics["dev"] | topics["test"])


def test_a_whole_answer_is_held_against_its_reference() -> None:
    marks = load_subjects("dev")
    rows = marks_rows(marks)
    assert {row["reference"] for row in rows} == {q.reference for q in marks.questions.values()}
    held = {e.pair.point for e in whole_examples(marks)}
    assert held == {row["reference"] for row in rows}


@pytest.mark.slow
def test_a_draw_of_the_subjects_keeps_every_limit_of_quality(embedder: TransformerEmbedder) -> None:
    """All of it takes minutes: ``greenroom eval marks``."""
    parts = subject_parts()
    parts["train"] = parts["train"].only(set(sorted(parts["train"].questions)[::15]))
    less = replace(SUBJECTS, answers=0, questions=0, topics=60, pairs=0, points=0)
    measured: tuple[Split, ...] = ("dev", "test")
    library = {f"library {split}": load_marks().part(split) for split in measured}
    _, report, faults = run_marks(parts, {}, embedder, less, library)
    assert faults == []
    assert report["agreement"]["statements"]["kappa"] > 0.9
