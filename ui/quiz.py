"""The interview in a terminal: asks, takes answers of several lines, shows grades and passages.

Invariant: this module decides nothing; every reply goes to the interview, which keeps it before
anything is shown.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from agent.grades import Verdict
from ui.terminal import GradePrinter, print_report, print_wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from agent.interview import Interview
    from agent.turns import Turn, Unsure
    from agent.workspace import Workspace

VERDICT_KEYS: dict[str, Verdict] = {
    "y": "covered",
    "p": "partial",
    "n": "missing",
    "o": "contradicted",
}
HELP = "An empty line sends your answer. hint, skip, repeat, why, stop work too."


class Quiz:
    """One person at one terminal."""

    def __init__(self, workspace: Workspace, console: Console) -> None:
        self._workspace = workspace
        self._console = console
        self._grades = GradePrinter(console)

    def play(self, session_id: str) -> None:
        """Go on with the session until its report, an end of input, or Ctrl-C."""
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - line editing and history for input()
        interview = self._workspace.interview
        turn = interview.current(session_id)
        if not turn.finished:
            self._console.print(HELP, style="dim")
        self._show(turn, fresh=True)
        # The models load while the person reads the first question.
        threading.Thread(target=self._workspace.warm, daemon=True).start()
        try:
            while not turn.finished:
                turn = self._reply(interview, turn)
                self._show(turn)
        except EOFError:
            self._pause(session_id, "The input ended.")
        except KeyboardInterrupt:
            self._pause(session_id, "Stopped.")
            raise

    def _pause(self, session_id: str, why: str) -> None:
        self._console.print(f"\n{why} Everything is kept. Go on: greenroom resume {session_id}")

    def _reply(self, interview: Interview, turn: Turn) -> Turn:
        if turn.kind == "confirm":
            verdicts = {}
            for unsure in turn.unsure:
                verdict = self._ask_about(unsure)
                if verdict is not None:
                    verdicts[unsure.id] = verdict
            return interview.confirm(turn.session_id, verdicts, turn.number)
        text = self._read_answer()
        with self._console.status("Marking…", spinner="dots"):
            return interview.answer(turn.session_id, text, turn.number)

    def _read_answer(self) -> str:
        """Lines up to an empty one. An end of input sends what there is, if anything."""
        lines: list[str] = []
        while True:
            try:
                line = input("> " if not lines else "… ")
            except EOFError:
                if lines:
                    return "\n".join(lines)
                raise
            if not line.strip():
                if lines:
                    return "\n".join(lines)
                self._console.print("(nothing yet: write an answer, or skip, hint, stop)")
                continue
            lines.append(line)

    def _ask_about(self, unsure: Unsure) -> Verdict | None:
        self._grades.print_unsure(unsure)
        while True:
            key = input("Did you say this? [y]es [p]artly [n]o [o]pposite, Enter = leave it: ")
            key = key.strip().lower()[:1]
            if not key:
                return None
            if key in VERDICT_KEYS:
                return VERDICT_KEYS[key]

    def _show(self, turn: Turn, *, fresh: bool = False) -> None:
        if turn.marked is not None and not fresh:
            self._grades.print_marked(turn.marked, asks=turn.kind == "confirm")
        if turn.note:
            print_wrapped(self._console, turn.note, style="italic")
        if turn.kind == "report" and turn.report is not None:
            print_report(self._console, turn.report)
        elif turn.kind == "question":
            topic = turn.question.topic if turn.question else ""
            self._console.print()
            self._console.print(
                f"Question {turn.place} of {turn.total} · {topic}", style="bold", markup=False
            )
            print_wrapped(self._console, turn.prompt)
        elif turn.kind == "follow_up":
            self._console.print("\nFollow-up", style="bold")
            print_wrapped(self._console, turn.prompt)
        elif turn.kind == "confirm":
            print_wrapped(self._console, "\n" + turn.prompt, style="bold")
