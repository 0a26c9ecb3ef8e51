"""What the trained judge learns from: pairs of a point and a passage, each with a target.

Invariant: nothing of a test file, of a set marked "measure only", or of a question of our dev or
test split is in it; what is drawn depends on the seed alone.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.grades import Verdict
from agent.judge import VERDICTS, Pair
from corpus.schema import Question
from evals.marks import Marks, split_of

Target = tuple[float, float, float, float]

COVERED, PARTIAL, MISSING, CONTRADICTED = range(4)


@dataclass(frozen=True, slots=True)
class Example:
    """A pair with its target over VERDICTS: a distribution, or, with `either`, the verdicts that
    the label allows."""

    pair: Pair
    target: Target
    source: str
    either: bool = False


def verdict_target(verdict: Verdict) -> Target:
    """All on one verdict."""
    first, second, third, fourth = (float(v == verdict) for v in VERDICTS)
    return first, second, third, fourth


def score_target(score: float) -> Target:
    """A mark in [0, 1] as a distribution whose expected mark it is (partial counts one half)."""
    if score >= 0.5:
        return 2 * score - 1, 2 - 2 * score, 0.0, 0.0
    return 0.0, 2 * score, 1 - 2 * score, 0.0


_ALLOWED: dict[str, Target] = {
    "entailment": (1, 0, 0, 0),
    "paraphrase": (1, 0, 0, 0),
    "contradiction": (0, 0, 0, 1),
    "neutral": (0, 1, 1, 0),
    "not_entailment": (0, 1, 1, 1),
    "not_paraphrase": (0, 1, 1, 1),
}
_LABELS: dict[str, Target] = {
    "correct": (1, 0, 0, 0),
    "contradictory": (0, 0, 0, 1),
    "incorrect": (0, 1, 1, 0),
}
# Rows of each set at most, alike by label: long sets of one kind would teach their style.
CAPS = {
    "breaking_nli": 3000,
    "help_conj_disj": 1500,
    "conjnli": 8000,
    "cannot_wikifactcheck": 9000,
    "scpp": 10000,
    "argkp": 12000,
    "cannot_semantoneg": 6000,
    "entailmentbank": 6000,
}
MEASURE_ONLY = frozenset({"evouna"})


def entailment_examples(folder: Path, seed: int) -> list[Example]:
    """The entailment sets, capped; the premise is the passage, the hypothesis the point."""
    chance = random.Random(seed)
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem in MEASURE_ONLY:
            continue
        rows = [r for r in read_lines(path) if not str(r.get("source", "")).startswith("med/paper")]
        by_label: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_label[row["label"]].append(row)
        most = max(1, CAPS.get(path.stem, len(rows)) // len(by_label))
        for label in sorted(by_label):
            chance.shuffle(by_label[label])
            for row in by_label[label][:most]:
                pair = Pair(row["hypothesis"], row["premise"])
                out.append(Example(pair, _ALLOWED[label], path.stem, either=True))
                if label == "paraphrase" and chance.random() < 0.5:
                    turned = Pair(row["premise"], row["hypothesis"])
                    out.append(Example(turned, _ALLOWED[label], path.stem, either=True))
    return out


def graded_examples(folder: Path, seed: int) -> list[Example]:
    """The graded training files, less a fifth of their questions that ideas are compared on: an
    answer held against a whole reference, and against another question's."""
    chance = random.Random(seed)
    out = []
    for name in ("scientsbank_train", "beetle_train", "saf_training"):
        rows = [r for r in read_lines(folder / f"{name}.jsonl") if split_of(r["qid"]) != "dev"]
        for row in rows:
            texts = list(dict.fromkeys([row["reference"], *(row.get("references") or ())]))
            label = _LABELS.get(row["label"])
            # A correct answer agrees with one of several references; which, the file does not say.
            text = texts[0] if row["label"] == "correct" else chance.choice(texts)
            if row["label"] == "correct" and len(texts) > 1:
                text = max(texts, key=lambda t: (_overlap(t, row["answer"]), t))
            pair = Pair(text, row["answer"], row["question"])
            if name == "saf_training" and label != _LABELS["contradictory"]:
                out.append(Example(pair, score_target(float(row["score"])), name))
            elif label is not None:
                out.append(Example(pair, label, name, either=True))
        for row in chance.sample(rows, len(rows) // 8):
            other = chance.choice(rows)
            if other["qid"] != row["qid"] and name != "beetle_train":  # whose questions are alike
                pair = Pair(row["reference"], other["answer"], row["question"])
                out.append(Example(pair, verdict_target("missing"), name))
    return out


def marked_examples(marks: Marks) -> list[Example]:
    """Our marked statements and answers."""
    out = []
    for row in marks.pairs:
        pair = Pair(marks.point(row).text, row.statement, _asked(marks, row.question_id))
        out.append(Example(pair, verdict_target(row.label), "pairs"))
    for answer in marks.answers:
        question = marks.questions[answer.question_id]
        texts = {p.id: p.text for p in question.key_points}
        for point, verdict in answer.verdicts.items():
            pair = Pair(texts[point], answer.answer, question.question)
            out.append(Example(pair, verdict_target(verdict), "answers"))
    return out


def whole_examples(marks: Marks) -> list[Example]:
    """Our answers held against all key points of their question as one text, as where a reference
    comes without points; against the reference itself where there is one."""
    out = []
    for answer in marks.answers:
        question = marks.questions[answer.question_id]
        wrong = sum(
            p.weight for p in question.key_points if answer.verdicts[p.id] == "contradicted"
        )
        target = score_target(answer.score)
        if 2 * wrong > sum(p.weight for p in question.key_points):
            target = verdict_target("contradicted")
        text = question.reference or " ".join(p.text for p in question.key_points)
        out.append(Example(Pair(text, answer.answer, question.question), target, "whole"))
    return out


def library_examples(bank: Sequence[Question], seed: int) -> list[Example]:
    """What the bundled library says of its own points, but for the questions of dev and test."""
    chance = random.Random(seed)
    questions = [q for q in bank if split_of(q.id) == "train"]
    out = []
    for question in questions:
        strangers = [q for q in questions if q.topic == question.topic and q.id != question.id]
        points = {p.id: p for p in question.key_points}
        for point in question.key_points:
            said = [(point.span.quote, "covered")] if point.span else []
            said.append((question.model_answer or "", "covered"))
            if strangers:
                stranger = chance.choice(strangers)
                said.append((stranger.model_answer or "", "missing"))
                said.append((chance.choice(stranger.key_points).text, "missing"))
            said += [(question.question, "missing"), (_heap(point.text, chance), "missing")]
            out += [
                Example(Pair(point.text, text, question.question), verdict_target(v), "library")  # type: ignore[arg-type]
                for text, v in said
                if text
            ]
        for wrong in question.misconceptions:
            if wrong.contradicts in points:
                pair = Pair(points[wrong.contradicts].text, wrong.text, question.question)
                out.append(Example(pair, verdict_target("contradicted"), "library"))
    return out


def composed_examples(marks: Marks, count: int, seed: int) -> Iterator[Example]:
    """Short answers put together from statements on a point and from what does not bear on it.

    A passage that contradicts the point anywhere contradicts it; else its best statement counts.
    """
    chance = random.Random(seed)
    rows = marks.pairs
    by_point: dict[tuple[str, str], list[int]] = defaultdict(list)
    topics: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        by_point[row.question_id, row.point_id].append(i)
        topics[marks.questions[row.question_id].topic].append(i)
    keys = sorted(by_point)
    for _ in range(count):
        key = chance.choice(keys)
        said = by_point[key]
        own = chance.sample(said, min(len(said), chance.choice((1, 1, 1, 2))))
        labels = [VERDICTS.index(rows[i].label) for i in own]
        near = topics[marks.questions[key[0]].topic]
        drawn = [rows[chance.choice(near)] for _ in range(chance.randint(1, 3))]
        padding = [row.statement for row in drawn if row.question_id != key[0]]
        if CONTRADICTED in labels and COVERED in labels:
            # What comes last is what the answer ends with: only a later error takes a point back.
            own.sort(key=lambda i: rows[i].label == "contradicted")
        texts = _interleaved([rows[i].statement for i in own], padding, chance)
        worst = CONTRADICTED if CONTRADICTED in labels else min(labels)
        point = next(p for p in marks.questions[key[0]].key_points if p.id == key[1])
        pair = Pair(point.text, " ".join(map(closed, texts)), _asked(marks, key[0]))
        yield Example(pair, verdict_target(VERDICTS[worst]), "composed")


def _interleaved(own: list[str], padding: list[str], chance: random.Random) -> list[str]:
    """`own` in its order, with the padding anywhere between."""
    out = list(own)
    for text in padding:
        out.insert(chance.randint(0, len(out)), text)
    return out


def closed(text: str) -> str:
    """The sentence with a sign at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _heap(text: str, chance: random.Random) -> str:
    """The longer words of a text as a list in another order."""
    words = [w for w in re.findall(r"[\w^%.]+", text) if len(w) > 3]
    chance.shuffle(words)
    return ", ".join(words)


def _overlap(left: str, right: str) -> float:
    one, two = (set(re.findall(r"\w+", t.lower())) for t in (left, right))
    return len(one & two) / max(1, len(one))


def _asked(marks: Marks, question_id: str) -> str:
    return marks.questions[question_id].question


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of the sets."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
