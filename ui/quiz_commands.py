"""The words of a quiz that the terminal answers itself: help, retry, disagree, rate.

Invariant: the interview's pending turn stays as it is, whatever is done here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from agent.grades import Grade, PointGrade, Scored
from agent.hint_costs import PRICE
from agent.second_look import SecondLookError
from corpus.schema import GreenroomError
from ui.answers import AnswerReader
from ui.commands import COMMANDS
from ui.terminal import NARROWEST, print_indented, print_wrapped
from ui.text import one_line, plain
from ui.views import WORDS, Direction, citation, direction

if TYPE_CHECKING:
    from rich.console import Console

    from agent.interview import Interview
    from agent.second_look import Change, Comparison

STYLES: dict[Direction, str] = {"better": "green", "worse": "red", "same": "dim"}
NAME_WIDTH = 15  # of the longest command with its sign and a blank


class QuizCommands:
    """The commands, for one terminal."""

    def __init__(self, interview: Interview, console: Console, reader: AnswerReader) -> None:
        self._interview = interview
        self._console = console
        self._reader = reader
        self._commands: dict[str, Callable[[str, str], None]] = {
            "help": self._help,
            "retry": self._retry,
            "disagree": self._disagree,
            "rate": self._rate,
            "unknown": self._unknown,
        }

    def run(self, session_id: str, command: str, text: str) -> None:
        """Do what a command asks, and say what came of it; what is wrong is said too."""
        try:
            self._commands[command](session_id, text)
        except GreenroomError as error:
            said = str(error)
            print_wrapped(self._console, f"{said[:1].upper()}{said[1:]}.", style="yellow")

    def _help(self, session_id: str, text: str) -> None:
        print_wrapped(self._console, "Write your answer; an empty line sends it. Or a line alone:")
        for name, meaning in COMMANDS.items():
            self._print_command(f"!{name}", meaning)
        print_wrapped(self._console, PRICE)

    def _print_command(self, name: str, meaning: str) -> None:
        """A command and what it does, in a column of its own however narrow the terminal is."""
        width = max(self._console.width - 2 - NAME_WIDTH, NARROWEST)
        for line in Text(meaning).wrap(self._console, width):
            line.rstrip()
            drawn = Text.assemble("  ", (name.ljust(NAME_WIDTH), "bold"), line)
            self._console.print(drawn, soft_wrap=True)
            name = ""

    def _retry(self, session_id: str, text: str) -> None:
        stand = self._interview.second_look.last_marked(session_id, closed=True)
        if stand.grade is None:
            raise SecondLookError("that question was skipped: there is no mark to compare with")
        print_wrapped(self._console, f"\nOnce more: {stand.question.question}", style="bold")
        answer = text or self._reader.read(stand.question.question, commands=False).text
        found = self._interview.second_look.retry(session_id, answer, stand.position)
        self._print_change(found, "Before", "now")
        for change in found.changes:
            self._print_point(change)
        print_wrapped(self._console, "The debrief keeps the first mark.", style="dim")

    def _disagree(self, session_id: str, text: str) -> None:
        found = self._interview.second_look.disagree(session_id, text)
        self._print_change(found, "It was marked", "graded again")
        for change in found.changes:
            if _verdict(change.before) != _verdict(change.after):
                self._print_point(change)
        print_wrapped(
            self._console,
            "Your reason is kept with both marks; the first goes on counting. As a case: "
            f"greenroom sessions export {session_id} --cases",
            style="dim",
        )

    def _rate(self, session_id: str, text: str) -> None:
        stand = self._interview.second_look.rate(session_id, text)
        said = f"Noted: {text.strip().lower()}, for “{one_line(stand.question.question, 60)}”"
        print_wrapped(self._console, f"{said}. Its next date follows from that.")

    def _unknown(self, session_id: str, text: str) -> None:
        print_wrapped(self._console, f"There is no !{plain(text)}; !help lists what there is.")

    def _print_change(self, found: Comparison, first: str, second: str) -> None:
        line = f"\n{first} {_mark(found.before)}, {second} {_mark(found.after)}."
        print_wrapped(self._console, line, style="bold")

    def _print_point(self, change: Change) -> None:
        before, after = _verdict(change.before), _verdict(change.after)
        said = f"still {after}" if before == after else f"{before}, now {after}"
        line = Text.assemble((f"{said}: ", _style(change)), plain(change.text))
        print_indented(self._console, line, 2)
        if change.after and change.after.answer_span and before != after:
            words = one_line(change.after.answer_span.quote, 200)
            print_wrapped(self._console, f"you: “{words}”", indent=6, style="dim")
        cited = citation(change.after.source_span) if change.after else None
        if cited and after == WORDS["missing"]:
            print_wrapped(self._console, one_line(cited.place), indent=6, style="dim")


def _verdict(point: PointGrade | None) -> str:
    return WORDS[point.verdict] if point else "not graded"


def _style(change: Change) -> str:
    return STYLES[direction(change.before, change.after)]


def _mark(grade: Grade) -> str:
    return f"{grade.score:.0%}" if isinstance(grade, Scored) else "not graded"
