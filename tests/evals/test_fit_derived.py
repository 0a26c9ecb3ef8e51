"""The choice of shares and borders of derived points: what made the marks is found again."""

from __future__ import annotations

import numpy as np

from agent.calibration import Borders, Derived, Shares, derived_chances, judgement
from agent.embedded import EmbeddedGrader
from agent.points import points_of_text
from agent.trained_judge import TrainedJudge
from evals.cases import marks_rows
from evals.fit_derived import Read, best, read, worth
from evals.marks import MarkedQuestion
from evals.subjects import load_subjects
from index.embedder import TransformerEmbedder


def made(shares: Shares, borders: Borders, answers: int = 120) -> list[Read]:
    """Answers that people marked as these shares and borders would."""
    drawn = np.random.default_rng(0)
    out = []
    for number in range(answers):
        own, whole = (tuple(row) for row in drawn.dirichlet((0.5,) * 4, 2).tolist())
        point = Derived(own, whole, *drawn.uniform(size=2).tolist())
        judged = judgement(derived_chances(point, shares), borders)
        out.append(Read((point,), (1.0,), (judged.verdict,), judged.score, number % 3 > 0))
    return out


def _cut_alike(question: MarkedQuestion) -> bool:
    """Whether the points that were marked are those that its reference is cut into today."""
    if not question.reference:
        return False
    cut = points_of_text(question.reference, question.question)
    return [p.text for p in cut] == [p.text for p in question.key_points]


def test_what_made_the_marks_is_the_best_choice():
    shares, borders = Shares(0.15, 0.3), Borders(0.3, 0.6, 0.4)
    answers = made(shares, borders)
    assert next(best({"made": answers})).startswith(f"{shares}, {borders}: made: r 1.000")
    assert worth(answers, shares, borders).macro_f1 == 1
    assert worth(answers, Shares(0.0, 0.0), borders).r < 0.99


def test_every_answer_is_also_given_to_another_question():
    judge = TrainedJudge()
    grader = EmbeddedGrader(TransformerEmbedder(), judge, judge.card.calibration)
    marks = load_subjects("dev")
    asked = [id_ for id_, q in marks.questions.items() if _cut_alike(q)][:2]
    said = [row for row in marks_rows(marks.only(asked)) if len(row["answer"].split()) > 10]
    rows = [row for id_ in asked for row in [r for r in said if r["qid"] == id_][:2]]
    answers = read(rows, grader)
    assert [a.own for a in answers] == [True, False] * len(rows)
    for row, answer in zip(rows, answers[::2], strict=True):
        assert answer.score == row["score"]
        assert answer.verdicts == tuple(row["verdicts"].values())
    assert all(a.score == 0 and not a.verdicts for a in answers[1::2])
