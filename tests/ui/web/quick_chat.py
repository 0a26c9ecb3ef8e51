"""The command line with a grader that can be computed by hand in place of the trained one, for
tests of the web app that are about turns and not about marks.

Invariant: all else is as it is; no model loads.
"""

from __future__ import annotations

import sys

from agent.grades import AnswerSpan, Grade, GradeRequest, GraderInfo, PointGrade, Scored
from agent.score import label_of, row_confidence, score_of
from agent.workspace import Workspace
from corpus.schema import KeyPoint
from ui.cli import run


class Quoting:
    """Covers a point that is quoted whole, and no other; always sure."""

    info = GraderInfo("quoting", "1", "none", False)

    def grade(self, request: GradeRequest) -> Grade:
        """The marks of an answer."""
        points = tuple(_point(point, request.answer) for point in request.key_points)
        score = score_of(points)
        label = label_of(points, score)
        return Scored(score, row_confidence(points), label, points, (), "", self.info)


def _point(point: KeyPoint, answer: str) -> PointGrade:
    start = answer.find(point.text)
    given = (point.id, point.text, point.weight)
    if start < 0:
        return PointGrade(*given, "missing", 0.0, 0.9, "grader", None, point.span)
    quoted = AnswerSpan(start, start + len(point.text), point.text)
    return PointGrade(*given, "covered", 1.0, 0.9, "grader", quoted, point.span)


def main() -> int:
    """Run a command; its exit code."""
    Workspace.session_grader = Quoting()  # type: ignore[assignment]
    Workspace.warm = lambda self, session_id=None: None  # type: ignore[method-assign]
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
