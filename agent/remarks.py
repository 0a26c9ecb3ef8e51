"""Sentences said after a mark: what was good, what was missed, how to say it better.

Invariant: a remark changes no mark; what it says of the matter is supported by the passage it
cites, or it is the feedback that code made from the mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.grades import AnswerSpan, Grade
from corpus.schema import Span

About = Literal["good", "missed", "partly", "wrong", "better", "feedback"]
LEADS: dict[About, str] = {
    "good": "Good",
    "missed": "Missing",
    "partly": "To complete it",
    "wrong": "Not so",
    "better": "Better said",
    "feedback": "",
}
_QUOTE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence. `said` is the part of the candidate's answers that it speaks of, `source` the
    passage that supports `text`; feedback has neither."""

    about: About
    text: str
    said: AnswerSpan | None = None
    source: Span | None = None

    @property
    def lead(self) -> str:
        """What code puts before the sentence: what it is about, and the candidate's own words."""
        lead = LEADS[self.about]
        if self.said is None or self.about not in ("good", "wrong"):
            return f"{lead}: " if lead else ""
        return f"{lead}, where you said “{_short(self.said.quote)}”: "

    @property
    def line(self) -> str:
        """The whole sentence, without its citation."""
        return self.lead + self.text


def feedback_remark(grade: Grade) -> Remark:
    """What code says of a grade."""
    return Remark("feedback", grade.feedback)


def _short(text: str) -> str:
    line = " ".join(text.split()).strip(" .,;:")
    return line if len(line) <= _QUOTE_CHARS else line[:_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
