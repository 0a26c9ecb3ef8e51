"""Grades and passages as terminal text. Invariant: whatever a person, a document or a file name
says is printed as text, never read as markup or as control sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from agent.grades import Grade, PointGrade, Scored
from ui.text import one_line, plain
from ui.views import WORDS, Citation, PointView, citation, grade_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from agent.remarks import Remark
    from agent.turns import Marked, Turn, Unsure

STYLES = {"covered": "green", "partial": "yellow", "missing": "dim", "contradicted": "red"}
LONGEST = 400  # characters of a quote shown at once
NARROWEST = 20  # columns a text is wrapped to


def print_wrapped(console: Console, text: str, indent: int = 0, style: str = "") -> None:
    """A paragraph, wrapped at the terminal's width."""
    print_indented(console, Text(plain(text), style=style), indent)


def print_indented(console: Console, text: Text, by: int) -> None:
    """A paragraph moved in by so many columns, without blanks at the ends of its lines."""
    for line in text.wrap(console, max(console.width - by, NARROWEST)):
        line.rstrip()
        console.print(Text.assemble(" " * by, line), soft_wrap=True)


def print_question(console: Console, turn: Turn) -> None:
    """Which question of how many, its topic, and, where something else is put now, its words."""
    question = turn.question
    topic = f" · {one_line(question.topic)}" if question else ""
    print_wrapped(console, f"\nQuestion {turn.place} of {turn.total}{topic}", style="bold")
    if question and turn.kind != "question":
        print_wrapped(console, question.question)


def points_of(grade: Grade) -> tuple[PointGrade, ...]:
    """The points of a grade; none where there is no mark."""
    return grade.points if isinstance(grade, Scored) else ()


def place_of(cited: Citation) -> str:
    """A citation's place in words."""
    return f"{one_line(cited.place)}, characters {cited.start}–{cited.end}"


def repeats(text: str, quote: str) -> bool:
    """Whether a quote only says again what stands above it."""
    return " ".join(text.split()).casefold() == " ".join(quote.split()).casefold()


class GradePrinter:
    """Prints grades with their evidence; `in_words` leaves the symbols out."""

    def __init__(self, console: Console, *, in_words: bool = False) -> None:
        self._console = console
        self._in_words = in_words

    def print_marked(self, marked: Marked, *, asks: bool) -> None:
        """The mark of an answer; while the question goes on, points not yet said stay hidden."""
        if asks:
            return  # the mark follows when the candidate has answered
        grade = marked.standing if marked.closed else marked.grade
        self.print_grade(grade, whole=marked.closed)
        for point, most in marked.hinted.items() if marked.closed else ():
            if text := next((p.text for p in points_of(grade) if p.id == point), None):
                said = f"Hinted at, so it earns at most {most:.0%}: {one_line(text, 60)}"
                print_wrapped(self._console, said, indent=2, style="dim")
        if marked.closed:
            for advice in marked.coaching:
                print_wrapped(self._console, f"Tip: {advice}", indent=2, style="italic")

    def print_grade(self, grade: Grade, *, whole: bool = True) -> None:
        """A grade: headline, points with both quotes, remarks."""
        view = grade_view(grade)
        self._console.print()
        print_wrapped(self._console, view.headline, style="bold")
        for remark in view.remarks:
            print_wrapped(self._console, remark, indent=2, style="yellow")
        for point in view.points:
            if whole or point.verdict_id != "missing":
                self._print_point(point, with_source=whole)

    def _print_point(self, point: PointView, *, with_source: bool) -> None:
        style = STYLES[point.verdict_id]
        sure = f", {point.sure}" if point.sure not in ("", "sure") else ""
        verdict = f"{point.verdict}{sure}"
        if self._in_words:
            line = Text(f"{verdict.capitalize()}: {plain(point.text)}")
        else:
            line = Text.assemble(
                (f"{point.symbol} ", style), plain(point.text), (f"  [{verdict}]", "dim")
            )
        print_indented(self._console, line, 2)
        # What was compared with a point that is missing says nothing of it.
        if point.said and point.verdict_id != "missing":
            self._quote("you", point.said)
        if with_source and point.citation:
            self._cite(point.citation, beside=point.text)
        if with_source and point.other:
            self._quote(f"but {place_of(point.other)}", _readable(point.other))

    def _quote(self, who: str, words: str) -> None:
        text = Text.assemble((f"{who}: ", "dim"), f"“{one_line(words, LONGEST)}”")
        print_indented(self._console, text, 6)

    def _cite(self, cited: Citation, beside: str) -> None:
        quote = _readable(cited)
        if repeats(beside, quote):
            place = f"word for word in {place_of(cited)}"
            print_wrapped(self._console, place, indent=6, style="dim")
        else:
            self._quote(place_of(cited), quote)

    def print_remarks(self, remarks: Iterable[Remark]) -> None:
        """What is said after a mark, each sentence as it comes, with the place that supports it.
        Feedback made from the mark alone is left out: it stands above, point by point."""
        for remark in remarks:
            cited = citation(remark.source)
            if cited is None:
                continue
            print_wrapped(self._console, remark.line, indent=2)
            print_wrapped(self._console, place_of(cited), indent=6, style="dim")

    def print_unsure(self, unsure: Unsure) -> None:
        """A point put to the candidate: its text, their words, the passage, the guess."""
        self._console.print()
        print_indented(self._console, Text(plain(unsure.text), style="bold"), 2)
        if unsure.answer_span:
            self._quote("your words", unsure.answer_span.quote)
        if cited := citation(unsure.source_span):
            self._cite(cited, beside=unsure.text)
        print_wrapped(self._console, f"My guess: {WORDS[unsure.guess]}.", indent=6, style="dim")


def _readable(cited: Citation) -> str:
    """The words of a source. Loaded late: the command line loads this module for every command."""
    from ui.markup import readable

    return readable(cited.quote)
