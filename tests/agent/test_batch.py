"""Every row in gives one row out, whatever is in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordjudge import word_grader

from agent.batch import grade_rows
from agent.points import bare_reference
from corpus.schema import KeyPoint, Question

GRADER = word_grader()
FACT = "A mutex lets one thread enter at a time."
KEYS = {
    "id", "status", "reason", "score", "confidence", "label", "points", "flags", "feedback",
    "grader", "latency_ms",
}  # fmt: skip


def run(*rows, resolve=lambda _: None, search=lambda _: None):
    lines = [r if isinstance(r, str) else json.dumps(r) for r in rows]
    return list(grade_rows(lines, GRADER, resolve, search, clock=lambda: 0.0))


def row(**fields):
    return {"id": "1", "question": "What is a mutex?", "answer": FACT, **fields}


def test_a_graded_row_has_the_shape_of_the_contract():
    (out,) = run(row(reference=FACT, score=0.1, label="incorrect", raters=[0]))
    assert set(out) == KEYS
    assert (out["status"], out["reason"], out["label"]) == ("graded", None, "correct")
    (point,) = out["points"]
    assert set(point) >= {"id", "text", "weight", "verdict", "score", "confidence", "by"}
    assert point["source_span"]["document_id"] == "reference"
    assert point["answer_span"] == {"start": 0, "end": len(FACT), "quote": FACT}
    json.dumps(out, allow_nan=False)


def test_a_rubric_that_is_a_scale_is_graded_by_its_reference():
    scale = [{"id": "k1", "text": "Correct"}, {"id": "k2", "text": "Partially correct (half)"}]
    (out,) = run(row(reference=FACT, key_points=scale))
    assert [p["text"] for p in out["points"]] == [FACT]
    (out,) = run(row(reference=FACT, key_points=[*scale, {"id": "k3", "text": FACT}]))
    assert [p["id"] for p in out["points"]] == ["k1", "k2", "k3"]
    (out,) = run(row(key_points=scale))
    assert [p["id"] for p in out["points"]] == ["k1", "k2"]


def test_many_at_a_time_come_out_as_one_after_the_other():
    lines = [json.dumps(row(id=str(i), answer=FACT * (i % 3), reference=FACT)) for i in range(30)]
    lines[4], lines[11], lines[17] = "not json", "", json.dumps({"id": "x"})

    def graded(workers):
        none = lambda _: None  # noqa: E731
        return list(
            grade_rows(lines, GRADER, none, none, clock=lambda: 0.0, workers=workers)
        )  # fmt: skip

    alone = graded(1)
    assert [r["status"] for r in alone].count("ungraded") == 2
    assert graded(2) == graded(7) == alone


def test_what_people_thought_of_it_changes_nothing():
    plain, marked = run(row(reference=FACT), row(reference=FACT, score=0, label="x", raters=[1]))
    assert plain == marked


@pytest.mark.parametrize(
    "line",
    [
        "not json", "[1]", "null", '"text"', "{}", "[" * 5000, '{"id": "1"',
        {"id": "1", "question": "q"},
        {"question": "q", "answer": "a"},
        row(answer=None), row(answer=5), row(question=None), row(reference=7),
        row(references="one"), row(id=None), row(id=[1]), row(id=True),
        row(key_points=[{"id": "k"}]), row(key_points=[{"id": "k", "text": ""}]),
        row(key_points=[{"id": "k", "text": "t", "weight": 0}]),
        row(key_points=[{"id": "k", "text": "t", "weight": -1}]),
        row(key_points=[{"id": "k", "text": "t", "weight": "2"}]),
        row(key_points=[{"id": "k", "text": "t", "weight": float("nan")}]),
        row(key_points=[{"id": "k", "text": "t", "weight": float("inf")}]),
        row(key_points=[{"id": "k", "text": "t"}, {"id": "k", "text": "u"}]),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_ungraded_with_its_line(line):
    first, out, last = run(row(reference=FACT), line, row(reference=FACT))
    assert (out["status"], out["reason"], out["line"]) == ("ungraded", "invalid_row", 2)
    assert (out["score"], out["confidence"], out["label"], out["points"]) == (None, None, None, [])
    assert first == last
    assert first["status"] == "graded"


def test_the_id_of_an_unreadable_row_is_kept_where_it_has_one():
    assert run(row(id="x", answer=None))[0]["id"] == "x"
    assert run("{")[0]["id"] is None
    assert run(row(id=7, reference=FACT))[0]["id"] == 7


def test_blank_lines_are_no_rows_but_count():
    outs = run(row(reference=FACT), "  ", "nope")
    assert [o.get("line") for o in outs] == [None, 3]


def test_missing_and_null_weights_are_one():
    points = [{"id": "a", "text": FACT}, {"id": "b", "text": "Deadlock", "weight": None}]
    assert [p["weight"] for p in run(row(key_points=points))[0]["points"]] == [1.0, 1.0]


def test_the_rows_own_points_come_first_then_the_question_then_the_reference():
    question = Question(
        "q", "d", "t", "What is a mutex?", "concept", "explicit", 1, (), None,
        (KeyPoint("bank", FACT),),
    )  # fmt: skip
    points = [{"id": "own", "text": FACT}]

    def resolve(name):
        return question if name == "q" else None

    full = row(key_points=points, question_id="q", reference=FACT)
    assert run(full, resolve=resolve)[0]["points"][0]["id"] == "own"
    second = row(question_id="q", reference="Another thing entirely.")
    assert run(second, resolve=resolve)[0]["points"][0]["id"] == "bank"
    third = row(question_id="gone", reference=FACT, key_points=[])
    assert run(third, resolve=resolve)[0]["points"][0]["text"] in FACT


def test_the_reference_that_serves_the_answer_best_counts():
    other = "Semaphores count permits with an integer."
    (out,) = run(row(reference=other, references=[other, FACT]))
    assert out["score"] >= 0.95
    assert out["points"][0]["source_span"]["path"] == "references[1]"
    assert out == run(row(references=[FACT, other]))[0] | {"points": out["points"]}


def test_without_a_reference_a_search_decides():
    assert run(row())[0]["reason"] == "no_reference"
    assert run(row(), search=lambda _: "weak")[0]["reason"] == "weak_retrieval"
    assert run(row(), search=lambda _: bare_reference(FACT))[0]["status"] == "graded"


def test_an_empty_answer_is_zero_without_any_search():
    def never(_):
        raise AssertionError("searched for nothing")

    (out,) = run(row(answer=" "), search=never)
    assert (out["status"], out["score"], out["flags"]) == ("graded", 0.0, ["empty"])
    assert run(row(answer="x" * 100_001), search=never)[0]["reason"] == "too_long"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
fields = ["id", "question", "answer", "reference", "references", "key_points", "question_id"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(fields), json_values) | json_values, max_size=4))
def test_as_many_rows_out_as_in(rows):
    outs = run(*[json.dumps(r) for r in rows])
    assert len(outs) == len(rows)
    for out in outs:
        assert set(out) >= KEYS
        json.dumps(out, allow_nan=False)
