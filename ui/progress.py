"""The command ``progress``: per topic the marks over time, what is due, and the weakest points.

Invariant: a plot only repeats figures that stand beside it in words, so that nothing is lost where
there is none (off a terminal, with ``NO_COLOR``, with ``--plain``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from agent.interview import Interview
    from agent.progress import Mark, Progress, TopicProgress, WeakPoint

BARS = "▁▂▃▄▅▆▇█"
MOST_MARKS = 24  # in a plot, the latest
MARKS_IN_WORDS = 8  # the latest, where there is no plot


def progress(
    topic: options.Topic = None,
    ask_again: Annotated[
        str | None,
        typer.Option("--ask-again", help="Take back that this topic is not yours."),
    ] = None,
    plain: options.Plain = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """How each topic stands over all interviews: marks, trend, what is due, what is weak."""
    from agent.attempts import attempts
    from agent.progress import progress_of

    now = datetime.now(UTC)
    interview = open_workspace(home).interview
    if ask_again is not None:
        _take_back(interview, ask_again)
    found = progress_of(attempts(interview.history), now)
    avoided = interview.not_my_topics()
    if topic is not None:
        found = found.only(topic)
    if json:
        output.write_json({**progress_json(found), "not_my_topics": avoided})
    elif found.topics or (avoided and topic is None):
        console = output.console(plain=plain)
        print_progress(console, found, now, plots=console.color_system is not None)
        _print_avoided(console, avoided)
    elif topic is not None:
        output.note(f"Nothing was asked on {topic!r} yet. Begin: greenroom quiz --topic {topic!r}")
    else:
        output.note("Nothing yet. Begin with: greenroom quiz")


def progress_json(found: Progress) -> dict[str, Any]:
    """All figures as JSON values; times are ISO 8601."""
    from dataclasses import asdict

    written: dict[str, Any] = _written(asdict(found))
    return written


def print_progress(console: Console, found: Progress, now: datetime, *, plots: bool) -> None:
    """Topics, those with most due first, then the lowest mean."""
    from ui.terminal import print_wrapped

    streak = found.streak
    row = f", {streak.current} in a row" if streak.current > 1 else ""
    days = f"{streak.days} day{'s'[: streak.days != 1]} of practice{row}"
    due = f"{found.due} question{'s'[: found.due != 1]} due" if found.due else "nothing due"
    print_wrapped(console, f"{days}; {due}.", style="bold")
    for topic in sorted(found.topics, key=lambda t: (-t.due, t.mean is None, t.mean, t.topic)):
        _print_topic(console, topic, now, plots)
    print_wrapped(
        console,
        "\nMeans are over graded questions; the bounds hold the mean of many more such questions "
        "with 95% confidence.",
        style="dim",
    )


def _take_back(interview: Interview, topic: str) -> None:
    avoided = interview.not_my_topics()
    named = next((name for name in avoided if name.casefold() == topic.casefold()), topic)
    if not interview.ask_again(named):
        there = ", ".join(avoided) or "none"
        raise GreenroomError(f"{topic!r} is not among the topics that are not yours: {there}")
    output.note(f"Questions on {named} come as often as others again.")


def _print_avoided(console: Console, avoided: Mapping[str, str]) -> None:
    from ui.terminal import print_wrapped

    if avoided:
        names = ", ".join(one_line(name) for name in avoided)
        print_wrapped(console, f"\nNot your topics, so they come seldom: {names}.", style="bold")
        print_wrapped(console, "To take one back: greenroom progress --ask-again TOPIC")


def sparkline(scores: Sequence[float]) -> str:
    """Marks in [0, 1] as a row of bars."""
    return "".join(BARS[min(len(BARS) - 1, int(s * len(BARS)))] for s in scores)


def _print_topic(console: Console, topic: TopicProgress, now: datetime, plots: bool) -> None:
    from ui.terminal import print_wrapped

    print_wrapped(console, f"\n{one_line(topic.topic)}", style="bold")
    print_wrapped(console, _marks_line(topic), indent=2)
    if topic.marks:
        print_wrapped(console, _trend_line(topic, plots), indent=2)
    if topic.expected is not None and not topic.note:
        low, high = topic.expected_low or 0.0, topic.expected_high or 0.0
        print_wrapped(
            console,
            f"Today, on a middling question: about {topic.expected:.0%} ({_range(low, high)})",
            indent=2,
        )
    print_wrapped(console, _due_line(topic, now), indent=2)
    if topic.note:
        print_wrapped(console, topic.note, indent=2, style="yellow")
    for point in topic.weakest:
        _print_weak(console, point)


def _marks_line(topic: TopicProgress) -> str:
    parts = []
    if topic.mean is not None and topic.low is not None and topic.high is not None:
        parts.append(f"Mean {topic.mean:.0%} ({_range(topic.low, topic.high)})")
    parts.append(f"{topic.graded} graded")
    parts += [f"{topic.ungraded} not graded"] if topic.ungraded else []
    parts += [f"{topic.skipped} skipped"] if topic.skipped else []
    if topic.self_marked:
        parts.append(f"{topic.self_marked:.0%} of the points marked by you")
    return ", ".join(parts)


def _trend_line(topic: TopicProgress, plots: bool) -> str:
    marks = _latest(topic.marks, MOST_MARKS if plots else MARKS_IN_WORDS)
    shown = sparkline(marks) if plots else "Marks: " + ", ".join(f"{m:.0%}" for m in marks)
    if topic.trend is None:
        return shown
    from agent.progress import CHANGED

    points = f"{abs(topic.trend) * 100:.0f} points"
    if abs(topic.trend) < CHANGED:
        return f"{shown}  steady"
    turned = "up" if topic.trend > 0 else "down"
    return f"{shown}  {turned} by {points} from the first half of the marks to the second"


def _latest(marks: Sequence[Mark], most: int) -> list[float]:
    return [m.score for m in marks[-most:]]


def _due_line(topic: TopicProgress, now: datetime) -> str:
    if topic.due:
        return f"{topic.due} due again now"
    if topic.next_due is None:
        return "nothing due"
    days = max(1, (topic.next_due.date() - now.date()).days)
    return f"nothing due; the next in {days} day{'s'[: days != 1]}"


def _print_weak(console: Console, point: WeakPoint) -> None:
    from ui.terminal import place_of, print_wrapped
    from ui.views import citation

    own = ", marked by you" if point.self_marked else ""
    print_wrapped(console, f"Weak ({point.score:.0%}{own}): {one_line(point.text)}", indent=2)
    if cited := citation(point.source):
        print_wrapped(console, place_of(cited), indent=6, style="dim")


def _range(low: float, high: float) -> str:
    return f"{low:.0%} to {high:.0%}"


def _written(value: Any) -> Any:
    """The value with times as text, all through."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dict):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part) for part in value]
    return value
