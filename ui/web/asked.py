"""What the page asks of the server beside answers: requests of buttons, and commands typed.

Invariant: whatever comes from a browser is checked here; what cannot be read is None, never an
error.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.grades import Verdict
from ui.commands import COMMANDS, Command, command_of

LONGEST_ANSWER = 100_000  # characters
MOST_NAMED = 60  # questions or topics that one button may ask for

_HERE = frozenset({"help", "retry", "disagree", "rate"})  # the page does these itself
MOST_TURNS = 2**31 - 1  # more than a session has; a database holds no larger number
LONGEST_NAME = 300  # characters of an id, a topic or a token
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class Request(BaseModel):
    """What a button of a mark, of a point put, or of the list of interviews asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["verdict", "leave", "retry", "disagree", "open"]
    turn: Annotated[int, Field(ge=0, le=MOST_TURNS)] | None = None
    point: _Name = ""
    verdict: Verdict | None = None
    session: _Name = ""
    text: str = ""


class Wanted(BaseModel):
    """What another page wants to be practised; nothing named means anything."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    topics: Annotated[tuple[_Name, ...], Field(max_length=MOST_NAMED)] = ()
    question_ids: Annotated[tuple[_Name, ...], Field(max_length=MOST_NAMED)] = ()


def request_of(sent: object) -> Request | None:
    """The request in what a button sent."""
    try:
        return Request.model_validate_json(sent) if isinstance(sent, str) else None
    except ValidationError:
        return None


def wanted_of(sent: object) -> Wanted | None:
    """What is wanted by what a button of another page sent."""
    try:
        return Wanted.model_validate_json(sent) if isinstance(sent, str) else None
    except ValidationError:
        return None


def typed_of(text: str) -> Command | None:
    """The command that was typed in place of an answer, for the page to carry out."""
    return command_of(text, _HERE)


def commands() -> dict[str, str]:
    """What can be typed here, with what it does."""
    return {name: told for name, told in COMMANDS.items() if name != "edit"}
