"""The words with a "!" that a person types in place of an answer, in the terminal and on the page.

Invariant: what may be an answer is never taken for a command.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from agent.intents import read_intent

COMMANDS = {
    "hint": "a hint on a point not made yet",
    "skip": "leave this question; it does not count",
    "not-my-topic": "leave it too, and be asked less on its topic",
    "why": "why this question is asked",
    "repeat": "the question again",
    "edit": "write the answer in $EDITOR",
    "retry": "answer the last question once more, and compare",
    "disagree": "say what is wrong with the last mark: !disagree REASON",
    "rate": "say how well you knew the last one: again, hard, good or easy",
    "help": "this list",
    "stop": "end with the debrief",
}
_COMMAND = re.compile(r"!\s*([a-z]+(?:-[a-z]+)*)(?:\s+(\S.*))?", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do in place of answering; `text` is what follows its name. `name` is "unknown"
    for one that there is not, with what was typed as `text`."""

    name: str
    text: str


def command_of(text: str, here: Collection[str]) -> Command | None:
    """The command in `text`, if it is one of those carried out `here` or none at all. None where
    the interview understands it itself, and where it is an answer ("!important is a rule of CSS" is
    one, "!hnt" is none)."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, rest = found[1].lower(), (found[2] or "").strip()
    if name in here:
        return Command(name, rest)
    if rest or read_intent(text) != "answer":
        return None
    return Command("unknown", name)
