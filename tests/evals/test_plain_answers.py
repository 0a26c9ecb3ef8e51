"""The plain answers: each to a question of its split, one of a kind, and not taken from another."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import get_args

import pytest

from evals.asked import Asked, MarksSplit, marked_sets
from evals.marks import (
    SPLITS,
    MarkedQuestion,
    MarksError,
    PlainKind,
    Split,
    load_answers,
    load_marks,
)
from evals.plain import load_contrasts, load_plain
from evals.provenance import notes_on
from evals.subjects import load_subjects


@pytest.mark.parametrize("split", SPLITS)
def test_their_questions_are_of_the_split(split: Split) -> None:
    known = load_marks().part(split) + load_subjects(split)
    plain = load_plain(split)
    assert plain.questions.items() <= known.questions.items()
    assert {a.question_id for a in plain.answers} == plain.questions.keys()


@pytest.mark.parametrize("split", SPLITS)
def test_every_question_has_at_most_one_answer_of_a_kind(split: Split) -> None:
    answers = load_plain(split).answers
    kinds = Counter((a.question_id, a.kind) for a in answers)
    assert set(kinds.values()) == {1}
    assert {kind for _, kind in kinds} == set(get_args(PlainKind))


def test_no_answer_stands_in_two_splits() -> None:
    said = [a.answer for split in SPLITS for a in load_plain(split).answers]
    assert len(said) == len(set(said))


def test_words_tell_what_they_do_not_tell_elsewhere() -> None:
    """A set in which shared words are no sign of a right answer would not be plain."""

    def share(answer: str, point: str) -> float:
        said, wanted = set(answer.lower().split()), point.lower().split()
        return sum(word in said for word in wanted) / len(wanted)

    plain = load_plain("train")
    points = {(q.id, p.id): p.text for q in plain.questions.values() for p in q.key_points}
    shares = {
        verdict: [
            share(a.answer, points[a.question_id, point])
            for a in plain.answers
            for point, given in a.verdicts.items()
            if given == verdict
        ]
        for verdict in ("covered", "missing")
    }
    covered, missing = (sum(s) / len(s) for s in shares.values())
    assert covered > 2 * missing


def test_contrasts_stay_close_to_another_answer_and_part_from_its_verdicts() -> None:
    """What is written anew teaches no more than any other answer: the pair teaches the word."""
    contrasts, plain = load_contrasts(), load_plain("train")
    said = {(a.question_id, a.kind): a for a in (*plain.answers, *contrasts.answers)}
    bases = {"plain_slip": "plain_right", "plain_mended": "plain_mixed"}
    common: list[float] = []
    for answer in contrasts.answers:
        if answer.kind not in bases:
            continue
        base = said[answer.question_id, bases[answer.kind]]
        assert answer.verdicts != base.verdicts, answer.id
        wrong = "contradicted" in answer.verdicts.values()
        assert wrong == (answer.kind == "plain_slip"), answer.id
        words = base.answer.split(), answer.answer.split()
        common.append(SequenceMatcher(None, *words, autojunk=False).ratio())
    assert sum(common) / len(common) > 0.75


def test_contrasts_are_no_answers_that_are_measured() -> None:
    measured = {a.answer for split in SPLITS for a in load_plain(split).answers}
    assert not measured & {a.answer for a in load_contrasts().answers}


def test_an_answer_to_a_question_of_another_split_is_refused(tmp_path: Path) -> None:
    plain = load_plain("dev")
    (tmp_path / "answers").mkdir()
    row = plain.answers[0].model_dump_json()
    (tmp_path / "answers/01.jsonl").write_text(row + "\n", encoding="utf-8")
    questions: dict[str, MarkedQuestion] = load_plain("test").questions
    with pytest.raises(MarksError, match=r"not in questions\.jsonl"):
        load_answers(tmp_path, questions)


@pytest.mark.parametrize("split", [MarksSplit.plain, MarksSplit.plain_test])
def test_a_figure_on_them_says_who_marked(split: MarksSplit) -> None:
    (name,) = marked_sets(Asked(split=split))
    assert "the one who wrote it" in notes_on(name)[0]
