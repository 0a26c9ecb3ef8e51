"""Draws the rows for a second marker, who sees neither the first mark nor what was intended.

``python -m evals.blind FOLDER`` writes ``answers.jsonl`` and ``pairs.jsonl`` there, shuffled.
Invariant: whether a row is drawn depends on its id alone, so new rows change nothing for old ones.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from evals.marks import MarkedAnswer, Marks, PointPair, load_marks

ANSWERS = 0.22  # a little over a fifth and a tenth: the draw is by chance
PAIRS = 0.11

Drawn = TypeVar("Drawn", MarkedAnswer, PointPair)


def draw(rows: Sequence[Drawn], share: float) -> list[Drawn]:
    """About this share of the rows: those whose ids' hashes, in [0, 1), lie below it, by hash."""
    return sorted((row for row in rows if _hash(row.id) < share), key=lambda row: _hash(row.id))


def _hash(id_: str) -> float:
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:8], "big") / 2**64


def blind_answer(answer: MarkedAnswer, marks: Marks) -> dict[str, Any]:
    """What the second marker sees of an answer."""
    question = marks.questions[answer.question_id]
    points = {p.id: f"({p.weight:g}) {p.text}" for p in question.key_points}
    return {
        "id": answer.id, "question": question.question, "key_points": points,
        "answer": answer.answer,
    }  # fmt: skip


def blind_pair(pair: PointPair, marks: Marks) -> dict[str, Any]:
    """What the second marker sees of a statement."""
    return {
        "id": pair.id,
        "question": marks.questions[pair.question_id].question,
        "key_point": marks.point(pair).text,
        "statement": pair.statement,
    }


def main(folder: Path) -> None:
    """Write both files."""
    marks = load_marks()
    folder.mkdir(parents=True, exist_ok=True)
    answers = [blind_answer(a, marks) for a in draw(marks.answers, ANSWERS)]
    pairs = [blind_pair(p, marks) for p in draw(marks.pairs, PAIRS)]
    for name, rows in (("answers", answers), ("pairs", pairs)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
