"""What a person types at the terminal: an answer of several lines, or a command.

Invariant: nothing typed is thrown away: an answer that was begun goes into the editor, and one that
the editor could not take is still there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.intents import read_intent
from ui.commands import command_of
from ui.editor import EditorError, edited

if TYPE_CHECKING:
    from rich.console import Console

Ask = Callable[[str], str]  # shows a prompt and reads a line; raises EOFError at the end of input

DONE_HERE = frozenset({"retry", "disagree", "rate", "help"})  # the interview does the others
_EDITED = frozenset({"edit"})


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
            begun = command_of(line, _EDITED)
            if begun is not None and begun.name == "edit":
                lines += [begun.text] if begun.text else []
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
        command = command_of(line, DONE_HERE)
        if command is not None:
            return Typed(command.text, command.name)
        said = line.strip()
        return Typed(said) if said.startswith("!") and read_intent(said) != "answer" else None

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
