"""Writes the page of prompts: every prompt whole, with the reason for each part.

``python -m evals.print_prompts docs/prompts.md``. The prompts are taken from the code that sends
them, on one made-up question. Invariant: the page holds nothing that is not sent, but for the
reasons.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from agent.grades import AnswerSpan, GradeRequest, GraderInfo, PointGrade, Scored, Verdict
from agent.interviewer import Candidate
from agent.llm import prompts, question_writer, rewording
from agent.llm.endpoint import Endpoint
from agent.llm.faults import InvalidOutputError
from agent.llm.interviewer import ModelInterviewer
from agent.llm.words import Explainer
from agent.trained_judge import TrainedJudge
from agent.turns import Marked
from corpus.schema import KeyPoint, Misconception, Question, Reference, Span
from evals.prompt_reasons import HEAD, REASONS, SHARED, Reasons

SOURCE = (
    "A build cache keeps object files under a hash of the preprocessed source. On a hit the "
    "compiler is not run; the stored file is copied."
)
ANSWER = "It looks the file up by a hash of its source, and then everything is done faster."
QUESTION_TEXT = "What does a build cache do?"
LOCAL = Endpoint("http://127.0.0.1:8000/v1")  # to another machine no CV is sent


@dataclass(slots=True)
class Recorder:
    """A model that keeps what it is asked and answers nothing."""

    name: str = "recorder"
    endpoint: Endpoint = LOCAL
    messages: Sequence[tuple[str, str]] = ()

    def structured(
        self, messages: Sequence[tuple[str, str]], schema: Any, most_tokens: int, **_: Any
    ) -> NoReturn:
        self.messages = messages
        raise InvalidOutputError("recorded")

    def json_stream(self, messages: Sequence[tuple[str, str]], *_: Any) -> Iterator[str]:
        self.messages = self.messages or messages
        yield from ()


def page() -> str:
    """The whole page in Markdown."""
    question = _question()
    request = GradeRequest.of(question, ANSWER)
    shared = prompts.dossier(request, question.key_points, ANSWER)
    parts = [SHARED, *(_part(p) for p in prompts.printed(request, question.key_points)[:-1])]
    ends = {
        "Marking one key point": prompts.question_on(question.key_points[0]),
        "Words after the mark": _end(_explained(question), shared.shared),
        "A follow-up": _end(_probed(question), shared.shared),
        "A hint": _end(_hinted(question), shared.shared),
        "A good answer": _good_answer(question),
    }
    whole = {
        "A question in other words": _whole(_reworded(question)),
        "Questions on a passage": _whole(_written()),
        "A second try": prompts.corrected((), "{}", "what was wrong with it")[-1][1],
    }
    sections = [_section(REASONS[name], text) for name, text in {**ends, **whole}.items()]
    return "\n\n".join([HEAD, *parts, *sections]) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write the page to the file that is named."""
    Path(arguments[0]).write_text(page(), encoding="utf-8")


def _part(part: prompts.Part) -> str:
    return f"**{part.name.capitalize()}.** {part.reason}\n\n{_block(part.text)}"


def _section(reasons: Reasons, text: str) -> str:
    why = "\n".join(f"- {reason}" for reason in reasons.parts)
    return (
        f"## {reasons.title}\n\n{reasons.purpose}\n\n{_block(text)}\n\nWhy it is so:\n\n{why}\n\n"
        f"What code does with the reply: {reasons.checks}"
    )


def _block(text: str) -> str:
    return f"```text\n{text}\n```"


def _whole(messages: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"[{role}]\n{text}" for role, text in messages)


def _end(messages: Sequence[tuple[str, str]], shared: str) -> str:
    """What stands after the beginning that all prompts of an answer share."""
    text = messages[-1][1]
    if not text.startswith(shared):
        raise ValueError("the prompt does not begin as the others do")
    return text[len(shared) :].strip()


def _explained(question: Question) -> Sequence[tuple[str, str]]:
    recorder = Recorder()
    verdicts: tuple[Verdict, Verdict] = ("covered", "missing")
    points = tuple(_graded(p, v) for p, v in zip(question.key_points, verdicts, strict=True))
    grade = Scored(0.5, 0.9, "partial", points, (), "", GraderInfo("", "", "", False))
    marked = Marked(1, question, ANSWER, grade, grade, ANSWER, True, ())
    list(Explainer(recorder, TrainedJudge()).remarks(marked))
    return recorder.messages


def _probed(question: Question) -> Sequence[tuple[str, str]]:
    recorder = Recorder()
    points = [_graded(question.key_points[1], "missing")]
    _interviewer(recorder).probe(question, points, ANSWER, (QUESTION_TEXT, "And what then?"))
    return recorder.messages


def _hinted(question: Question) -> Sequence[tuple[str, str]]:
    recorder = Recorder()
    points = [_graded(question.key_points[1], "missing")]
    _interviewer(recorder).hint(question, points, ANSWER, 1)
    return recorder.messages


def _good_answer(question: Question) -> str:
    recorder = Recorder()
    _interviewer(recorder).good_answer(question)
    request = GradeRequest.of(question, "")
    shared = prompts.dossier(request, question.key_points, None).shared
    return _end(recorder.messages, shared)


def _reworded(question: Question) -> Sequence[tuple[str, str]]:
    recorder = Recorder()
    candidate = Candidate("release engineer", "senior", "Ran builds.", "We ship compilers.")
    rewording.reworded(recorder, question, candidate)
    return recorder.messages


def _written() -> Sequence[tuple[str, str]]:
    recorder = Recorder()
    material = question_writer.Material("Builds", "Caches", SOURCE, (QUESTION_TEXT,))
    try:
        question_writer.ask(recorder, material)
    except InvalidOutputError:
        return recorder.messages
    raise ValueError("nothing was recorded")


def _interviewer(recorder: Recorder) -> ModelInterviewer:
    return ModelInterviewer(lambda: recorder, TrainedJudge)


def _graded(point: KeyPoint, verdict: Verdict) -> PointGrade:
    said = AnswerSpan(0, 7, ANSWER[:7]) if verdict != "missing" else None
    score = float(verdict == "covered")
    return PointGrade(point.id, point.text, 1.0, verdict, score, 0.9, "grader", said, point.span)


def _question() -> Question:
    span = Span("d", "/notes.md", 0, len(SOURCE), SOURCE)
    cut = SOURCE.index("On a hit")
    points = (
        KeyPoint("k1", "Object files are kept under a hash of the source.", 1.0, span.part(0, cut)),
        KeyPoint("k2", "A hit skips the compiler.", 1.0, span.part(cut, len(SOURCE))),
    )
    made = Question(
        "q", "d", "Builds", QUESTION_TEXT, "concept", "explicit", 2, (), Reference.of((span,)),
        points, (Misconception("It makes the compiler faster.", "It leaves it out.", "k2"),),
    )  # fmt: skip
    return replace(made, model_answer=None)


if __name__ == "__main__":
    main(sys.argv[1:])
