"""The plots of the page on progress, as SVG in the colour of the text around them.

Invariant: a plot shows nothing that its text alternative and the table beside it do not say; shapes
tell things apart, never colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.course import Step

# A phone's width, so that letters keep their size there; wider screens enlarge the whole.
WIDTH, HEIGHT = 360, 176
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 8, 24
RANGE_WIDTH, RANGE_HEIGHT = 200, 20
IN_ORDER_BELOW = timedelta(days=2)  # between first and last: answers side by side, not by time


def day(when: datetime) -> str:
    """A date as it is read: 3 Feb 2026."""
    return f"{when.day} {when:%b %Y}"


def range_svg(expected: float, low: float, high: float, *, certain: bool) -> str:
    """A level on a line from 0 to 100%, with its bounds; a hollow dot where too little is known."""
    middle = RANGE_HEIGHT / 2
    x, left, right = (_part(v, 6, RANGE_WIDTH - 6) for v in (expected, low, high))
    fill = "currentColor" if certain else "var(--body-background-fill, none)"
    words = f"{expected:.0%}, between {low:.0%} and {high:.0%}"
    return (
        f'<svg class="range" viewBox="0 0 {RANGE_WIDTH} {RANGE_HEIGHT}" role="img" '
        f'aria-label="Expected mark {words}">'
        f'<line x1="6" y1="{middle}" x2="{RANGE_WIDTH - 6}" y2="{middle}" class="rule"/>'
        f"{_ticks(middle)}"
        f'<rect x="{left:.1f}" y="{middle - 4}" width="{max(1.0, right - left):.1f}" height="8" '
        f'rx="4" class="band"/>'
        f'<circle cx="{x:.1f}" cy="{middle}" r="5" fill="{fill}" stroke="currentColor" '
        f'stroke-width="2"/></svg>'
    )


def course_svg(steps: Sequence[Step], name: str) -> str:
    """Marks as dots, the level as a line, its bounds as a band, from the first answer to now.

    `name` is already escaped. At least one step.
    """
    places = [_x(n, steps) for n in range(len(steps))]
    highs = [f"{x:.1f},{_y(s.high):.1f}" for x, s in zip(places, steps, strict=True)]
    lows = [f"{x:.1f},{_y(s.low):.1f}" for x, s in zip(places, steps, strict=True)]
    line = [f"{x:.1f},{_y(s.expected):.1f}" for x, s in zip(places, steps, strict=True)]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{_y(s.mark):.1f}" r="4" class="mark"/>'
        for x, s in zip(places, steps, strict=True)
        if s.mark is not None
    )
    return (
        f'<svg class="course" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}: '
        f'{_words(steps)}">{_axes(steps)}'
        f'<polygon points="{" ".join([*highs, *reversed(lows)])}" class="band"/>'
        f'<polyline points="{" ".join(line)}" class="level"/>{dots}</svg>'
    )


def in_order(steps: Sequence[Step]) -> bool:
    """Whether the plot counts answers instead of days."""
    return steps[-1].when - steps[0].when < IN_ORDER_BELOW


def _words(steps: Sequence[Step]) -> str:
    marks = [s.mark for s in steps if s.mark is not None]
    last = steps[-1]
    return (
        f"{len(marks)} mark{'s'[: len(marks) != 1]} from {day(steps[0].when)} on, the first "
        f"{marks[0]:.0%}, the last {marks[-1]:.0%}; expected now {last.expected:.0%}, between "
        f"{last.low:.0%} and {last.high:.0%}"
    )


def _axes(steps: Sequence[Step]) -> str:
    rules = "".join(
        f'<line x1="{LEFT}" y1="{_y(v):.1f}" x2="{WIDTH - RIGHT}" y2="{_y(v):.1f}" class="rule"/>'
        f'<text x="{LEFT - 5}" y="{_y(v) + 4:.1f}" text-anchor="end">{v:.0%}</text>'
        for v in (0.0, 0.5, 1.0)
    )
    first = "first answer" if in_order(steps) else day(steps[0].when)
    foot = HEIGHT - 6
    return (
        f'{rules}<text x="{LEFT}" y="{foot}">{first}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{foot}" text-anchor="end">now</text>'
    )


def _ticks(middle: float) -> str:
    return "".join(
        f'<line x1="{x:.1f}" y1="{middle - 4}" x2="{x:.1f}" y2="{middle + 4}" class="rule"/>'
        for x in (_part(v, 6, RANGE_WIDTH - 6) for v in (0.0, 0.5, 1.0))
    )


def _x(number: int, steps: Sequence[Step]) -> float:
    if in_order(steps):
        share = number / max(1, len(steps) - 1)
    else:
        whole = (steps[-1].when - steps[0].when).total_seconds()
        share = (steps[number].when - steps[0].when).total_seconds() / whole
    return _part(share, LEFT + 6, WIDTH - RIGHT - 6)


def _y(value: float) -> float:
    return _part(1 - value, TOP, HEIGHT - BOTTOM)


def _part(share: float, low: float, high: float) -> float:
    return low + min(1.0, max(0.0, share)) * (high - low)
