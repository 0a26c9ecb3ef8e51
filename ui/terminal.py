"""Grades, passages and reports as terminal text. Invariant: whatever a person, a document or a file
name says is printed as text, never read as markup or as control sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from agent.grades import Grade, Verdict
from ui.text import plain
from ui.views import WORDS, Citation, PointView, citation, grade_view

if TYPE_CHECKING:
    from rich.console import Console

    from agent.debrief import PointLine, Report, TopicReport
    from agent.turns import Marked, Unsure

STYLES = {"covered": "green", "partial": "yellow", "missing": "dim", "contradicted": "red"}
LONGEST = 400  # characters of a quote shown at once


def print_wrapped(console: Console, text: str, indent: int = 0, style: str = "") -> None:
    """A paragraph, wrapped at the terminal's width."""
    console.print(Padding(Text(plain(text), style=style), (0, 0, 0, indent)))


class GradePrinter:
    """Prints grades with their evidence."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def print_marked(self, marked: Marked, *, asks: bool) -> None:
        """The mark of an answer; while the question goes on, points not yet said stay hidden."""
        if asks:
            return  # the mark follows when the candidate has answered
        grade = marked.standing if marked.closed else marked.grade
        self.print_grade(grade, whole=marked.closed)
        if marked.closed:
            for advice in marked.coaching:
                print_wrapped(self._console, f"Tip: {advice}", indent=2, style="italic")

    def print_grade(self, grade: Grade, *, whole: bool = True) -> None:
        """A grade: headline, points with both quotes, remarks."""
        view = grade_view(grade)
        self._console.print()
        self._console.print(Text(view.headline, style="bold"))
        for remark in view.remarks:
            print_wrapped(self._console, remark, indent=2, style="yellow")
        for point in view.points:
            if whole or point.verdict_id != "missing":
                self._print_point(point, with_source=whole)
        if view.percent is None and view.feedback:
            print_wrapped(self._console, view.feedback, indent=2)

    def _print_point(self, point: PointView, *, with_source: bool) -> None:
        style = STYLES[point.verdict_id]
        sure = f", {point.sure}" if point.sure else ""
        line = Text.assemble(
            (f"{point.symbol} ", style), plain(point.text), (f"  ({point.verdict}{sure})", "dim")
        )
        self._console.print(Padding(line, (0, 0, 0, 2)))
        if point.said:
            self._quote("you", point.said)
        if with_source and point.citation:
            self._cite(point.citation)

    def _quote(self, who: str, words: str) -> None:
        text = Text.assemble((f"{who}: ", "dim"), f"“{plain(words, LONGEST)}”")
        self._console.print(Padding(text, (0, 0, 0, 6)))

    def _cite(self, cited: Citation) -> None:
        place = f"{plain(cited.place)}, {cited.start}–{cited.end}"
        self._quote(place, cited.quote)

    def print_unsure(self, unsure: Unsure) -> None:
        """A point put to the candidate: its text, their words, the passage, the guess."""
        self._console.print()
        self._console.print(Padding(Text(plain(unsure.text), style="bold"), (0, 0, 0, 2)))
        if unsure.answer_span:
            self._quote("your words", unsure.answer_span.quote)
        if cited := citation(unsure.source_span):
            self._cite(cited)
        print_wrapped(self._console, f"My guess: {WORDS[unsure.guess]}.", indent=6, style="dim")


def print_report(console: Console, report: Report) -> None:
    """The debrief."""
    tally = report.overall
    console.print("\nDebrief", style="bold")
    mean = "no mark" if tally.mean is None else f"mean {tally.mean:.0%}"
    parts = [f"{tally.graded} graded ({mean})"]
    parts += [f"{tally.ungraded} not graded"] if tally.ungraded else []
    parts += [f"{tally.skipped} skipped"] if tally.skipped else []
    if tally.self_marked:
        parts.append(f"{tally.self_marked:.0%} of the points marked by you")
    print_wrapped(console, ", ".join(parts) + ".")
    for topic in report.topics:
        _print_topic(console, topic)
    print_wrapped(
        console, f"\nKept as session {report.session_id}: greenroom sessions show …", style="dim"
    )


def _print_topic(console: Console, topic: TopicReport) -> None:
    mean = "" if topic.tally.mean is None else f" · {topic.tally.mean:.0%}"
    console.print()
    console.print(Text(plain(topic.topic) + mean, style="bold"))
    groups: tuple[tuple[Verdict, tuple[PointLine, ...]], ...] = (
        ("covered", topic.covered),
        ("partial", topic.partial),
        ("missing", topic.missed),
        ("contradicted", topic.wrong),
    )
    for verdict, points in groups:
        if points:
            console.print(Padding(Text(WORDS[verdict].capitalize(), STYLES[verdict]), (0, 0, 0, 2)))
        for point in points:
            _print_line(console, point, cite=verdict != "covered")
    if topic.read_next:
        console.print(Padding(Text("Read next", "bold"), (0, 0, 0, 2)))
        for span in topic.read_next:
            cited = citation(span)
            if cited:
                place = f"{plain(cited.place)}, {cited.start}–{cited.end}"
                print_wrapped(console, f"{place}: “{plain(cited.quote, 160)}”", indent=4)
    for name in topic.further_reading:
        print_wrapped(console, name, indent=4)


def _print_line(console: Console, point: PointLine, *, cite: bool) -> None:
    own = " (marked by you)" if point.by == "candidate" else ""
    own = own or (" (a guess)" if point.unsure else "")
    print_wrapped(console, f"{point.text}{own}", indent=4)
    cited = citation(point.source)
    if cite and cited:
        place = f"{plain(cited.place)}, {cited.start}–{cited.end}"
        print_wrapped(console, f"{place}: “{plain(cited.quote, 200)}”", indent=6, style="dim")
