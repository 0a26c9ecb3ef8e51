"""Whether a reply is one to the turn that is pending.

Invariant: only the first reply to a turn counts, and a confirmation speaks of points that were put.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from agent.grades import Verdict
from agent.records import TurnRecord
from agent.state import Reply
from corpus.schema import GreenroomError


class TurnError(GreenroomError):
    """A reply does not fit the turn that is pending."""


def check_verdicts(verdicts: Iterable[str]) -> None:
    """Raises `TurnError` for an unknown verdict."""
    for verdict in verdicts:
        if verdict not in get_args(Verdict):
            known = ", ".join(get_args(Verdict))
            raise TurnError(f"{verdict!r} is no verdict; use one of: {known}")


def fits(pending: TurnRecord, reply: Reply, expected: int | None) -> bool:
    """Whether a reply is for the pending turn; False where it comes a second time. Raises
    `TurnError` for a turn not yet put, and for a point that was not."""
    if expected is not None and expected > pending.number:
        raise TurnError(f"turn {expected} was not put yet; turn {pending.number} is pending")
    if pending.kind == "report" or (expected is not None and expected < pending.number):
        return False
    if reply["kind"] == "confirm":
        if pending.kind != "confirm":
            return False
        for point in reply["verdicts"]:
            if point not in pending.unsure:
                known = ", ".join(pending.unsure)
                raise TurnError(f"the point {point!r} was not put; those that were: {known}")
    return True
