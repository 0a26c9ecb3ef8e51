"""How a remark begins: with what it is about and the candidate's own words, never a model's."""

from __future__ import annotations

import pytest

from agent.grades import AnswerSpan
from agent.remarks import LEADS, Remark

SAID = AnswerSpan(0, 9, "it is\nred ")


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ("good", "Good, where you said “it is red”: Red it is."),
        ("wrong", "Not so, where you said “it is red”: Red it is."),
        ("missed", "Missing: Red it is."),
        ("partly", "To complete it: Red it is."),
        ("better", "Better said: Red it is."),
        ("feedback", "Red it is."),
    ],
)
def test_a_remark_as_one_sentence(about, line):
    assert Remark(about, "Red it is.", SAID).line == line


def test_a_long_quote_is_cut_at_a_word():
    said = AnswerSpan(0, 400, "word " * 80)
    line = Remark("good", "So it is.", said).line
    assert "word …”" in line
    assert len(line) < 200
    assert set(LEADS) >= {"good", "feedback"}
