"""The interview in a terminal: asks, takes answers of several lines, shows grades and passages.

Invariant: this module decides nothing; every reply goes to the interview, which keeps it before
anything is shown.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal

from agent.grades import Verdict
from agent.hint_costs import PRICE
from agent.intents import read_reply
from corpus.schema import GreenroomError
from ui import output
from ui.answers import DONE_HERE, AnswerReader
from ui.commands import command_of
from ui.debrief import print_marks, print_report
from ui.quiz_commands import QuizCommands
from ui.terminal import GradePrinter, print_question, print_wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from agent.interview import Interview
    from agent.turns import Marked, Turn, Unsure
    from agent.workspace import Workspace

_log = logging.getLogger(__name__)

VERDICT_KEYS: dict[str, Verdict] = {
    "y": "covered",
    "p": "partial",
    "n": "missing",
    "o": "contradicted",
}
HELP = f"Write your answer; an empty line sends it. Also: !hint, !skip, !why, !help, !stop. {PRICE}"
CHOICES = "Did you say this? [y]es [p]artly [n]o [o]pposite"
CHOICES_IN_WORDS = "Did you say this? y for yes, p for partly, n for no, o for the opposite."
LEAVE = "Enter leaves it: "
ASK_BACK = "Your question (Enter: none): "
REAL = (
    "As in a real interview: the marks come at the end, after questions on what you meant, if any."
)


class PausedError(GreenroomError):
    """The person stopped with Ctrl-C."""

    exit_code = 130


class Quiz:
    """One person at one terminal; `in_words` is for a screen reader: no symbols, nothing moves."""

    def __init__(self, workspace: Workspace, console: Console, *, in_words: bool = False) -> None:
        self._workspace = workspace
        self._console = console
        self._in_words = in_words
        self._grades = GradePrinter(console, in_words=in_words)
        # Looked up when it is called, so that a test can type.
        self._reader = AnswerReader(console, lambda prompt: _ask(prompt), plain=in_words)
        self._commands = QuizCommands(workspace.interview, console, self._reader)

    def play(self, session_id: str) -> None:
        """Go on with the session until its report or an end of input. Raises PausedError."""
        _prepare_input()
        interview = self._workspace.interview
        kept = f"every answer sent is kept; go on with: greenroom resume {session_id}"
        try:
            turn = interview.current(session_id)
            self._show_pending(turn)
            # The models load while the person reads the first question.
            threading.Thread(target=self._warm, args=(session_id,), daemon=True).start()
            while not turn.finished:
                turn = self._next(interview, turn)
                self._show(turn)
        except EOFError:
            output.note(f"\nThe input ended; {kept}")
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            raise PausedError(f"stopped; {kept}") from None

    def _warm(self, session_id: str) -> None:
        try:
            self._workspace.warm(session_id)
        except Exception as error:  # noqa: BLE001 - a traceback would stand amid what is typed
            # The first answer meets the same error, in the thread that can tell the person.
            _log.debug("nothing could be loaded ahead: %r", error)

    def _next(self, interview: Interview, turn: Turn) -> Turn:
        """The turn that the person's reply leads to; what is done beside it leads nowhere."""
        if turn.kind == "confirm":
            return self._confirm(interview, turn)
        if turn.kind == "closing":
            return interview.answer(turn.session_id, self._ask_back(turn), turn.number)
        while (typed := self._reader.read(turn.prompt)).command is not None:
            self._commands.run(turn.session_id, typed.command, typed.text)
            print_question(self._console, turn)
            print_wrapped(self._console, turn.prompt)
        with self._waiting():
            return interview.answer(turn.session_id, typed.text, turn.number)

    def _ask_back(self, turn: Turn) -> str:
        """The candidate's own question, once what is no question was done."""
        while (command := command_of(typed := _ask(ASK_BACK), DONE_HERE)) is not None:
            self._commands.run(turn.session_id, command.name, command.text)
            print_wrapped(self._console, f"\n{turn.prompt}", style="bold")
        return typed

    def _waiting(self) -> AbstractContextManager[object]:
        if self._console.color_system and not self._in_words:
            return self._console.status("Marking…", spinner="dots")
        return contextlib.nullcontext()

    def _confirm(self, interview: Interview, turn: Turn) -> Turn:
        verdicts: dict[str, Verdict] = {}
        for unsure in turn.unsure:
            said = self._ask_about(unsure)
            if said == "stop":
                return interview.stop(turn.session_id)
            if said is not None:
                verdicts[unsure.id] = said
        return interview.confirm(turn.session_id, verdicts, turn.number)

    def _ask_about(self, unsure: Unsure) -> Verdict | Literal["stop"] | None:
        self._grades.print_unsure(unsure)
        prompt = f"{CHOICES}, {LEAVE}"
        if self._in_words or len(prompt) >= self._console.width:
            # A prompt is not wrapped: the terminal would break it within a word.
            print_wrapped(self._console, CHOICES_IN_WORDS if self._in_words else CHOICES)
            prompt = LEAVE
        while True:
            reply = _ask(prompt).strip().lower()
            if not reply:
                return None
            if reply in ("stop", "!stop"):
                return "stop"
            # A letter or a whole phrase: "ok" and "of course" are no "opposite".
            if verdict := VERDICT_KEYS.get(reply) or read_reply(reply):
                return verdict
            self._console.print("(y, p, n or o; Enter to leave it as I guessed; stop to end)")

    def _show_pending(self, turn: Turn) -> None:
        """What stands open at the start, with what belongs to it when the session goes on."""
        marked = turn.marked
        if turn.finished:
            if marked is not None and not self._is_real(turn):
                self._print_before(marked)
            self._show(turn)
            return
        print_wrapped(self._console, HELP, style="dim")
        if self._is_real(turn):
            print_wrapped(self._console, REAL, style="dim")
        if turn.number == 1 or turn.kind == "question":
            if marked is not None and turn.attempt == 0:
                self._print_before(marked)
            self._show(turn)
            return
        if turn.question is not None and not self._is_real(turn):
            print_question(self._console, turn)
        if marked is not None:
            print_wrapped(self._console, f"You said: “{marked.all_said}”", indent=2, style="dim")
        self._show(turn)

    def _print_before(self, marked: Marked) -> None:
        print_wrapped(self._console, f"\nBefore: {marked.question.question}", style="bold")

    def _explain(self, turn: Turn) -> None:
        """What a language model says on the mark; Ctrl-C goes on without it."""
        with contextlib.suppress(KeyboardInterrupt):
            remarks = self._workspace.remarks_after(turn.session_id, turn.number)
            self._grades.print_remarks(remarks)

    def _show(self, turn: Turn) -> None:
        if self._is_real(turn):
            self._show_all_marks(turn)
        elif turn.marked is not None:
            self._grades.print_marked(turn.marked, asks=turn.kind == "confirm")
            self._explain(turn)
        if turn.note:
            print_wrapped(self._console, turn.note, style="italic")
        if turn.kind == "report" and turn.report is not None:
            told = turn.report.mode == "interview"
            print_report(self._console, turn.report, in_words=self._in_words, told=told)
        elif turn.kind == "question":
            print_question(self._console, turn)
            print_wrapped(self._console, turn.prompt)
        elif turn.kind == "follow_up":
            self._console.print("\nFollow-up", style="bold")
            print_wrapped(self._console, turn.prompt)
        elif turn.kind == "confirm":
            print_wrapped(self._console, f"\n{turn.prompt}", style="bold")
            if self._is_real(turn):
                print_question(self._console, turn)
        elif turn.kind == "closing":
            print_wrapped(self._console, f"\n{turn.prompt}", style="bold")

    def _show_all_marks(self, turn: Turn) -> None:
        """The marks of a real interview, once it is over."""
        if turn.report is not None:
            marks = self._workspace.interview.marks(turn.session_id)
            print_marks(self._console, self._grades, turn.report, marks)

    def _is_real(self, turn: Turn) -> bool:
        """Whether this is a real interview, in which no mark is shown before the end."""
        record = self._workspace.interview.history.session(turn.session_id)
        return record is not None and record.options.mode == "interview"


def _prepare_input() -> None:
    with contextlib.suppress(ImportError):
        import readline

        # Python switches it off; without it an empty line in pasted text would send the answer.
        readline.parse_and_bind("set enable-bracketed-paste on")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte must not end the interview


def _ask(prompt: str) -> str:
    if sys.stdout.isatty():
        return input(prompt)
    # Python would put the prompt among the data.
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return input()
