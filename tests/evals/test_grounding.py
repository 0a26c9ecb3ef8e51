"""The suite on made-up data: a quote moved by a letter, a stranger's, a bad judge are seen."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from keywordjudge import KeywordJudge

from agent.grades import AnswerSpan, PointGrade, Verdict
from agent.judge import Pair
from corpus.schema import Document, KeyPoint, Question, Span
from evals.grounding import Shown, carrying_sources, exact_spans, sentence_of, speaking_quotes
from evals.result import Result
from evals.support import SupportFileError, read_claims, run_support

PROSE = "Steam keeps the crust soft. Gluten holds the gas."
ANSWER = "I think steam keeps the crust soft, mostly. Then it browns."
DOCUMENT = Document("d", "library:bread", "Bread", "text/markdown", "library", "0", PROSE)
WORKSPACE: Any = SimpleNamespace(document=lambda _: DOCUMENT)
QUOTE = AnswerSpan(8, 34, ANSWER[8:34])


class Never:
    """A judge for which nothing is ever said."""

    name = "never/test"

    def judge(self, pairs: list[Pair]) -> np.ndarray:
        return np.tile(np.array([0, 0, 1, 0], np.float32), (len(pairs), 1))


def shown(
    verdict: Verdict = "covered",
    answer: AnswerSpan | None = QUOTE,
    source: Span | None = None,
    human: Verdict = "covered",
) -> Shown:
    span = source or DOCUMENT.span(0, 27)
    point = PointGrade(
        "k1", "Steam keeps the crust soft", 1.0, verdict, 1.0, 0.9, "grader", answer, span
    )
    return Shown("q", "a", ANSWER, "Why steam?", point, human)


def values(result: Result) -> dict[str, float]:
    return {figure.name: figure.value for figure in result.figures}


def test_exact_quotes_pass():
    found = exact_spans([shown()], WORKSPACE)
    assert values(found) == {"spans/answer_exact": 1.0, "spans/source_exact": 1.0}
    assert found.faults == ()


@pytest.mark.parametrize(
    "case",
    [
        shown(answer=AnswerSpan(9, 35, QUOTE.quote)),
        shown(answer=AnswerSpan(8, 34, QUOTE.quote.upper())),
        shown(answer=AnswerSpan(8, 8, "")),
        shown(answer=None),
        shown(source=Span("d", "library:bread", 1, 28, PROSE[:27])),
        shown(source=Span("d", "library:bread", 900, 927, PROSE[:27])),
    ],
)
def test_a_quote_that_does_not_stand_there_is_a_fault(case):
    found = exact_spans([shown(), case], WORKSPACE)
    assert len(found.faults) == 1
    assert "a/k1" in found.faults[0]


def test_the_nearest_words_of_a_missing_point_are_no_quote():
    found = exact_spans([shown("missing", AnswerSpan(9, 35, "elsewhere"))], WORKSPACE)
    assert found.faults == ()
    assert math.isnan(values(found)["spans/answer_exact"])


def test_a_quote_is_read_in_its_sentence():
    assert sentence_of(shown()) == "I think steam keeps the crust soft, mostly."
    across = AnswerSpan(20, 50, ANSWER[20:50])
    assert sentence_of(shown(answer=across)) == ANSWER


def test_quotes_that_say_nothing_of_the_point_are_counted_and_listed():
    cases = [
        shown(),
        shown(answer=AnswerSpan(44, 59, ANSWER[44:59]), human="missing"),
        shown("missing", None, human="missing"),
    ]
    found = speaking_quotes(cases, KeywordJudge())
    assert values(found) == {
        "quotes/speaks": 0.5,
        "quotes/cited_right": 0.5,
        "quotes/cited_for_missing": 0.5,
    }
    assert [row["sentence"] for row in found.rows] == ["Then it browns."]
    assert values(speaking_quotes(cases, Never()))["quotes/speaks"] == 0


def library() -> list[Question]:
    points = (
        # In another order: what is said word for word needs no judge.
        KeyPoint("k1", "The crust, steam keeps soft.", 1.0, DOCUMENT.span(0, 27)),
        KeyPoint("k2", "Gas is what gluten holds.", 1.0, DOCUMENT.span(28, 49)),
    )
    return [
        Question(f"q{i}", "d", "bread", "Why?", "concept", "authored", 2, (), None, points)
        for i in range(3)
    ]


def test_sources_carry_their_own_points_and_no_others():
    found = carrying_sources(library(), KeywordJudge())
    assert values(found) == {"sources/supported": 1.0, "sources/strange_supported": 0.0}
    assert found.details == {"points": 6, "strange": 6}
    assert found.rows == ()
    poor = carrying_sources(library(), Never(), strange=2)
    assert values(poor)["sources/supported"] == 0
    assert (len(poor.rows), poor.details["strange"]) == (6, 2)


def save(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    path = folder / f"{name}.jsonl"
    lines = [{"id": str(i)} | row for i, row in enumerate(rows)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


STEAM = "Steam keeps the crust soft."
SOFT = "The crust, steam keeps soft."  # in another order: no judge is needed for the same words
BOTH = "Steam keeps the crust soft, and tea is hot."
TWO_WAY = [
    {"claim": STEAM, "evidence": [SOFT], "label": "supports"},
    {"claim": STEAM, "evidence": ["Steam does not keeps the crust soft."], "label": "refutes"},
    {"claim": "Tea is hot.", "evidence": ["Tea is hot."], "label": "supports"},
    {"claim": "Tea is hot.", "evidence": ["Tea is not hot."], "label": "refutes"},
]
THREE_WAY = [
    {"claim": BOTH, "evidence": [SOFT, "Tea is hot."], "label": "supported"},
    {"claim": BOTH, "evidence": [SOFT], "label": "partially_supported"},
    {"claim": STEAM, "evidence": ["Curd drains."], "label": "not_supported"},
]


@pytest.mark.parametrize(("name", "rows"), [("two", TWO_WAY), ("three", THREE_WAY)])
def test_a_judge_that_understands_is_right_and_beats_the_floors(tmp_path, name, rows):
    found = values(run_support(save(tmp_path, name, *rows), KeywordJudge(), resamples=9))
    assert found[f"{name}/verify/balanced_accuracy"] == 1
    assert found[f"{name}/verify/macro_f1"] == 1
    assert found[f"{name}/verify/auc"] == 1
    assert found[f"{name}/constant/balanced_accuracy"] <= 0.5
    assert found[f"{name}/constant/auc"] == 0.5
    poor = values(run_support(save(tmp_path, name, *rows), Never(), resamples=9))
    assert poor[f"{name}/verify/balanced_accuracy"] <= 0.5


def test_word_overlap_is_a_floor_that_negation_fools(tmp_path):
    found = values(run_support(save(tmp_path, "two", *TWO_WAY), KeywordJudge(), resamples=9))
    assert found["two/word-overlap/balanced_accuracy"] == 0.5


def test_the_same_file_gives_the_same_result(tmp_path):
    path = save(tmp_path, "three", *THREE_WAY)
    first, second = (run_support(path, KeywordJudge(), resamples=9) for _ in range(2))
    assert (first.as_json(), first.rows) == (second.as_json(), second.rows)
    assert [row["human"] for row in first.rows] == [row["label"] for row in THREE_WAY]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"claim": "x", "evidence": []}, "label"),
        ({"claim": "x", "evidence": "y", "label": "supports"}, "evidence"),
        ({"claim": "", "evidence": [], "label": "supports"}, "claim"),
        ({"claim": "x", "evidence": [], "label": "maybe"}, "maybe"),
        ({"claim": "x", "evidence": [], "label": "supported"}, "supported"),
    ],
)
def test_a_file_that_cannot_be_measured_on_is_refused(tmp_path, row, said):
    path = save(tmp_path, "bad", TWO_WAY[0], row)
    with pytest.raises(SupportFileError, match=said) as caught:
        read_claims(path)
    assert str(path) in str(caught.value)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SupportFileError, match="line 1 is not JSON"):
        read_claims(path)
