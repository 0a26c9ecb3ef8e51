"""Whose history it is, and what one browser remembers.

Invariant: what a browser stored may be anything; it opens no interview but those of its person, and
those that this same browser began before people were told apart by account.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeGuard, get_args

from agent.grades import Verdict
from ui.web.asked import LONGEST_NAME, MOST_TURNS
from ui.workspaces import LOCAL

_TOKEN = "web-"  # what every token begins with
_SHORTEST_TOKEN = 20  # characters
MOST_TAPS = 100  # points that one turn puts, and more


def person_of(account: str | None) -> str:
    """Whose history it is: an account's own, or without accounts that of the one person at this
    machine, which the terminal writes to as well."""
    return LOCAL if account is None else f"account-{account}"


@dataclass(frozen=True, slots=True)
class Browser:
    """What one browser remembers: its token, its account if there are any, the interview that it is
    in, the turn that its page shows, and what was tapped of the points put there, by their ids."""

    token: str
    account: str | None = None
    session: str | None = None
    turn: int | None = None
    taps: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Whose interviews this browser begins."""
        return person_of(self.account)

    @classmethod
    def of(cls, stored: object, account: str | None = None) -> Browser:
        """From what the browser stored, which may be anything; a new token if it is no use, or if
        it was stored for another account."""
        if isinstance(stored, Mapping) and stored.get("account") == account:
            token, session = stored.get("person"), stored.get("session")
            if _is_name(token) and len(token) >= _SHORTEST_TOKEN:
                return cls(
                    token,
                    account,
                    session if _is_name(session) else None,
                    _turn(stored.get("turn")),
                    _taps(stored.get("taps")),
                )
        return cls(_TOKEN + secrets.token_urlsafe(18), account)

    def at(self, session: str | None, turn: int | None = None) -> Browser:
        """The same in another place; what was tapped belongs to the turn that it was tapped in."""
        stays = session == self.session and turn == self.turn
        return replace(self, session=session, turn=turn, taps=self.taps if stays else {})

    def owns(self, person: str) -> bool:
        """Whether an interview of this person is this browser's to see."""
        if secrets.compare_digest(person.encode(), self.person.encode()):
            return True
        # The token is what the browser says of itself: it may name no account, nor who is local.
        named = self.token.startswith(_TOKEN)
        return named and secrets.compare_digest(person.encode(), self.token.encode())

    def stored(self) -> dict[str, object]:
        """What to store in the browser."""
        return {
            "person": self.token,
            "account": self.account,
            "session": self.session,
            "turn": self.turn,
            "taps": dict(self.taps),
        }


def _is_name(stored: object) -> TypeGuard[str]:
    """Whether it could be one of ours: a database is asked for no controls, half characters or
    novels."""
    return isinstance(stored, str) and len(stored) <= LONGEST_NAME and stored.isprintable()


def _turn(stored: object) -> int | None:
    if isinstance(stored, int) and not isinstance(stored, bool) and 0 <= stored <= MOST_TURNS:
        return stored
    return None


def _taps(stored: object) -> dict[str, Verdict]:
    if not isinstance(stored, Mapping):
        return {}
    return {
        point: verdict
        for point, tapped in islice(stored.items(), MOST_TAPS)
        for verdict in get_args(Verdict)
        if _is_name(point) and verdict == tapped
    }
