"""What is said at a place of the interview: the question, a hint with its price, a follow-up, why.

Invariant: whether there is anything left to ask after is decided without an interviewer, who may
be slow; only what is then put is in the interviewer's words.
"""

from __future__ import annotations

from agent.grades import PointGrade, Scored
from agent.hint_costs import price_of_next, still_open
from agent.hints import MOST_HINTS, hint_target, probe, why
from agent.interviewer import CandidateOf, Interviewer, Probe, Words
from agent.notebook import Notebook
from agent.state import State, grade_of


class Wording:
    """An interviewer's words for a state."""

    def __init__(self, book: Notebook, interviewer: Interviewer, candidate_of: CandidateOf) -> None:
        self._book = book
        self._interviewer = interviewer
        self._candidate_of = candidate_of

    def question(self, state: State) -> str:
        """The question at the state's position as it is put to this person."""
        question = self._book.question(state)
        session = self._book.history.session(state["session_id"])
        if session is None:
            return question.question
        candidate = self._candidate_of(session.person, session.options)
        return self._interviewer.worded(question, candidate)

    def hint(self, state: State, number: int) -> tuple[Words, str | None]:
        """Hint `number` with its price, and the point that it aims at."""
        standing, question = grade_of(state["standing"]), self._book.question(state)
        most = self._book.hint_caps(state)
        points = still_open(standing.points if isinstance(standing, Scored) else (), most)
        said = f"{' '.join(state['prompts'])} {self._book.said(state)}"
        words = self._interviewer.hint(question, points, said, number)
        aims_at = hint_target(question, points) if number <= MOST_HINTS else None
        if aims_at is None:
            return words, None
        return Words(f"{words.text} {price_of_next(aims_at, most)}", words.cited), aims_at

    def follow_up(self, state: State) -> str:
        """The next follow-up. Raises ValueError where none is left."""
        points = self._open_points(state)
        question, said = self._book.question(state), self._book.said(state)
        found = self._interviewer.probe(question, points, said, state["prompts"])
        found = found or self.probe(state)
        if found is None:
            raise ValueError(f"no follow-up is left for turn {state['number']}")
        return found.text

    def probe(self, state: State) -> Probe | None:
        """What a follow-up would be without an interviewer."""
        points, said = self._open_points(state), self._book.said(state)
        return probe(self._book.question(state), points, said, state["prompts"])

    def why(self, state: State) -> str:
        """Why this question is asked."""
        reason = self._book.history.reason(state["session_id"], state["position"])
        if self._book.options(state).mode == "interview":
            reason = ""  # it may tell how the answers so far were marked
        return f"{reason} {why(self._book.question(state))}".strip()

    def _open_points(self, state: State) -> list[PointGrade]:
        standing = grade_of(state["standing"])
        if not isinstance(standing, Scored):
            return []
        return still_open(standing.points, self._book.hint_caps(state))
