"""The composition root: from settings to the stores, models and graders that commands use.

Invariant: nothing is opened or loaded before it is asked for, and each thing only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from agent.holdings import Holdings
from agent.holdings import NotFoundError as NotFoundError
from agent.llm.faults import ModelUnavailableError as ModelUnavailableError
from agent.once import once
from corpus.schema import Question, Reference, Span

if TYPE_CHECKING:
    from agent.disputes import Disputes
    from agent.embedded import EmbeddedGrader
    from agent.grades import Alternative, Grader
    from agent.interview import Interview
    from agent.interviewer import Candidate
    from agent.judge import Judge
    from agent.llm.companion import Companion
    from agent.llm.late import LateGrader
    from agent.llm.late_model import LateModel
    from agent.pool import Options
    from agent.profiles import Profiles
    from agent.remarks import Remark

DISPUTED_PASSAGES = 5  # of the person's documents, read for a claim that the library denies


class Workspace(Holdings):
    """Everything that belongs to one data folder. Safe to share between threads."""

    @once
    def embedded_grader(self) -> EmbeddedGrader:
        """The grader that needs no server."""
        from agent.embedded import EmbeddedGrader
        from agent.judges import calibration_of

        return EmbeddedGrader(self.embedder, self.judge, calibration_of(self.judge))

    @once
    def judge(self) -> Judge:
        """The model that judges whether a text says a statement; it loads on first use."""
        from agent.judges import open_judge

        return open_judge(self.settings)

    def grader(
        self,
        name: Literal["auto", "embedded", "vllm", "combined"] | str,
        *,
        fallback: bool = False,
    ) -> Grader:
        """The grader that marks; `auto` chooses by whether a language model answers now.

        With `fallback` the embedded grader goes on, under its own name, where the model is lost.
        Raises ModelUnavailableError where a named grader cannot run.
        """
        if name == "embedded":
            return self.embedded_grader
        from agent.llm.choosing import choose_grader

        return choose_grader(
            name,
            self.settings,
            self.embedder,
            self.embedded_grader,
            fallback=fallback,
            find=self.language_model.open,
        )

    @once
    def language_model(self) -> LateModel:
        """The language model, looked for at the first use."""
        from agent.llm.choosing import open_model
        from agent.llm.late_model import LateModel

        return LateModel(lambda: open_model(self.settings))

    @once
    def session_grader(self) -> LateGrader:
        """The grader of all interviews, chosen at the first use by the setting `grader`."""
        from agent.llm.late import LateGrader

        # Whoever left the choice to us wants a mark: a model that is lost must not end the talk.
        name = self.settings.grader
        return LateGrader(lambda: self.grader(name, fallback=name == "auto"))

    def reference_for(self, question: str) -> Reference | None:
        """What the documents say to a question; None where nothing found is likely to answer."""
        found = self.searcher().search(question, k=1)
        if found.weak or not found.hits:
            return None
        return Reference.of((found.hits[0].span,))

    def reference_for_row(self, question: str) -> Reference | Literal["weak"]:
        """As `reference_for`, for a batch: "weak" where nothing found is likely to answer."""
        return self.reference_for(question) or "weak"

    def disputed(self, question: Question) -> tuple[Alternative, ...]:
        """What the person's documents and the library say against each other on a question."""
        return self._disputes.alternatives(question)

    def disputed_among(self, questions: Sequence[Question]) -> frozenset[str]:
        """The ids of those on which the person's documents and the library disagree."""
        return self._disputes.among(questions)

    @once
    def _disputes(self) -> Disputes:
        from agent.disputes import Disputes

        return Disputes(self.ready().disagreements(), self.embedder, self._passages_of_user)

    def _passages_of_user(self, statement: str) -> tuple[Span, ...]:
        """The passages of the person's documents that are nearest to a statement."""
        from index.search import Filters

        if not self.store.documents("user"):
            return ()  # before the library is embedded for nothing
        found = self.searcher().search(statement, k=DISPUTED_PASSAGES, filters=Filters("user"))
        return tuple(hit.span for hit in found.hits)

    @once
    def interview(self) -> Interview:
        """All sessions of this data folder."""
        from agent.interview import Interview

        return Interview(
            self.home,
            _Bank(self),
            self.session_grader,
            self._reference_of,
            disputed=self.disputed,
            interviewer=self.companion.interviewer,
            candidates=self._candidate,
            database_url=self.settings.database_url,
            look_up=self._looked_up,
        )

    def _candidate(self, person: str, options: Options) -> Candidate:
        from agent.interviewer import candidate_of

        profile = self.profiles.get(person)
        candidate = candidate_of(person, options)
        return replace(
            candidate,
            seniority=candidate.seniority or profile.seniority,
            cv=profile.cv.text if profile.cv else "",
            job=profile.job.text if profile.job else "",
        )

    def _looked_up(self, text: str) -> tuple[Span, ...]:
        """The passages of the person's documents that are likely to answer a question of theirs."""
        from index.search import Filters

        if not self.store.documents("user"):
            return ()
        found = self.searcher().search(text, k=1, filters=Filters("user"))
        return () if found.weak else tuple(hit.span for hit in found.hits)

    @once
    def companion(self) -> Companion:
        """The language model beside the marks: it asks, explains and reads ahead."""
        from agent.llm.companion import Companion

        embedded = self.settings.grader == "embedded"
        return Companion(
            lambda: None if embedded else self.language_model.get(),
            lambda: self.judge,
            lambda: self.language_model.known,
        )

    def remarks_after(self, session_id: str, turn_number: int) -> Iterator[Remark]:
        """What the language model says on the mark that this turn shows, sentence by sentence, each
        supported by the passage it cites; nothing without a model, or while the question is open.
        Raises `agent.interview.SessionNotFoundError`."""
        turns = self.interview.turns(session_id)
        marked = next((t.marked for t in turns if t.number == turn_number), None)
        return self.companion.remarks(marked)

    def warm_draft(self, session_id: str, text: str) -> bool:
        """Let the language model read ahead what stands in the answer box; whether it does. Returns
        at once. Nothing is kept, and drafts that come too fast are left out."""
        history = self.interview.history
        last = history.last_turn(session_id)
        if last is None or last.kind not in ("question", "follow_up"):
            return False
        return self.companion.read_ahead(history.question(session_id, last.position), text)

    @once
    def profiles(self) -> Profiles:
        """CVs, job descriptions and seniorities, by person."""
        from agent.notebook import utc_now
        from agent.profiles import Profiles

        return Profiles(self.interview.history.database, utc_now)

    def _reference_of(self, question: Question) -> Reference | None:
        return self.reference_for(question.question)

    def warm(self, session_id: str | None = None) -> None:
        """Load what the next answer needs: the encoder, the interview's graph, and what the
        pending question of a session is held against."""
        self.embedder.warm()
        self.interview.warm(session_id)
        if session_id is not None:
            self.warm_draft(session_id, "")

    def close(self) -> None:
        """Close the stores that were opened."""
        for name in ("interview", "store"):
            if name in self.__dict__:
                self.__dict__[name].close()


class _Bank:
    """The store's questions, opened when a session is planned: to read old sessions none of them
    is needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def questions(self) -> tuple[Question, ...]:
        return self._workspace.ready().questions()

    def question(self, question_id: str) -> Question | None:
        return self._workspace.ready().question(question_id)
