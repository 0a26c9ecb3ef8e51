"""Made-up marked answers and graders for the tests of the suites.

A grader here reads its verdicts off the answer: "covered@0.9 missing@0.2" gives them, in order, to
the key points, each with that confidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.grades import Grade, GradeRequest, GraderInfo, PointGrade, Scored, Ungraded
from agent.score import label_of, score_of

MARKS = {"covered": 1.0, "partial": 0.5, "missing": 0.0, "contradicted": 0.0}
INFO = GraderInfo("told", "1", "none", False)


class Told:
    """Gives the verdicts that stand in the answer; leaves "none" ungraded."""

    info = INFO

    def grade(self, request: GradeRequest) -> Grade:
        if request.answer == "none":
            return Ungraded("no_reference", (), "", self.info)
        said = [word.split("@") for word in request.answer.split()]
        points = tuple(
            PointGrade(
                f"k{i}", "", 1.0, verdict, MARKS[verdict], float(sure), "grader", None, None
            )
            for i, (verdict, sure) in enumerate(said, 1)
        )  # fmt: skip
        score = score_of(points)
        sure = min(p.confidence for p in points)
        return Scored(score, sure, label_of(points, score), points, (), "", self.info)


class Constant:
    """Says the same of every answer, under the name of the product's own grader."""

    info = GraderInfo("embedded", "0", "constant", False)

    def grade(self, request: GradeRequest) -> Grade:
        points = tuple(
            PointGrade(p.id, p.text, p.weight, "partial", 0.5, 0.5, "grader", None, None)
            for p in request.key_points
        )
        return Scored(0.5, 0.5, "partial", points, (), "", self.info)


def row(number: int, people: Sequence[str], said: str, **more: Any) -> dict[str, Any]:
    """A marked answer to one of four questions; its mark is the mean of people's verdicts."""
    points = [{"id": f"k{i}", "text": f"fact {i} of it"} for i in range(1, len(people) + 1)]
    return {
        "id": f"a{number}", "qid": f"q{number % 4}", "question": "What of it?",
        "key_points": points, "answer": said,
        "score": sum(MARKS[verdict] for verdict in people) / len(people),
        "verdicts": {point["id"]: verdict for point, verdict in zip(points, people, strict=True)},
    } | more  # fmt: skip


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """The rows as JSON Lines."""
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path
