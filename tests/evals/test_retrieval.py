"""The metrics of search: known values, a bad system scores badly, failed queries count."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from evals.baselines import split_recursively
from evals.corpora import (
    Query,
    glossary_queries,
    is_answer_sentences,
    is_development,
    read_answer_sentences,
    read_beir,
)
from evals.retrieval import Found, evaluate, ndcg
from evals.retrieval_result import as_result

QUERIES = [
    Query("1", "one", frozenset({"a"})),
    Query("2", "two", frozenset({"b"})),
    Query("3", "three", frozenset()),
]


def test_a_perfect_system_and_a_useless_one() -> None:
    answers = {"one": Found(("a",), 0.9), "two": Found(("b",), 0.8), "three": Found(("a",), 0.1)}
    good = evaluate(lambda text: answers[text], QUERIES).metrics
    assert {name: good[name].value for name in ("ndcg_at_10", "success_at_1", "weak_auroc")} == {
        "ndcg_at_10": 1.0,
        "success_at_1": 1.0,
        "weak_auroc": 1.0,
    }
    bad = evaluate(lambda text: Found((), float(text == "three"), False), QUERIES).metrics
    assert bad["ndcg_at_10"].value == bad["recall_at_10"].value == bad["weak_auroc"].value == 0
    assert bad["weak_let_in"].value == 1


def test_a_query_that_found_nothing_counts() -> None:
    found = {"one": Found(("a",), 1.0), "two": Found((), 0.0), "three": Found((), 0.0)}
    evaluation = evaluate(lambda text: found[text], QUERIES)
    assert len(evaluation.rows) == 3
    assert evaluation.metrics["success_at_1"].value == 0.5


@settings(deadline=None)  # a loaded machine is no fault
@given(st.permutations([f"d{i}" for i in range(8)]), st.sets(st.integers(0, 7), min_size=1))
def test_ndcg_is_that_of_scikit_learn(order: list[str], right: set[int]) -> None:
    relevant = frozenset(f"d{i}" for i in right)
    gains = np.array([[float(name in relevant) for name in order]])
    scores = np.array([[float(-i) for i in range(8)]])
    assert ndcg(order, relevant) == pytest.approx(ndcg_score(gains, scores, k=10))


def test_two_runs_give_the_same_intervals() -> None:
    def system(text: str) -> Found:
        return Found(("a",), float(len(text)))

    assert evaluate(system, QUERIES) == evaluate(system, QUERIES)


def test_our_queries_are_as_many_as_promised() -> None:
    queries = glossary_queries(Path("/glossary"))
    assert len({q.id for q in queries}) == len(queries)
    assert sum(bool(q.relevant) for q in queries) >= 140
    assert sum(not q.relevant for q in queries) >= 70
    assert 0.35 < sum(map(is_development, queries)) / len(queries) < 0.65


def test_every_article_of_our_queries_exists(shared: Path) -> None:
    for query in glossary_queries(shared / "documents" / "gpu-glossary"):
        assert all(Path(path).is_file() for path in query.relevant), query.id


def test_a_beir_folder_is_read(tmp_path: Path) -> None:
    rows = [{"_id": "7", "title": "T", "text": "body"}, {"_id": "8", "title": "Only", "text": ""}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    asked = [{"_id": "q", "text": "?"}, {"_id": "unjudged", "text": "?"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t7\t1\nq\t8\t0\n")
    chunks, queries = read_beir(tmp_path)
    assert [(c.path, c.title, c.text) for c in chunks] == [("7", "T", "body"), ("8", "", "Only")]
    assert queries == (Query("q", "?", frozenset({"7"})),)


def test_questions_with_candidate_sentences_are_read(tmp_path: Path) -> None:
    rows = [("a?", "right", "1"), ("a?", "wrong", "0"), ("b?", "wrong", "0"), ("c?", "right", "1")]
    path = tmp_path / "asked.jsonl"
    lines = [json.dumps({"qtext": q, "atext": a, "label": told}) for q, a, told in rows]
    path.write_text("\n".join(lines))
    assert is_answer_sentences(path)
    chunks, queries = read_answer_sentences(path)
    assert [c.text for c in chunks] == ["right", "wrong"]  # each once, whoever asked
    right = frozenset({chunks[0].path})
    assert [(q.text, q.relevant) for q in queries] == [("a?", right), ("c?", right)]
    (tmp_path / "other.jsonl").write_text('{"qtext": "a?"}')
    assert not is_answer_sentences(tmp_path / "other.jsonl")
    assert not is_answer_sentences(tmp_path)


def test_only_what_the_product_does_can_get_worse() -> None:
    found = Found(("a",), 0.9)
    measured = {name: evaluate(lambda _: found, QUERIES[:1]) for name in ("BM25 alone", "hybrid")}
    result = as_result("set", "which document answers each", measured)
    goals = {figure.name: figure.goal for figure in result.figures}
    assert goals["set/hybrid/ndcg_at_10"] == "high"
    assert goals["set/BM25 alone/ndcg_at_10"] is None
    assert "1 questions: which document" in result.text
    assert [row["system"] for row in result.rows] == ["BM25 alone", "hybrid"]


@given(st.lists(st.integers(1, 700), max_size=12), st.sampled_from(["\n\n", "\n", " "]))
def test_the_usual_pieces_are_short_and_lose_no_word(sizes: list[int], separator: str) -> None:
    text = separator.join(f"{i}" + "x" * size for i, size in enumerate(sizes))
    pieces = list(split_recursively(text))
    assert all(len(piece) <= 1000 for piece in pieces)
    assert set(text.split()) <= set(" ".join(pieces).split())
