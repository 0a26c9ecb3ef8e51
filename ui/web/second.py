"""Second looks at marks from the web page: another answer, a disagreement, a rating.

Invariant: a turn is named by what the page showed; which question it was, the history says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.second_look import SecondLookError
from ui.web.transcript import Additions

if TYPE_CHECKING:
    from agent.interview import Interview

NO_ANSWER = "write the new answer after !retry, or open “Try again” below the mark"


class SecondLooks:
    """Second looks at the sessions of the interview that `opened` gives."""

    def __init__(self, opened: Callable[[], Interview]) -> None:
        self._opened = opened

    def retry(self, session_id: str, answer: str, turn: int | None = None) -> None:
        """Grade another answer to the question whose mark came of a turn (the last that is over).
        Raises `SecondLookError`."""
        if not answer.strip():
            raise SecondLookError(NO_ANSWER)
        position = self._position(session_id, turn)
        self._opened().second_look.retry(session_id, answer, position)

    def disagree(self, session_id: str, reason: str, turn: int | None = None) -> None:
        """Keep why a mark is found wrong, and have it marked again. Raises `SecondLookError`."""
        position = self._position(session_id, turn)
        self._opened().second_look.disagree(session_id, reason, position)

    def rate(self, session_id: str, word: str) -> None:
        """Say how well the last question was known. Raises `agent.schedule.RatingError`."""
        self._opened().second_look.rate(session_id, word)

    def additions(self, session_id: str) -> Additions:
        """All that was said about the marks of a session."""
        if self.withheld(session_id):
            return Additions()
        second = self._opened().second_look
        return Additions(second.retries(session_id), second.disagreements(session_id))

    def withheld(self, session_id: str) -> bool:
        """Whether a session is a real interview that still runs, so that no mark is shown."""
        record = self._opened().history.session(session_id)
        return record is not None and record.withheld

    def _position(self, session_id: str, turn: int | None) -> int | None:
        if turn is None:
            return None
        found = self._opened().history.turn(session_id, turn)
        if found is None:
            raise SecondLookError(f"this interview has no turn {turn}; reload the page")
        return found.position
