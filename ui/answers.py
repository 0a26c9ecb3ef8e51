"""What a person types at the terminal: an answer of several lines, or a command.

Invariant: nothing typed is thrown away: an answer that was begun goes into the editor, and one that
the editor could not take is still there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.intents import read_intent
from ui.editor import EditorError, edited

if TYPE_CHECKING:
    from rich.console import Console

Ask = Callable[[str], str]  # shows a prompt and reads a line; raises EOFError at the end of input

COMMANDS = {
    "hint": "a hint on a point not made yet",
    "skip": "leave this question; it does not count",
    "not-my-topic": "leave it too, and be asked less on its topic",
    "why": "why this question is asked",
    "repeat": "the question again",
    "edit": "write the answer in $EDITOR",
    "retry": "answer the last question once more, and compare",
    "disagree": "say what is wrong with the last mark: !disagree REASON",
    "rate": "say how well you knew the last one: !rate again, hard, good or easy",
    "help": "this list",
    "stop": "end with the debrief",
}
_COMMAND = re.compile(r"!\s*([a-z]+(?:-[a-z]+)*)(?:\s+(\S.*))?", re.I | re.S)
_TO_INTERVIEW = frozenset({"hint", "skip", "not-my-topic", "why", "repeat", "stop"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply to send, or, with `command`, something to do here; `text` is what follows it."""

    text: str
    command: str | None = None


class AnswerReader:
    """Reads answers from one terminal. `plain` gives prompts in words, for a screen reader."""

    def __init__(self, console: Console, ask: Ask, *, plain: bool) -> None:
        self._console = console
        self._ask = ask
        self._prompts = ("Answer: ", "More: ") if plain else ("> ", "… ")

    def read(self, question: str, *, commands: bool = True) -> Typed:
        """Lines up to an empty one, or a command. An end of input sends what there is, if anything.

        Raises EOFError where there is nothing.
        """
        lines: list[str] = []
        while True:
            try:
                line = self._ask(self._prompts[bool(lines)])
            except EOFError:
                if lines:
                    return Typed("\n".join(lines))
                raise
            if line.strip().lower() == "!edit":
                if written := self._edited(question, "\n".join(lines)):
                    return Typed(written)
            elif commands and not lines and (command := self._command(line)) is not None:
                return command
            elif line.strip():
                lines.append(line)
            elif lines:
                return Typed("\n".join(lines))
            else:
                self._console.print(
                    "(nothing yet: write an answer, or: !hint, !skip, !stop, !help)"
                )

    def _command(self, line: str) -> Typed | None:
        """What a first line asks for; None where it begins an answer."""
        found = _COMMAND.fullmatch(line.strip())
        if found is None:
            return None
        name, rest = found[1].lower(), (found[2] or "").strip()
        if name in COMMANDS and name not in _TO_INTERVIEW:
            return Typed(rest, name)
        if read_intent(line) != "answer":
            return Typed(line.strip())
        # "!important is a rule of CSS" is an answer; "!hnt" is none.
        return None if rest else Typed(name, "unknown")

    def _edited(self, question: str, begun: str) -> str:
        """The answer written in an editor; empty where there is none, with the reason said."""
        try:
            written = edited(question, begun)
        except EditorError as error:
            self._console.print(str(error), style="yellow", markup=False)
            return ""
        if not written:
            self._console.print("(the editor left nothing: write an answer, or !skip)")
        return written
