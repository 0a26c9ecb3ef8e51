"""The language model beside the marks: it asks, explains, and reads ahead.

Invariant: without a model that answers there are no remarks, nothing is read ahead, the interviewer
says what code says, and none of the modules that speak to a model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from agent.grades import GradeRequest
from agent.interviewer import Candidate, FixedInterviewer, Interviewer, Probe, Words
from agent.once import once

if TYPE_CHECKING:
    from agent.grades import PointGrade
    from agent.judge import Judge
    from agent.llm.client import LanguageModel
    from agent.llm.warming import Warmer
    from agent.remarks import Remark
    from agent.turns import Marked
    from corpus.schema import Question

Find = Callable[[], "LanguageModel | None"]


class Companion:
    """What one language model does for all interviews of a data folder. Thread-safe.

    `find` gives the model, or None where none answers; `judge` what checks its words; `known`
    tells, without looking, whether a model was found already.
    """

    def __init__(
        self,
        find: Find,
        judge: Callable[[], Judge],
        known: Callable[[], bool] = lambda: False,
    ) -> None:
        self._find = find
        self._judge = judge
        self._known = known
        self.interviewer: Interviewer = LateInterviewer(find, judge, self._put)

    @once
    def _warmer(self) -> Warmer:
        from agent.llm.warming import Warmer

        return Warmer(self._find)

    @property
    def answers(self) -> bool:
        """Whether there is a model now."""
        return self._find() is not None

    def remarks(self, marked: Marked | None) -> Iterator[Remark]:
        """Remarks on a mark as they come."""
        if marked is None or not marked.closed:
            return
        model = self._find()
        if model is None:
            return
        from agent.llm.words import Explainer

        yield from Explainer(model, self._judge()).remarks(marked)

    def read_ahead(self, question: Question, draft: str) -> bool:
        """Let the model read a question with the answer as far as it stands; whether it does."""
        return self._warmer.begin(GradeRequest.of(question, draft))

    def _put(self, question: Question) -> None:
        # The first question waits for no server: `Workspace.warm` reads it ahead.
        if self._known():
            self.read_ahead(question, "")


class LateInterviewer:
    """The model's interviewer where a model answers, else the one made of code. Thread-safe.

    `put` is told of each question that is about to be asked.
    """

    def __init__(
        self, find: Find, judge: Callable[[], Judge], put: Callable[[Question], None]
    ) -> None:
        self._find = find
        self._judge = judge
        self._put = put
        self._fixed = FixedInterviewer()

    def hint(
        self, question: Question, points: Sequence[PointGrade], said: str, number: int
    ) -> Words:
        """As the interviewer of the moment says it; the others likewise."""
        return self._present.hint(question, points, said, number)

    def probe(
        self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
    ) -> Probe | None:
        return self._present.probe(question, points, said, asked)

    def good_answer(self, question: Question) -> Words | None:
        return self._present.good_answer(question)

    def worded(self, question: Question, candidate: Candidate) -> str:
        self._put(question)
        if candidate == Candidate():
            return self._fixed.worded(question, candidate)  # before a server is looked for
        return self._present.worded(question, candidate)

    @property
    def _present(self) -> Interviewer:
        return self._fixed if self._find() is None else self._model

    @once
    def _model(self) -> Interviewer:
        from agent.llm.interviewer import ModelInterviewer

        return ModelInterviewer(self._find, self._judge, self._fixed)
