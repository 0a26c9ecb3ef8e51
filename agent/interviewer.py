"""Who words what an interview says: the seam for hints, follow-ups, model answers and questions.

An implementation must keep this. A hint gives away no content word of the point it aims at, beyond
those in the question or said already; the point it aims at is `hint_target` of `agent.hints`,
whoever words it, because it has a price. A probe aims at one point that is still open, quotes no
words but the candidate's own, and gives no more away than a hint. A model answer says only what its
cited passages say. A worded question asks for the same key points. None may raise or keep a
candidate waiting: where one fails, it returns what `FixedInterviewer` returns.

Invariant: words only. Nothing that an interviewer returns changes the flow or a mark, and what it
returned first is what the history keeps: a step that runs again does not ask it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.grades import PointGrade
from agent.hints import Probe, hint, probe
from agent.pool import Options
from corpus.schema import Question, Span

__all__ = [
    "Candidate",
    "CandidateOf",
    "FixedInterviewer",
    "Interviewer",
    "Probe",
    "Words",
    "candidate_of",
]


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the passages that it is taken from, as they stand in their documents."""

    text: str
    cited: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a question is worded for. All four are what the person gave, empty where nothing: data,
    never instructions."""

    role: str = ""
    seniority: str = ""
    cv: str = ""
    job: str = ""


CandidateOf = Callable[[str, Options], Candidate]
"""The candidate of a person's name and a session's options."""


def candidate_of(_person: str, options: Options) -> Candidate:
    """What the options alone say of a candidate."""
    return Candidate(role=", ".join(options.roles), seniority=options.seniority)


class Interviewer(Protocol):
    """Words for a candidate. Safe for several threads."""

    def hint(
        self, question: Question, points: Sequence[PointGrade], said: str, number: int
    ) -> Words:
        """Hint `number` (from 1) on the most valuable point not made yet.

        `points` is how the question stands (empty before an answer; points at the most that they
        can still earn are given as covered), `said` all that the candidate and the interviewer said
        to this question.
        """
        ...

    def probe(
        self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
    ) -> Probe | None:
        """The next follow-up, or None where nothing is left that was not asked before. `said` is
        the candidate's answers joined, in which the points' spans count; `asked` are the prompts
        already put for this question."""
        ...

    def good_answer(self, question: Question) -> Words | None:
        """An answer that makes the key points, or None where there is nothing to make it from."""
        ...

    def worded(self, question: Question, candidate: Candidate) -> str:
        """The question as it is put to this candidate."""
        ...


class FixedInterviewer:
    """Says the same words every time, without a language model."""

    def hint(
        self, question: Question, points: Sequence[PointGrade], said: str, number: int
    ) -> Words:
        """Of `agent.hints.hint`."""
        return Words(hint(question, points, said, number))

    def probe(
        self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
    ) -> Probe | None:
        """Of `agent.hints.probe`."""
        return probe(question, points, said, asked)

    def good_answer(self, question: Question) -> Words | None:
        """The answer that the question's author wrote, else the key points one by one."""
        cited = tuple(dict.fromkeys(p.span for p in question.key_points if p.span))
        if question.model_answer:
            return Words(question.model_answer, cited)
        if question.key_points:
            return Words("\n".join(f"- {p.text}" for p in question.key_points), cited)
        if question.reference:
            return Words(question.reference.text, question.reference.spans)
        return None

    def worded(self, question: Question, candidate: Candidate) -> str:
        """As it stands."""
        return question.question
