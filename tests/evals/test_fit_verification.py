"""What the weights of `verify` are fitted to, and the fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from keywordjudge import KeywordJudge

from agent.verification import LABELS, answers, label_of
from evals import verification_cases
from evals.fit_verification import SIGNS, fit, foretold, measured, told
from evals.marks import load_marks
from evals.training_data import read_lines
from evals.verification_cases import Case, label_of_facts, make_cases
from evals.verification_facts import FOLDS, Fact, read_facts

COUNTS = {"bread": (40, 20, 40)}


def fact(name: str, i: int) -> Fact:
    text = f"{name} {i} rose in oven{i} at degree{i % 7}."
    said, label = {
        "Loaf": (text, "supported"),
        "Bun": (text.replace("rose", "did not rise"), "refuted"),
        "Cake": (f"Tea {i} steeps in pot{i}.", "not_supported"),
    }[name]
    return Fact("bread", text, (said,), label, f"{name} {i}")


FACTS = [fact(name, i) for i in range(60) for name in ("Loaf", "Bun", "Cake")]


@pytest.fixture
def cases(monkeypatch) -> list[Case]:
    monkeypatch.setattr(verification_cases, "COUNTS", COUNTS)
    monkeypatch.setattr(verification_cases, "SALAD", 5)
    monkeypatch.setattr(verification_cases, "DENIED", 5)
    return make_cases(FACTS, 0)


def test_cases_are_as_many_as_asked_for_and_depend_on_the_seed_alone(cases):
    assert len(cases) == sum(COUNTS["bread"]) + 5
    assert cases == make_cases(list(FACTS), 0)
    assert cases != make_cases(FACTS, 1)
    assert {case.label for case in cases if case.facts > 1} == set(LABELS)


def test_no_claim_says_a_thing_twice(monkeypatch):
    monkeypatch.setattr(verification_cases, "COUNTS", {"bread": (0, 0, 100)})
    monkeypatch.setattr(verification_cases, "SALAD", 0)
    twice = [replace(f, place=f"{f.place} again") for f in FACTS[:90]]
    cases = make_cases(FACTS[:90] + twice, 0)
    assert 0 < len(cases) < 100
    for case in cases:
        assert max(case.claim.count(f.text.rstrip(".")) for f in FACTS) == 1


def test_evidence_holds_what_the_label_says(cases):
    by_text = {f.text.rstrip("."): f for f in FACTS}
    for case in cases:
        if case.kind == "salad":
            continue
        held = [f for text, f in by_text.items() if text in case.claim]
        assert len(held) == case.facts
        labels = [
            f.label if f.premise[0] in case.evidence else "not_supported" for f in held
        ]  # fmt: skip
        assert label_of_facts(labels) == case.label


def test_no_statement_and_no_sentence_stands_in_two_folds(cases):
    places = {f.premise[0]: f.fold for f in FACTS}
    for case in cases:
        assert {places[sentence] for sentence in case.evidence} == {case.fold}


def test_a_claim_in_shuffled_words_is_supported_by_nothing(cases):
    salads = [case for case in cases if case.kind == "salad"]
    told_right = [case.claim.rstrip(".") for case in cases if case.label == "supported"]
    assert {case.label for case in salads} == {"not_supported"}
    for case in salads:
        assert case.claim not in told_right
        assert sorted(case.claim.split()) in [sorted(claim.split()) for claim in told_right]


def test_a_denied_claim_is_refuted_by_what_supported_it():
    case = Case(
        "bread", "Steam is what can keep it soft.", ("Steam keeps it soft.",), "supported", 0, 1
    )
    denied = verification_cases._denied(case)
    assert denied is not None
    assert (denied.claim, denied.label) == ("Steam is not what can keep it soft.", "refuted")
    assert denied.evidence == case.evidence
    for claim in ("Steam softens.", "It is never soft.", "It isn't what it was."):
        assert verification_cases._denied(replace(case, claim=claim)) is None


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "not_supported"], "partially_supported"),
        (["partially_supported"], "partially_supported"),
        (["not_supported", "not_supported"], "not_supported"),
        (["supported", "refuted"], "refuted"),
    ],
)
def test_the_label_of_a_claim_follows_from_its_facts(labels, label):
    assert label_of_facts(labels) == label


def test_the_fit_finds_weights_that_tell_the_labels_apart(cases):
    told_well = [case for case in cases if case.kind != "salad"]  # words alone do not tell these
    found = measured(told_well, KeywordJudge())
    weights = fit(found, [case.label for case in told_well])
    given = [label_of(row) for row in answers(found, weights)]
    right = [ours == case.label for ours, case in zip(given, told_well, strict=True)]
    assert np.mean(right) > 0.7
    for line, signs in zip(weights, SIGNS, strict=True):
        assert all(w * s >= 0 for w, s in zip(line[1:], signs, strict=True))
        assert all(w == 0 for w, s in zip(line[1:], signs, strict=True) if s == 0)
    assert "macro-F1" in told(foretold(found, told_well), told_well)


def test_what_is_foretold_of_a_fold_was_not_fitted_on_it(cases):
    found = measured(cases, KeywordJudge())
    turned = [replace(case, label=LABELS[3] if case.fold == 0 else case.label) for case in cases]
    first = np.array([case.fold == 0 for case in cases])
    assert np.array_equal(foretold(found, cases)[first], foretold(found, turned)[first])


@pytest.mark.slow
def test_facts_are_of_the_sets_that_may_be_fitted_on(shared):
    facts = read_facts(shared / "data" / "entailment")
    kinds = Counter(f.kind for f in facts)
    assert set(kinds) == set(verification_cases.COUNTS)
    assert min(kinds.values()) > 300
    for kind in kinds:
        assert {f.fold for f in facts if f.kind == kind} == set(range(FOLDS))
    measure_only = {
        row["claim"]
        for path in (shared / "data" / "support").glob("*.jsonl")
        for row in read_lines(path)
    }
    assert not measure_only & {f.text for f in facts}
    marked = {p.text for q in load_marks().questions.values() for p in q.key_points}
    assert {f.text for f in facts if f.kind in ("statements", "answers")} <= marked
