"""The form of the marked data, its checker, and what of it is caught."""

from __future__ import annotations

import functools
import hashlib
import json
import operator
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from corpus.library import load_library
from corpus.schema import KeyPoint, Question
from evals import blind
from evals.agreement import label_agreement, score_agreement, verdict_agreement
from evals.blind import blind_answer, blind_pair, draw
from evals.marks import AnswerKind, Marks, MarksError, PairKind, load_marks, snapshot, split_of
from evals.marks_check import duplicates, giveaways, leaks
from evals.marks_suite import Limits, run_marks
from index.embedder import Embedding, TokenMatrix, TransformerEmbedder

LABELS = ("covered", "partial", "missing", "contradicted")
TOPICS = ("Tea", "Bread")
NONE = Limits(
    answers=0, questions=0, topics=0, pairs=0, points=0, pairs_of_a_point=0, second_answers=0,
    second_pairs=0, correlation=1.1, probe_surface=1.1, probe_statement=1.1,
)  # fmt: skip


class HashEmbedder:
    """A text's vector is drawn by its hash: the same text, and only that, is alike."""

    name = "hash"
    dimension = 32

    def embed_one(self, text: str) -> Embedding:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        pooled = np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        none = np.zeros((0, self.dimension), np.float32)
        tokens = TokenMatrix(np.zeros(0, np.int32), np.zeros((0, 2), np.int32), none)
        return Embedding(pooled / np.linalg.norm(pooled), tokens)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [self.embed_one(text) for text in texts]


def question(number: int) -> dict[str, Any]:
    points = [{"id": f"k{k}", "text": f"fact {number} {k} holds", "weight": 1.0} for k in (1, 2)]
    return {
        "id": f"q{number}", "topic": TOPICS[number % 2], "question": f"What of {number}?",
        "key_points": points,
    }  # fmt: skip


def padding(number: int, which: int) -> str:
    """Words of no weight, as many as chance has it."""
    return " yes" * (hashlib.sha256(f"{number}/{which}".encode()).digest()[0] % 5)


def answer(number: int, which: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"q{number}-a{which}", "question_id": f"q{number}", "kind": "full",
        "answer": f"It holds {number} {which}{padding(number, which)}", "score": which / 4,
        "verdicts": {"k1": LABELS[which % 4], "k2": "missing"},
    } | changes  # fmt: skip


def pair(number: int, which: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"q{number}-k1-p{which}", "question_id": f"q{number}", "point_id": "k1",
        "kind": "plain", "statement": f"so says {number} of {which}{padding(number, which)}",
        "label": LABELS[which % 4],
    } | changes  # fmt: skip


Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write a small sound set, with changes."""

    def write(**files: Sequence[dict[str, Any]]) -> Path:
        rows: dict[str, Sequence[dict[str, Any]]] = {
            "questions": [question(n) for n in range(20)],
            "answers/tea": [answer(n, w) for n in range(20) for w in range(4)],
            "pairs/tea": [pair(n, w) for n in range(20) for w in range(4)],
            "second_answers": [
                {"id": "q0-a1", "score": 0.5, "verdicts": {"k1": "covered", "k2": "missing"}},
                {"id": "q1-a2", "score": 0.5, "verdicts": {"k1": "missing", "k2": "missing"}},
            ],
            "second_pairs": [
                {"id": "q0-k1-p0", "label": "covered"},
                {"id": "q0-k1-p1", "label": "missing"},
            ],
        }
        for name, lines in (rows | files).items():
            path = tmp_path / f"{name}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return tmp_path

    return write


def test_a_sound_set_is_read_whole(folder: Folder) -> None:
    marks = load_marks(folder())
    assert (len(marks.questions), len(marks.answers), len(marks.pairs)) == (20, 80, 80)
    assert marks.point(marks.pairs[0]).text == "fact 0 1 holds"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"answers/tea": [answer(0, 1), answer(0, 1)]}, "'q0-a1' occurs 2 times"),
        ({"answers/tea": [answer(99, 1)]}, "'q99', which is not in questions"),
        ({"answers/tea": [answer(0, 1, verdicts={"k1": "covered"})]}, "give one for k1, k2"),
        ({"answers/tea": [answer(0, 1, score=1.2)]}, "line 1: score"),
        ({"answers/tea": [answer(0, 1, kind="good")]}, "line 1: kind"),
        ({"answers/tea": [answer(0, 1, human=True)]}, "line 1: human"),
        ({"pairs/tea": [pair(0, 1, point_id="k9")]}, "'k9', which is no key point"),
        ({"pairs/tea": [pair(0, 1, label="wrong")]}, "line 1: label"),
        ({"pairs/tea": [pair(0, 1, statement="")]}, "line 1: statement"),
        ({"second_pairs": [{"id": "x", "label": "covered"}]}, "'x' belongs to no pair"),
        ({"second_answers": [{"id": "x", "score": 1, "verdicts": {}}]}, "'x' belongs to no"),
    ],
)
def test_what_does_not_hold_together_is_refused(
    folder: Folder, files: dict[str, Any], says: str
) -> None:
    with pytest.raises(MarksError, match=says):
        load_marks(folder(**files))


def test_a_line_that_is_no_json_is_named(folder: Folder) -> None:
    path = folder() / "second_pairs.jsonl"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(MarksError, match="line 1 is not JSON"):
        load_marks(path.parent)


def test_a_question_keeps_its_split_and_all_splits_are_used() -> None:
    splits = [split_of(f"question-{n}") for n in range(3000)]
    assert [split_of(f"question-{n}") for n in range(3000)] == splits
    shares = {name: splits.count(name) / 3000 for name in ("train", "dev", "test")}
    assert shares == pytest.approx({"train": 0.6, "dev": 0.2, "test": 0.2}, abs=0.03)
    assert split_of("cudnn-what-it-is") == "train"


def test_agreement_counts_rows_marked_twice_only(folder: Folder) -> None:
    marks = load_marks(folder())
    scores = score_agreement(marks)
    assert (scores.rows, scores.mae) == (2, pytest.approx(0.125))
    verdicts = verdict_agreement(marks)
    assert (verdicts.rows, verdicts.agreed) == (4, pytest.approx(0.75))
    assert sum(map(sum, verdicts.confusion)) == 4
    labels = label_agreement(marks)
    assert (labels.rows, labels.agreed) == (2, 0.5)
    assert labels.confusion[1][2] == 1  # partial for the first, missing for the second


@pytest.mark.parametrize("at_once", [1, 1024])
def test_repeated_and_leaking_rows_are_named(
    folder: Folder, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.marks_check.AT_ONCE", at_once)
    by_split = {split_of(f"q{n}"): n for n in range(20)}
    one, other = by_split["train"], by_split["test"]
    pairs = [
        pair(one, 1),
        pair(one, 2, statement=pair(one, 1)["statement"].upper() + "!"),
        pair(one, 3, statement="The same in both."),
        pair(other, 1),
        pair(other, 3, statement="The same in both."),
    ]
    marks = load_marks(folder(**{"pairs/tea": pairs, "second_pairs": []}))
    assert duplicates(marks) == [f"q{one}-k1-p2"]
    (leak,) = leaks(marks.parts(), HashEmbedder())
    assert {f"q{one}-k1-p3 (train)", f"q{other}-k1-p3 (test)"} == set(leak.split(" and "))


def test_a_label_that_the_statement_gives_away_is_seen(folder: Folder) -> None:
    def told(number: int, which: int) -> dict[str, Any]:
        return pair(number, which, statement="well " * (1 + which * 5) + str(number))

    honest = giveaways(load_marks(folder()), HashEmbedder())
    assert honest.probe_surface < 0.6
    telling = [told(n, w) for n in range(20) for w in range(4)]
    given = giveaways(load_marks(folder(**{"pairs/tea": telling})), HashEmbedder())
    assert given.probe_surface > 0.9


def test_marks_that_follow_length_or_words_are_seen(folder: Folder) -> None:
    long = [answer(n, w, answer="word " * (1 + w)) for n in range(20) for w in range(4)]
    shared = [
        answer(n, w, answer=" ".join(["fact", str(n), "holds", "1"][:w]) or "no")
        for n in range(20)
        for w in range(4)
    ]
    assert (
        giveaways(load_marks(folder(**{"answers/tea": long})), HashEmbedder()).mark_length_r > 0.9
    )
    found = giveaways(load_marks(folder(**{"answers/tea": shared})), HashEmbedder())
    assert found.mark_overlap_r > 0.8


def test_the_suite_names_each_limit_that_is_broken(folder: Folder) -> None:
    marks = load_marks(folder())
    text, report, faults = run_marks(marks.parts(), {}, HashEmbedder(), NONE)
    assert faults == report["faults"] == []
    assert report["counts"]["pairs_by_label"] == dict.fromkeys(sorted(LABELS), 20)
    assert "kappa" in text
    _, _, faults = run_marks(marks.parts(), {}, HashEmbedder())
    named = " ".join(faults)
    for part in ("80 answers of 1500", "20 questions of 150", "2 topics of 20", "80 pairs of 8000"):
        assert part in named
    assert "2 second answers of 16" in named
    assert "20 key points have fewer than 6" in named
    json.dumps(report)


def test_what_stands_beside_a_set_must_not_stand_in_it(folder: Folder) -> None:
    marks = load_marks(folder())
    others = {"train": Marks({}, (), (), {}, {})}
    _, _, faults = run_marks(others | {"dev": marks}, {}, HashEmbedder(), NONE, {"library": marks})
    assert len(faults) == len(marks.questions) + len(marks.pairs)
    assert "q0 (dev) and q0 (library) stand in two splits" in faults[0]


def test_splits_have_all_that_belongs_to_their_questions_and_nothing_else(folder: Folder) -> None:
    marks = load_marks(folder())
    parts = marks.parts()
    assert functools.reduce(operator.add, parts.values()).questions.keys() == marks.questions.keys()
    for name, part in parts.items():
        assert {split_of(id_) for id_ in part.questions} == {name}
        assert {a.question_id for a in part.answers} == set(part.questions)
    assert sum(len(part.second_answers) for part in parts.values()) == 2
    with pytest.raises(MarksError, match="is in both sets"):
        marks + parts["dev"]


def test_a_set_that_nobody_marked_twice_is_read(folder: Folder) -> None:
    path = folder()
    (path / "second_pairs.jsonl").unlink()
    assert load_marks(path).second_pairs == {}


def test_marks_of_a_question_that_has_changed_are_named(folder: Folder) -> None:
    marks = load_marks(folder())
    points = tuple(KeyPoint(f"k{k}", f"fact 0 {k} holds", 1.0) for k in (1, 2))
    kept = Question(
        id="q0", document_id="d", topic="Tea", question="What of 0?", kind="concept",
        origin="authored", difficulty=1, roles=(), reference=None, key_points=points,
    )  # fmt: skip
    assert run_marks(marks.parts(), {"q0": kept}, HashEmbedder(), NONE)[2] == []
    changed = Question(**{f: getattr(kept, f) for f in kept.__slots__} | {"key_points": points[:1]})
    assert snapshot(changed).key_points != marks.questions["q0"].key_points
    (fault,) = run_marks(marks.parts(), {"q0": changed}, HashEmbedder(), NONE)[2]
    assert "q0 has other key points" in fault


def test_the_second_marker_sees_neither_mark_nor_kind(folder: Folder) -> None:
    marks = load_marks(folder())
    drawn = draw(marks.answers, 0.2)
    assert 6 <= len(drawn) <= 26
    assert draw(tuple(reversed(marks.answers)), 0.2) == drawn
    first = marks.answers[:40]
    assert [a.id for a in draw(first, 0.2)] == [a.id for a in drawn if a in first]
    seen = [blind_answer(a, marks) for a in drawn]
    assert all(set(row) == {"id", "question", "key_points", "answer"} for row in seen)
    rows = [blind_pair(p, marks) for p in draw(marks.pairs, 0.1)]
    assert all(set(row) == {"id", "question", "key_point", "statement"} for row in rows)


def test_a_second_marker_gets_rows_of_any_set_and_they_come_back(
    folder: Folder, tmp_path: Path
) -> None:
    out, place = tmp_path / "blind", folder()
    blind.main([str(out), "--marks", str(place), "--answers", "1", "--pairs", "0"])
    rows = [json.loads(line) for line in (out / "answers.jsonl").read_text().splitlines()]
    assert len(rows) == 80
    assert (out / "pairs.jsonl").read_text() == ""
    assert not any("-a" in row["id"] for row in rows)  # the number of a row tells its kind
    verdicts = {"k1": "partial", "k2": "covered"}
    second = [{"id": row["id"], "score": 0.25, "verdicts": verdicts} for row in rows]
    (out / "second_answers.jsonl").write_text("\n".join(map(json.dumps, second)))
    (out / "second_pairs.jsonl").write_text("")
    blind.main([str(out), "--marks", str(place), "--merge"])
    marks = load_marks(place)
    assert marks.second_answers.keys() == {a.id for a in marks.answers}
    (out / "second_answers.jsonl").write_text(json.dumps(second[0] | {"id": "x"}))
    with pytest.raises(MarksError, match="'x', which is no row"):
        blind.main([str(out), "--marks", str(place), "--merge"])


@pytest.mark.slow
@pytest.mark.timeout(900)  # it embeds every statement, in float32 where the processor has no other
def test_the_shipped_marks_keep_every_limit(embedder: TransformerEmbedder) -> None:
    bank = {q.id: q for digest in load_library() for q in digest.questions}
    text, report, faults = run_marks(load_marks().parts(), bank, embedder)
    assert faults == []
    assert set(report["counts"]["answers_by_kind"]) == set(get_args(AnswerKind))
    assert set(report["counts"]["pairs_by_kind"]) == set(get_args(PairKind))
    assert "To mend" not in text
