"""The debrief as terminal text: per topic what was missed or wrong, with its citation, and what to
read next. Invariant: what was marked right is only counted; its evidence stood in the grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from agent.grades import Verdict
from ui.terminal import STYLES, place_of, print_indented, print_wrapped, repeats
from ui.text import one_line, plain
from ui.views import SYMBOLS, WORDS, citation

if TYPE_CHECKING:
    from rich.console import Console

    from agent.debrief import PointLine, Report, Tally, TopicReport

MOST_POINTS = 5  # of a kind, in a topic; the rest is counted
QUOTE = 160  # characters


def print_report(
    console: Console, report: Report, *, whole: bool = False, in_words: bool = False
) -> None:
    """The debrief of a session; one line where nothing was answered. `whole` leaves nothing out,
    `in_words` the symbols."""
    if not report.overall.asked:
        print_wrapped(console, "\nNothing was answered, so there is nothing to report.")
        return
    console.print("\nDebrief", style="bold")
    print_wrapped(console, _summary(report.overall, report.planned))
    for topic in report.topics:
        if topic.tally.graded:
            _print_topic(console, topic, whole, in_words)
    if not whole:
        again = f"\nKept. All of it: greenroom sessions show {report.session_id}"
        print_wrapped(console, again, style="dim")


def _summary(tally: Tally, planned: int) -> str:
    mean = "" if tally.mean is None else f", on average {tally.mean:.0%}"
    parts = [f"{tally.graded} of {planned} questions graded{mean}"]
    parts += [f"{tally.ungraded} not graded"] if tally.ungraded else []
    parts += [f"{tally.skipped} skipped"] if tally.skipped else []
    if tally.self_marked:
        parts.append(f"{tally.self_marked:.0%} of the points marked by you")
    return "; ".join(parts) + "."


def _print_topic(console: Console, topic: TopicReport, whole: bool, in_words: bool) -> None:
    mean = "" if topic.tally.mean is None else f" · {topic.tally.mean:.0%}"
    print_wrapped(console, f"\n{one_line(topic.topic)}{mean}", style="bold")
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
                "" if repeats(point.text, cited.quote) else f": “{one_line(cited.quote, QUOTE)}”"
            )
            print_wrapped(console, place_of(cited) + quote, indent=6, style="dim")
        if other := citation(point.other):
            words = one_line(other.quote, QUOTE)
            print_wrapped(console, f"but {place_of(other)}: “{words}”", indent=6, style="dim")
    if len(points) > most:
        print_wrapped(console, f"and {len(points) - most} more", indent=4, style="dim")


def _print_reading(console: Console, topic: TopicReport) -> None:
    if not topic.read_next and not topic.further_reading:
        return
    print_indented(console, Text("Read next", "bold"), 2)
    for span in topic.read_next:
        if cited := citation(span):
            start = one_line(cited.quote, QUOTE // 2)
            print_wrapped(console, f"{place_of(cited)}: “{start}”", indent=4)
    for name in topic.further_reading:
        print_wrapped(console, plain(name), indent=4)
