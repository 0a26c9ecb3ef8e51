"""The page on progress as HTML: topics with their levels, and what is weak.

Invariant: whatever a document or a person says goes through `escape`; every figure of a plot also
stands in words.
"""

from __future__ import annotations

import html
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agent.progress import CHANGED
from ui.text import one_line
from ui.views import citation
from ui.web.html import escape
from ui.web.progress_plots import course_svg, day, in_order, range_svg
from ui.web.reader import cite_button
from ui.web.review_html import LONGEST_LABEL, avoided_html, in_days, waiting_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.course import Step
    from agent.progress import Mark, Progress, TopicProgress, WeakPoint
    from ui.web.progress import Overview

EMPTY = (
    '<div class="progress-empty"><p>Nothing to show yet. Answer a few questions, and this page '
    "says how each topic stands, what to ask again and what is weak.</p>"
    '<button type="button" class="go" data-practise="{}">Begin an interview</button></div>'
)
GLANCE = (
    '<p class="fine">The dot is the mark to expect today; with 95% probability it lies within the '
    "bar. The line runs from 0 to 100%.</p>"
)
HOW = (
    "<details class='how'><summary>How to read this</summary><p>A dot is the mark to expect today "
    "on a question of middle difficulty; the bar about it holds it with 95% probability. It is a "
    "Rasch level that moves with every mark (Glickman 1999, Pelánek 2016), counts what you marked "
    "yourself half, and grows less certain while you do not practise. What was not graded or was "
    "skipped counts for nothing.</p></details>"
)
MOST_AT_ONCE = 10  # due questions that one interview is made of
MOST_TOPICS = 10  # shown at once
MOST_ROWS = 60  # of a table of marks, the latest


def page_html(found: Overview) -> str:
    """The whole page."""
    if not found.topics:
        return f"{EMPTY}{avoided_html(found)}"
    return (
        f'<div class="progress"><p class="summary">{_summary(found)}</p>{_due_button(found)}'
        f"<h2>Topics</h2>{GLANCE}{_whole_note(found)}{_topics(found)}"
        f"{_table(found.progress)}{HOW}{_weakest(found)}{waiting_html(found)}"
        f"{avoided_html(found)}</div>"
    )


def _summary(found: Overview) -> str:
    streak, graded = found.progress.streak, sum(t.graded for t in found.topics)
    row = f" ({streak.current} in a row)" if streak.current > 1 else ""
    parts = [
        _counted(found.interviews, "interview"),
        f"{_counted(graded, 'question')} graded",
        f"{_counted(streak.days, 'day')} of practice{row}",
    ]
    if not found.due_ids:
        parts.append("nothing due")
    return " · ".join(parts)


def _due_button(found: Overview) -> str:
    """Practise those due longest; no more at once than one sits through."""
    ids = found.due_ids[:MOST_AT_ONCE]
    if not ids:
        return ""
    some = f"{len(ids)} of {len(found.due_ids)}" if len(ids) < len(found.due_ids) else f"{len(ids)}"
    data = _practise({"question_ids": list(ids)})
    return f'<button type="button" class="go" {data}>Practise what is due ({some})</button>'


def _topics(found: Overview) -> str:
    drawn = [_topic(t, found.courses.get(t.topic, ()), found.now) for t in found.topics]
    more = drawn[MOST_TOPICS:]
    rest = (
        f"<details><summary>{_counted(len(more), 'more topic')}</summary>{''.join(more)}</details>"
    )
    return f'<div class="topics">{"".join(drawn[:MOST_TOPICS])}{rest if more else ""}</div>'


def _whole_note(found: Overview) -> str:
    """What is said of all figures, unless a topic says the same of its own."""
    note = found.progress.note
    return "" if any(topic.note == note for topic in found.topics) else _note(note)


def _note(note: str) -> str:
    return f'<p class="too-little">{escape(note)}</p>' if note else ""


def _weakest(found: Overview) -> str:
    points = sorted((p for t in found.topics for p in t.weakest), key=lambda p: -p.lost)[:5]
    if not points:
        return ""
    items = "".join(f"<li>{_weak(point)}</li>" for point in points)
    return f'<h2>Weakest points</h2><ol class="weakest">{items}</ol>'


def _weak(point: WeakPoint) -> str:
    own = ", marked by you" if point.self_marked else ""
    how = "not mentioned or wrong" if point.score <= 0 else f"{point.score:.0%} of it said"
    cited = citation(point.source)
    cite = cite_button(cited.place, cited.document_id, cited.start, cited.end) if cited else ""
    asked = escape(one_line(point.question, LONGEST_LABEL))
    return (
        f'<p class="point">{escape(one_line(point.text))}</p>'
        f'<p class="fine">{how}{own} · asked: {asked}</p><p class="acts">'
        f'<button type="button" {_practise({"question_ids": [point.question_id]})}>'
        f"Practise this</button>{cite}</p>"
    )


def _topic(topic: TopicProgress, steps: Sequence[Step], now: datetime) -> str:
    name = escape(one_line(topic.topic, 80))
    level = '<p class="fine">Nothing graded yet</p>'
    if topic.expected is not None and topic.expected_low is not None:
        low, high = topic.expected_low, topic.expected_high or 0.0
        plot = range_svg(topic.expected, low, high, certain=not topic.note)
        level = f'{plot}<p class="figure"><b>{topic.expected:.0%}</b> {low:.0%} to {high:.0%}</p>'
    words = [w for w in (_trend(topic), _due(topic, now)) if w]
    practise = _practise({"topics": [topic.topic]})
    course = _course(topic, steps, name) if steps else ""
    return (
        f'<section class="topic"><h3>{name}</h3><div class="level">{level}</div>'
        f'<button type="button" {practise} aria-label="Practise {name}">Practise</button>'
        f'<p class="fine">{" · ".join(words)}</p>{_note(topic.note)}{course}</section>'
    )


def _trend(topic: TopicProgress) -> str:
    if topic.trend is None:
        return ""
    if abs(topic.trend) < CHANGED:
        return "steady"
    arrow, word = ("↗", "up") if topic.trend > 0 else ("↘", "down")
    points = f"{abs(topic.trend) * 100:.0f} points from the first half of your marks to the second"
    return f'<span aria-hidden="true">{arrow}</span> {word} by {points}'


def _due(topic: TopicProgress, now: datetime) -> str:
    if topic.due:
        return f"{topic.due} due now"
    if topic.next_due is None:
        return ""
    return f"next due {in_days(topic.next_due, now)}"


def _course(topic: TopicProgress, steps: Sequence[Step], name: str) -> str:
    order = " Answers stand side by side, as they came." if in_order(steps) else ""
    rows = "".join(_mark(mark) for mark in topic.marks[-MOST_ROWS:])
    return (
        f"<details><summary>Marks over time<span class='for-readers'> on {name}</span></summary>"
        f"{course_svg(steps, name)}"
        f'<p class="fine">Dots are marks, the line is the mark to expect on a question of middle '
        f"difficulty, the band its 95% bounds.{order}</p>"
        f"<details><summary>The marks as a table</summary><table><thead><tr><th>Date</th>"
        f"<th>Mark</th></tr></thead><tbody>{rows}</tbody></table></details></details>"
    )


def _mark(mark: Mark) -> str:
    return f"<tr><td>{day(mark.when)}</td><td>{mark.score:.0%}</td></tr>"


def _table(found: Progress) -> str:
    heads = ("Topic", "Expected today", "95% bounds", "Mean mark", "Graded", "Not graded", "Due")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    rows = "".join(_row(t) for t in found.topics)
    return (
        "<details class='table'><summary>All figures as a table</summary><div class='wide' "
        "tabindex='0' role='region' aria-label='All figures'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _row(topic: TopicProgress) -> str:
    expected = bounds = "–"
    if topic.expected is not None:
        expected = f"{topic.expected:.0%}"
        bounds = f"{topic.expected_low or 0.0:.0%} to {topic.expected_high or 0.0:.0%}"
    mean = "–" if topic.mean is None else f"{topic.mean:.0%}"
    left = topic.ungraded + topic.skipped
    cells = (expected, bounds, mean, str(topic.graded), str(left), str(topic.due))
    written = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(one_line(topic.topic, 80))}</th>{written}</tr>'


def _practise(wanted: dict[str, Any]) -> str:
    return f'data-practise="{_json(wanted)}"'


def _json(value: dict[str, Any]) -> str:
    return html.escape(json.dumps(value))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s'[: count != 1]}"
