"""The debrief as terminal text: per topic what was missed or wrong, with its citation, and what to
read next. Invariant: what was marked right is only counted; its evidence stood in the grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from agent.grades import Verdict
from ui.markup import readable
from ui.terminal import STYLES, place_of, print_indented, print_wrapped, repeats
from ui.text import one_line, plain
from ui.views import SYMBOLS, WORDS, citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from agent.debrief import PointLine, Report, Tally, TopicReport
    from agent.turns import Marked
    from ui.terminal import GradePrinter

MOST_POINTS = 5  # of a kind, in a topic; the rest is counted
QUOTE = 160  # characters


def print_report(
    console: Console,
    report: Report,
    *,
    whole: bool = False,
    in_words: bool = False,
    told: bool = False,
) -> None:
    """The debrief of a session; one line where nothing was answered. `whole` leaves nothing out,
    `in_words` the symbols, `told` the points, because all marks stand above."""
    if not report.overall.asked:
        print_wrapped(console, "\nNothing was answered, so there is nothing to report.")
        return
    console.print("\nDebrief", style="bold")
    print_wrapped(console, _summary(report.overall, report.planned))
    if used := _time_used(report):
        print_wrapped(console, used)
    for topic in report.topics:
        if topic.tally.graded:
            if told:
                print_wrapped(console, f"\n{_headline(topic)}", style="bold")
                _print_reading(console, topic)
            else:
                _print_topic(console, topic, whole, in_words)
    if not whole:
        again = f"\nKept. All of it: greenroom sessions show {report.session_id}"
        print_wrapped(console, again, style="dim")


def print_marks(
    console: Console, grades: GradePrinter, report: Report, marks: Sequence[Marked]
) -> None:
    """Every mark of a real interview, which gave none in its course, with the time used."""
    lines = {line.question_id: line for topic in report.topics for line in topic.questions}
    for number, marked in enumerate(marks, 1):
        line = lines.get(marked.question.id)
        used = "" if line is None or not line.seconds else f" ({clock(line.seconds)})"
        title = f"\n{number}. {one_line(marked.question.question, QUOTE)}{used}"
        print_wrapped(console, title, style="bold")
        grades.print_marked(marked, asks=False)


def clock(seconds: float) -> str:
    """A time as ``m:ss``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _time_used(report: Report) -> str:
    """The time in all and the longest on one question; empty where none was measured."""
    timed = [q for topic in report.topics for q in topic.questions if q.seconds]
    total = sum(q.seconds or 0.0 for q in timed)
    if total < 1:
        return ""
    longest = max(timed, key=lambda q: q.seconds or 0.0)
    said = f"Time used: {clock(total)}"
    if len(timed) < 2:
        return f"{said}."
    of = f"{clock(longest.seconds or 0.0)} on “{one_line(longest.question, QUOTE // 2)}”"
    return f"{said}; the longest was {of}."


def _summary(tally: Tally, planned: int) -> str:
    mean = "" if tally.mean is None else f", on average {tally.mean:.0%}"
    counts = f"{tally.graded} of {planned} questions graded{mean}"
    return "; ".join([counts, *tally.remainder("you")]) + "."


def _print_topic(console: Console, topic: TopicReport, whole: bool, in_words: bool) -> None:
    print_wrapped(console, f"\n{_headline(topic)}", style="bold")
    if topic.covered and not whole:
        own = sum(point.by == "candidate" for point in topic.covered)
        count = len(topic.covered)
        marked = "" if not own else ", marked by you" if own == count else f", {own} marked by you"
        symbol = "" if in_words else f"{SYMBOLS['covered']} "
        line = f"{symbol}{count} point{'s'[: count > 1]} covered{marked}"
        print_wrapped(console, line, indent=2, style=STYLES["covered"])
    groups: tuple[tuple[Verdict, tuple[PointLine, ...]], ...] = (
        ("contradicted", topic.wrong),
        ("missing", topic.missed),
        ("partial", topic.partial),
        ("covered", topic.covered if whole else ()),
    )
    for verdict, points in groups:
        if points:
            symbol = "" if in_words else f"{SYMBOLS[verdict]} "
            most = len(points) if whole else MOST_POINTS
            _print_group(console, verdict, points, most, symbol)
    _print_reading(console, topic)


def _headline(topic: TopicReport) -> str:
    mean = "" if topic.tally.mean is None else f" · {topic.tally.mean:.0%}"
    return f"{one_line(topic.topic)}{mean}"


def _print_group(
    console: Console, verdict: Verdict, points: tuple[PointLine, ...], most: int, symbol: str
) -> None:
    title = Text(WORDS[verdict].capitalize(), STYLES[verdict])
    print_indented(console, title, 2)
    heaviest = sorted(points, key=lambda point: -point.weight)
    for point in heaviest[:most]:
        own = "marked by you" if point.by == "candidate" else "a guess" if point.unsure else ""
        beside = own and (f" [{own}]" if symbol else f" ({own})")
        print_wrapped(console, f"{symbol}{point.text}{beside}", indent=4)
        if point.quote and verdict != "missing":
            print_wrapped(console, f"you: “{one_line(point.quote, QUOTE)}”", indent=6)
        cited = citation(point.source)
        if cited:
            quote = (
                ""
                if repeats(point.text, readable(cited.quote))
                else f": “{readable(cited.quote, QUOTE)}”"
            )
            print_wrapped(console, place_of(cited) + quote, indent=6, style="dim")
        if other := citation(point.other):
            words = readable(other.quote, QUOTE)
            print_wrapped(console, f"but {place_of(other)}: “{words}”", indent=6, style="dim")
    if len(points) > most:
        print_wrapped(console, f"and {len(points) - most} more", indent=4, style="dim")


def _print_reading(console: Console, topic: TopicReport) -> None:
    if not topic.read_next and not topic.further_reading:
        return
    print_indented(console, Text("Read next", "bold"), 2)
    for span in topic.read_next:
        if cited := citation(span):
            start = readable(cited.quote, QUOTE // 2)
            print_wrapped(console, f"{place_of(cited)}: “{start}”", indent=4)
    for name in topic.further_reading:
        print_wrapped(console, plain(name), indent=4)
