"""Draws the rows for a second marker, who sees neither the first mark nor what was intended.

``python -m evals.blind FOLDER`` writes ``answers.jsonl`` and ``pairs.jsonl`` there, shuffled and
under sealed ids; ``--merge`` puts the ``second_…`` files that the marker left there beside the
first marks. Invariant: whether a row is drawn depends on its id alone, so new rows change nothing
for old ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evals.json_rows import json_rows
from evals.marks import FOLDER, MarkedAnswer, Marks, MarksError, PointPair, load_marks

ANSWERS = 0.22  # a little over a fifth and a tenth: the draw is by chance
PAIRS = 0.11

Drawn = TypeVar("Drawn", MarkedAnswer, PointPair)


def draw(rows: Sequence[Drawn], share: float) -> list[Drawn]:
    """About this share of the rows: those whose ids' hashes, in [0, 1), lie below it, by hash."""
    return sorted((row for row in rows if _hash(row.id) < share), key=lambda row: _hash(row.id))


def _hash(id_: str) -> float:
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:8], "big") / 2**64


def sealed(id_: str) -> str:
    """An id that tells nothing: rows are numbered in the order in which kinds were written."""
    return hashlib.sha256(f"sealed {id_}".encode()).hexdigest()[:12]


def blind_answer(answer: MarkedAnswer, marks: Marks) -> dict[str, Any]:
    """What the second marker sees of an answer."""
    question = marks.questions[answer.question_id]
    points = {p.id: f"({p.weight:g}) {p.text}" for p in question.key_points}
    return {
        "id": sealed(answer.id), "question": question.question, "key_points": points,
        "answer": answer.answer,
    }  # fmt: skip


def blind_pair(pair: PointPair, marks: Marks) -> dict[str, Any]:
    """What the second marker sees of a statement."""
    return {
        "id": sealed(pair.id),
        "question": marks.questions[pair.question_id].question,
        "key_point": marks.point(pair).text,
        "statement": pair.statement,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both files, or read them back."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the rows are written")
    parser.add_argument("--marks", type=Path, default=FOLDER, help="the marked data they are from")
    parser.add_argument("--answers", type=float, default=ANSWERS, help="share of the answers")
    parser.add_argument("--pairs", type=float, default=PAIRS, help="share of the statements")
    parser.add_argument("--merge", action="store_true", help="put second marks beside the first")
    given = parser.parse_args(arguments)
    marks = load_marks(given.marks)
    if given.merge:
        merge(given.folder, given.marks, marks)
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    _write(
        given.folder / "answers.jsonl",
        (blind_answer(a, marks) for a in draw(marks.answers, given.answers)),
    )
    _write(
        given.folder / "pairs.jsonl", (blind_pair(p, marks) for p in draw(marks.pairs, given.pairs))
    )


def merge(folder: Path, place: Path, marks: Marks) -> None:
    """Write the second marks of `folder` to `place`, under the ids of the rows. Raises `MarksError`
    for a row that was never handed out."""
    for name, rows in (("answers", marks.answers), ("pairs", marks.pairs)):
        ids = {sealed(row.id): row.id for row in rows}
        path = folder / f"second_{name}.jsonl"
        given = [row for _, row in json_rows(path, MarksError)]
        if strange := [row["id"] for row in given if row["id"] not in ids]:
            raise MarksError(f"{path} has {strange[0]!r}, which is no row of {place}")
        _write(place / path.name, (row | {"id": ids[row["id"]]} for row in given))


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
