"""The claims to learn from: no claim is true by its looks, and dev texts are not learnt from."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from evals.claims import load_claims
from evals.marks import MarksError


def test_a_symmetric_claim_is_carried_once_and_refuted_once(tmp_path: Path) -> None:
    line = '{"id": "x", "field": "f", "evidence": ["E1", "E2"], "claims": ["C1", "C2"]}\n'
    (tmp_path / "symmetric.jsonl").write_text(line, encoding="utf-8")
    (tmp_path / "passages.jsonl").write_text("", encoding="utf-8")
    claims = [*load_claims("train", tmp_path), *load_claims("dev", tmp_path)]
    assert {(c.text, c.evidence, c.verdict) for c in claims} == {
        ("C1", "E1", "covered"), ("C2", "E2", "covered"),
        ("C1", "E2", "contradicted"), ("C2", "E1", "contradicted"),
    }  # fmt: skip


def test_no_claim_is_true_by_its_looks() -> None:
    told = defaultdict(list)
    for claim in (*load_claims("train"), *load_claims("dev")):
        told[claim.text].append(claim.verdict)
    twice = [sorted(verdicts) for verdicts in told.values() if len(verdicts) > 1]
    assert len(twice) > 1000
    assert all(verdicts == ["contradicted", "covered"] for verdicts in twice)


def test_what_is_compared_on_is_not_learnt_from() -> None:
    learnt, compared = load_claims("train"), load_claims("dev")
    assert {c.verdict for c in learnt} == {c.verdict for c in compared}
    assert not {c.evidence for c in learnt} & {c.evidence for c in compared}
    assert not {c.text for c in learnt} & {c.text for c in compared}


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "symmetric.jsonl").write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(MarksError, match=r"symmetric\.jsonl line 1: field"):
        load_claims("train", tmp_path)
