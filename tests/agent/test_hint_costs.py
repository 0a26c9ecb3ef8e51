"""Hints cost: what they helped with earns less, and the rest is untouched."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsal import Bank, make_interview, make_question, score

from agent.grades import Scored
from agent.interview import Interview
from agent.plan import Options
from agent.turns import Turn

GOOD = "alpha beta gamma delta"


def standing(turn: Turn) -> Scored:
    assert turn.marked is not None
    assert isinstance(turn.marked.standing, Scored)
    return turn.marked.standing


@pytest.mark.parametrize(("hints", "most"), [(0, 1.0), (1, 0.75), (2, 0.5), (3, 0.5)])
def test_a_hinted_point_earns_at_most_so_much(tmp_path: Path, hints: int, most: float) -> None:
    bank = Bank([make_question(0, points=("alpha beta", "gamma delta"))])
    interview = make_interview(tmp_path, bank)
    turn = interview.start(Options(count=1, seed=1))
    for _ in range(hints):
        turn = interview.answer(turn.session_id, "hint")
    turn = interview.answer(turn.session_id, GOOD)
    assert turn.kind == "report"  # nothing is asked after that can earn no more
    assert {p.id: p.score for p in standing(turn).points} == {"k1": most, "k2": 1.0}
    assert standing(turn).score == (most + 1) / 2
    assert score(turn) == 1.0  # the answer by itself
    assert turn.report is not None
    assert turn.report.overall.mean == (most + 1) / 2
    assert turn.marked is not None
    assert turn.marked.hinted == ({"k1": most} if hints else {})
    interview.close()


def test_each_hint_says_what_it_costs(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    notes = [interview.answer(turn.session_id, "hint").note for _ in range(3)]
    assert notes[0].endswith("This point now earns at most 75%.")
    assert notes[1].endswith("This point now earns at most 50%.")
    assert "%" not in notes[2]


def test_a_hint_after_an_answer_goes_to_a_point_that_can_still_earn(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "hint")
    turn = interview.answer(turn.session_id, "alpha beta")
    assert turn.kind == "follow_up"
    turn = interview.answer(turn.session_id, "hint")
    turn = interview.answer(turn.session_id, "gamma delta")
    assert turn.kind == "report"
    assert {p.id: p.score for p in standing(turn).points} == {"k1": 0.75, "k2": 0.75}


def test_what_the_candidate_says_of_a_hinted_point_is_capped_too(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    interview.answer(turn.session_id, "hint")
    turn = interview.answer(turn.session_id, "ALPHA beta gamma delta")
    assert turn.kind == "confirm"
    turn = interview.confirm(turn.session_id, {"k1": "covered"})
    (hinted,) = [p for p in standing(turn).points if p.id == "k1"]
    assert (hinted.score, hinted.verdict, hinted.by) == (0.75, "partial", "candidate")


def test_general_advice_costs_nothing(tmp_path: Path) -> None:
    bank = Bank([make_question(0, kind="behavioural")])
    interview = make_interview(tmp_path, bank)
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "hint")
    assert "%" not in turn.note
    turn = interview.answer(turn.session_id, GOOD)
    assert standing(turn).score == 1.0
    interview.close()


def test_a_kill_between_hint_and_answer_keeps_the_price(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    session = interview.start(Options(count=1, seed=1)).session_id
    interview.answer(session, "hint")
    interview.close()
    for file in tmp_path.glob("checkpoints*"):
        file.unlink()
    interview = make_interview(tmp_path)
    assert standing(interview.answer(session, GOOD)).score == 0.875
    interview.close()
