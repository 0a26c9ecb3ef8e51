"""The command ``questions review``: a person reads what a language model wrote, and decides.

Invariant: only keep, edit and reject change anything, one question at a time, and each is stored
before the next is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import options, output
from ui.contracts import question_json, span_json
from ui.terminal import print_wrapped
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from rich.console import Console

    from agent.question_review import Draft, EditedPoint, QuestionReview

Ask = Callable[[str], str]  # shows a prompt and reads a line; raises EOFError at the end of input

CHOICES = "[k]eep, [e]dit, [r]eject, [l]ater or [q]uit: "
LETTERS = {word[0]: word for word in ("keep", "edit", "reject", "later", "quit")}
DROP = "-"
NONE = (
    "Nothing waits for review. A language model writes questions with: greenroom questions generate"
)


def review(
    keep: Annotated[
        list[str] | None, typer.Option("--keep", help="Keep this one (an id), without asking.")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option("--reject", help="Reject this one (an id).")
    ] = None,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Review the questions that a language model wrote: keep, edit or reject each."""
    from agent.question_review import QuestionReview

    waiting = QuestionReview(open_workspace(home).ready())
    if keep or reject:
        for draft_id in keep or ():
            output.note(f"kept: {one_line(waiting.keep(draft_id).question.question)}")
        for draft_id in reject or ():
            waiting.reject(draft_id)
            output.note(f"rejected: {draft_id}")
        return
    if json:
        output.write_rows(draft_json(draft) for draft in waiting.waiting())
        return
    if not waiting.waiting():
        output.note(NONE)
        return
    console = output.console()
    if output.may_ask():
        Review(waiting, console, input).run()
        return
    for draft in waiting.waiting():
        _print_draft(console, draft)
    output.note("Decide on a terminal, or with --keep ID and --reject ID.")


def draft_json(draft: Draft) -> dict[str, Any]:
    """A row of ``questions review --json``: the question as in ``questions --json``, the passage it
    was made from, by which model and when."""
    return {
        "id": draft.id,
        "question": question_json(draft.question),
        "passage": span_json(draft.passage),
        "model": draft.model,
        "written": draft.written,
    }


class Review:
    """One person at one terminal."""

    def __init__(self, waiting: QuestionReview, console: Console, ask: Ask) -> None:
        self._waiting = waiting
        self._console = console
        self._ask = ask

    def run(self) -> None:
        """Each draft in turn, until all were seen or the person quits."""
        drafts = self._waiting.waiting()
        try:
            for number, draft in enumerate(drafts, 1):
                self._console.print(f"\n{number} of {len(drafts)}", style="dim")
                if not self._decided(draft):
                    break
        except EOFError:
            self._console.print()
        left = len(self._waiting.waiting())
        self._console.print(f"{left} left to review." if left else "All reviewed.")

    def _decided(self, draft: Draft) -> bool:
        """Whether to go on to the next one."""
        from agent.question_review import ReviewError

        _print_draft(self._console, draft)
        while True:
            # Whole words or their letters: "rather not" must reject nothing for good.
            typed = self._ask(CHOICES).strip().lower()
            choice = typed if len(typed) > 1 else LETTERS.get(typed)
            try:
                if choice == "keep":
                    self._waiting.keep(draft.id)
                elif choice == "reject":
                    self._waiting.reject(draft.id)
                elif choice == "edit":
                    draft = self._edited(draft)
                    _print_draft(self._console, draft)
                    continue
                elif choice not in ("later", "quit"):
                    continue
            except ReviewError as error:
                print_wrapped(self._console, str(error), style="yellow")
                continue
            return choice != "quit"

    def _edited(self, draft: Draft) -> Draft:
        print_wrapped(self._console, "Enter leaves a line as it is.", style="dim")
        wording = self._ask("Question: ").strip()
        points = self._points(draft)
        return self._waiting.edit(draft.id, wording or None, points)

    def _points(self, draft: Draft) -> list[EditedPoint] | None:
        """The points as they are wanted; None where none is to change."""
        from agent.question_review import EditedPoint

        kept: list[EditedPoint] = []
        changed = False
        for number, point in enumerate(draft.question.key_points, 1):
            old = point.span.quote if point.span else ""
            text = self._ask(f"Point {number} ({DROP} drops it): ").strip()
            quote = "" if text == DROP else self._quote(draft)
            changed = changed or bool(text or quote)
            if text != DROP:
                kept.append(EditedPoint(text or point.text, quote or old, point.weight))
        return kept if changed else None

    def _quote(self, draft: Draft) -> str:
        """Words that stand in the source, asked for until they do; empty for those that were."""
        from agent.question_review import ReviewError

        while quote := self._ask("Its words in the source: ").strip():
            try:
                self._waiting.check_quote(draft.id, quote)
            except ReviewError as error:  # here, before what else was typed would be lost with it
                print_wrapped(self._console, str(error), style="yellow")
            else:
                break
        return quote


def _print_draft(console: Console, draft: Draft) -> None:
    question = draft.question
    print_wrapped(console, question.question, style="bold")
    about = f"{question.topic} · difficulty {question.difficulty} of 5 · {draft.id}"
    print_wrapped(console, about, indent=2, style="dim")
    for point in question.key_points:
        print_wrapped(console, f"• {point.text}", indent=2)
        if point.span is not None:
            place = one_line(PurePath(point.span.path).name)
            quote = one_line(point.span.quote, 400)
            print_wrapped(console, f"{place}, {point.span.start}: “{quote}”", 6, "dim")
