"""Claims against evidence: parts, labels, the sentences that carry them; rows in and rows out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keywordjudge import KeywordJudge

from agent.claim_parts import parts_of
from agent.claim_passages import MOST_PASSAGES, RUN, page_of
from agent.claims import TOO_LONG, verify_rows
from agent.verification import (
    FEATURES,
    LABELS,
    WEIGHTS,
    features,
    label_of,
    read_claim,
    verify,
)
from agent.word_order import jumbled

unhurried = settings(max_examples=50, deadline=None)
STEAM = "Steam keeps the crust soft."
GLUTEN = "Kneading develops a net of gluten."
NOISE = ["Tea tastes of tannin.", "Oolong needs hot water.", "Curd drains in a cloth."]


@pytest.mark.parametrize(
    ("claim", "parts"),
    [
        ("", ()),
        ("...", ()),
        (STEAM, (STEAM,)),
        (
            "She founded it in 1998 and sold it in 2004.",
            ("She founded it in 1998", "She sold it in 2004."),
        ),
        ("Weights, biases and norms stay on the device.", None),
        ("It came out on June 26, 1980.", None),
        (
            "The firm runs Media Play News, one of five trade papers.",
            ("The firm runs Media Play News", "runs Media Play News, one of five trade papers."),
        ),
        (
            "The kernel waits for memory all day; its warps read at scattered addresses.",
            ("The kernel waits for memory all day", "its warps read at scattered addresses."),
        ),
        ("It is fast. It is small.", ("It is fast.", "It is small.")),
    ],
)
def test_a_claim_is_cut_where_a_part_can_stand_alone(claim, parts):
    assert parts_of(claim) == ((claim,) if parts is None else parts)


def test_a_part_without_end_is_cut():
    assert [len(part.split()) for part in parts_of("word " * 130)] == [60, 60, 10]


@unhurried
@given(st.lists(st.sampled_from(["it", "was", "and", "but", "cut,", "red;", "the"]), max_size=40))
def test_every_word_of_a_claim_stands_in_a_part(words):
    left = {w.strip(",;") for w in words} - {"and", "but"}
    held = {w.strip(",;") for part in parts_of(" ".join(words)) for w in part.split()}
    assert left <= held


@pytest.mark.parametrize("beside", [[], NOISE, NOISE * 9])
def test_evidence_that_says_all_supports_and_is_named(beside):
    found = verify(STEAM, [*beside, STEAM], KeywordJudge())
    assert (found.label, found.sentences) == ("supported", (len(beside),))
    assert found.score >= 0.5


@pytest.mark.parametrize("beside", [[], NOISE, NOISE * 2])
def test_half_of_it_is_partial_and_only_that_half_is_named(beside):
    claim = f"{STEAM} {GLUTEN}"
    found = verify(claim, [STEAM, *beside], KeywordJudge())
    assert (found.label, found.sentences) == ("partially_supported", (0,))
    assert found.score < 0.5
    both = verify(claim, [STEAM, *beside, GLUTEN], KeywordJudge())
    assert (both.label, both.sentences) == ("supported", (0, len(beside) + 1))


def test_the_opposite_refutes_and_is_named():
    found = verify(STEAM, [*NOISE, "Steam does not keeps the crust soft."], KeywordJudge())
    assert (found.label, found.sentences) == ("refuted", (3,))
    assert found.score < 0.5


def test_what_is_said_elsewhere_does_not_support():
    found = verify(STEAM, NOISE, KeywordJudge())
    assert (found.label, found.sentences) == ("not_supported", ())
    assert found.score < 0.2


@pytest.mark.parametrize("evidence", [[], [""], [" ", "...", "\n"]])
def test_without_evidence_nothing_is_judged(evidence):
    judge = KeywordJudge()
    assert verify(STEAM, evidence, judge) == verify("?", [STEAM], judge)
    found = verify(STEAM, evidence, judge)
    assert (found.label, found.score, found.sentences) == ("not_supported", 0.0, ())
    assert judge.asked == []


@pytest.mark.parametrize(
    "words",
    [
        "Soft the keeps of steam crust the.",
        "The is pipeline to and of a stages five bubble with the.",
        "Into can a kernel the memory by is and read the.",
    ],
)
def test_words_of_the_evidence_in_no_order_are_no_claim(words):
    judge = KeywordJudge()
    plain = "Steam keeps the crust soft. A kernel can read memory; a pipeline has five stages."
    found = verify(words, [plain, words], judge)
    assert (found.label, found.score, found.sentences) == ("not_supported", 0.0, ())
    assert judge.asked == []


def test_what_the_evidence_says_word_for_word_is_supported_whatever_the_judge_says():
    class Contrary(KeywordJudge):
        def judge(self, pairs):
            return np.tile(np.float32([0.0, 0.0, 0.1, 0.9]), (len(pairs), 1))

    assert verify(STEAM, [*NOISE, STEAM], Contrary()).label == "supported"
    denied = STEAM.replace("keeps", "does not keep")
    assert verify(denied, [*NOISE, STEAM], Contrary()).label == "refuted"


@pytest.mark.parametrize(
    "plain",
    [
        STEAM,
        "It is the other one that the kernel waits for, not the few others.",
        "Paris in in the spring, and what it looks at is the sea.",
        "Kernel, stream, event, graph, warp, block, grid, cache.",
        "Whether or not the A100 has it, NVLink and PCIe are buses.",
        "The ends of the lists: a, b, and c.",
        "What it is made of is steel, and what that leads to has to be seen.",
        "The choice is not ours but the hour is, and the house was his.",
        "The request failed because of a timeout.",
        "A and B are independent.",
        "Node A is slower than node B.",
        "A for loop repeats its body; an if statement does not.",
        "The OR operator and the IN clause are evaluated first.",
        'She has read the "Iliad".',
        "He serves against his will.",
        "The May release is out.",
    ],
)
def test_a_sentence_a_slip_and_a_list_are_in_order(plain):
    assert not jumbled(plain)


def test_two_sentences_can_support_what_neither_says_alone():
    judge = KeywordJudge()
    found = verify("The net of gluten holds gas.", ["It is a gluten net.", "It holds gas."], judge)
    assert found.label == "supported"
    assert found.sentences == (0, 1)


def test_blank_sentences_count_but_say_nothing():
    assert verify(STEAM, ["", " ", STEAM, ""], KeywordJudge()).sentences == (2,)


def test_the_work_for_a_part_is_bounded_and_the_right_sentence_survives():
    judge = KeywordJudge()
    found = verify(STEAM, [*(f"Fact {i} is on tea." for i in range(400)), STEAM], judge)
    assert found.label == "supported"
    assert 400 in found.sentences
    assert len(judge.asked) <= MOST_PASSAGES


def test_a_claim_takes_one_call_and_no_pair_is_judged_twice():
    calls = []

    class Counting(KeywordJudge):
        def judge(self, pairs):
            calls.append(list(pairs))
            return super().judge(pairs)

    verify(f"{STEAM} {GLUTEN} {STEAM}", [STEAM, STEAM, GLUTEN, *NOISE], Counting())
    assert len(calls) == 1
    assert len(calls[0]) == len(set(calls[0]))


@unhurried
@given(st.lists(st.integers(0, 200), max_size=6))
def test_every_word_of_the_evidence_is_read_and_no_passage_is_long(sizes):
    evidence = [" ".join(f"w{i}x{k}" for k in range(size)) for i, size in enumerate(sizes)]
    page = page_of(evidence)
    for passage in [*page.single, *page.runs, page.gathered(page.stems)]:
        assert len(passage.text.split()) <= RUN
        held = {w.split("x")[0] for w in passage.text.split()}
        assert held == {f"w{i}" for i in passage.numbers}
    alone = {w for p in page.single for w in p.text.split()}
    assert alone == {w for sentence in evidence for w in sentence.split()}


@unhurried
@given(st.integers(2, 12))
def test_short_neighbours_are_read_together_too(count):
    assert page_of(["One two."] * count).runs[0].numbers == tuple(range(count))


def test_the_nearest_passages_are_few_and_share_the_rare_words():
    evidence = [f"Tea {i} keeps its taste." for i in range(50)]
    evidence[31] = "Its crust keeps."
    evidence[7] = "Steam comes first."
    near = page_of(evidence).nearest("Steam keeps the crust.")
    assert len(near) <= MOST_PASSAGES
    assert {(31,), (7,)} <= {p.numbers for p in near}
    assert near[-1].numbers == (7, 31)


def test_sentences_are_gathered_only_where_each_adds_a_word():
    page = page_of(["Steam rises.", *NOISE, "Steam rises fast.", "The crust is soft."])
    assert page.gathered({"steam", "crust"}).numbers == (0, 5)
    assert page.gathered({"steam"}).numbers == (0,)
    assert page.gathered(set()).numbers == ()


@unhurried
@given(st.permutations(["Steam rises.", "Crust is soft.", "Gluten holds gas.", "Tea is hot."]))
def test_the_same_passages_come_out_in_any_order_of_the_page(evidence):
    near = page_of(evidence).nearest("Steam makes crust, gluten holds gas.")
    gathered = {evidence[i] for i in near[-1].numbers}
    assert gathered >= {"Steam rises.", "Crust is soft.", "Gluten holds gas."}


def test_weights_have_a_row_a_question_and_a_column_a_feature():
    assert len(WEIGHTS) == len(LABELS) - 1
    assert {len(line) for line in WEIGHTS} == {1 + len(FEATURES)}


@pytest.mark.parametrize("evidence", [NOISE[:1], [STEAM], NOISE])
def test_only_what_is_contradicted_is_refuted(evidence):
    found = verify(f"{GLUTEN} Tea grows on hills.", evidence, KeywordJudge())
    assert found.label in ("not_supported", "partially_supported")


def test_the_first_question_answered_with_yes_decides():
    assert label_of((0.5, 0.9, 0.9)) == "supported"
    assert label_of((0.4, 0.5, 0.9)) == "refuted"
    assert label_of((0.4, 0.4, 0.5)) == "partially_supported"
    assert label_of((0.4, 0.4, 0.4)) == "not_supported"


def test_parts_covered_far_apart_are_all_covered():
    claim = f"{STEAM} {GLUTEN}"
    near, far = (
        features(read_claim(claim, [STEAM, *beside, GLUTEN], KeywordJudge()))
        for beside in ([], NOISE * 9)
    )
    assert near[FEATURES.index("all")] == far[FEATURES.index("all")]


def line(**fields):
    return json.dumps({"id": "1", "claim": STEAM, "evidence": [STEAM]} | fields)


def run(*lines):
    return list(verify_rows(lines, KeywordJudge()))


def test_a_row_comes_out_as_the_contract_has_it():
    (out,) = run(line(label="x", extra=1))
    score = out.pop("score")
    assert 0.5 <= score <= 1
    assert out == {
        "id": "1", "status": "checked", "reason": None, "label": "supported", "sentences": [0]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ("not json", None), ("[1]", None), ("null", None), ("[" * 5000, None), ("{}", None),
        ("\udc80", None),
        (line(claim=None), "1"), (line(claim=5), "1"), (line(evidence=None), "1"),
        (line(evidence="one"), "1"), (line(evidence=[1]), "1"), (line(id=None), None),
        (line(id=True), None), (line(id=7, claim=None), 7),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_has_its_line_and_spoils_no_other(bad, name):
    first, out, last = run(line(), bad, line())
    assert (out["id"], out["line"]) == (name, 2)
    assert (out["status"], out["reason"], out["label"]) == ("unchecked", "invalid_row", None)
    assert first == last
    assert first["status"] == "checked"


@pytest.mark.parametrize(
    "fields", [{"claim": "x" * (TOO_LONG + 1)}, {"evidence": ["x" * 60_000, "y" * 60_000]}]
)
def test_what_is_too_long_is_said(fields):
    (out,) = run(line(**fields))
    assert (out["status"], out["reason"], out["score"]) == ("unchecked", "too_long", None)


def test_no_evidence_is_no_support():
    (out,) = run(line(evidence=[]))
    assert (out["status"], out["label"], out["score"]) == ("checked", "not_supported", 0.0)


def test_blank_lines_are_no_rows_but_count():
    assert [o.get("line") for o in run(line(), " ", "nope")] == [None, 3]


@unhurried
@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=6))
def test_any_text_gives_a_row_that_json_can_hold(claim, evidence):
    (out,) = run(line(claim=claim, evidence=evidence))
    json.dumps(out, allow_nan=False)
    if out["status"] == "checked":
        assert out["label"] in LABELS
        assert 0 <= out["score"] <= 1
        assert all(0 <= i < len(evidence) for i in out["sentences"])
        assert (out["score"] >= 0.5) == (out["label"] == "supported")
