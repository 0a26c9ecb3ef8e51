"""What comes again when, as HTML of the page on progress, and how the person says otherwise.

Invariant: a button sends what it stands for and no more; the words of a question go through
`escape`.
"""

from __future__ import annotations

import html
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from agent.schedule import Rating
from ui.text import one_line
from ui.web.html import escape
from ui.web.progress_plots import day

if TYPE_CHECKING:
    from ui.web.progress import Overview, Waiting

LONGEST_LABEL = 160  # characters of a question in a list
FEW_REVIEWS = 4  # shown at once


def waiting_html(found: Overview) -> str:
    """The questions due longest, each with its rating and the others to choose."""
    if not found.waiting:
        return ""
    drawn = [_review(w, found.now) for w in found.waiting]
    first, more = "".join(drawn[:FEW_REVIEWS]), "".join(drawn[FEW_REVIEWS:])
    rest = f"<details><summary>More</summary><ul class='waiting'>{more}</ul></details>"
    return (
        "<h2>What comes again when</h2><p class='fine'>From your marks, by FSRS: a question comes "
        "back when you would still answer it with 90% probability. If a mark does not say how well "
        "you knew it, say so here.</p>"
        f'<ul class="waiting">{first}</ul>{rest if more else ""}'
    )


def avoided_html(found: Overview) -> str:
    """The topics that were called not theirs, each to be taken back."""
    if not found.avoided:
        return ""
    items = "".join(
        f'<li><p class="acts">{escape(one_line(topic, 80))} <button type="button" '
        f'data-rate="{_json({"again": topic})}">Ask me again</button></p></li>'
        for topic in found.avoided
    )
    return f'<h2>Not your topics</h2><p class="fine">They come seldom.</p><ul>{items}</ul>'


def in_days(when: datetime, now: datetime) -> str:
    """How far away a moment to come is: "tomorrow", "in 5 days"."""
    if when <= now:
        return "now"
    days = max(1, (when.date() - now.date()).days)
    return "tomorrow" if days == 1 else f"in {days} days"


def _review(waiting: Waiting, now: datetime) -> str:
    attempt = waiting.attempt
    question = escape(one_line(attempt.question, LONGEST_LABEL))
    mark = "no mark" if attempt.score is None else f"marked {attempt.score:.0%}"
    source = "your word" if waiting.own else "from the mark"
    buttons = "".join(_rating(waiting, word) for word in get_args(Rating))
    return (
        f'<li><p class="asked">{question}</p><p class="fine">Due {in_days(waiting.due, now)} · '
        f"{mark} on {day(attempt.when)}</p>"
        f'<div class="ratings" role="group" aria-label="How well you knew it">{buttons}'
        f'<span class="fine">{source}</span></div></li>'
    )


def _rating(waiting: Waiting, word: Rating) -> str:
    attempt = waiting.attempt
    sent = {"session": attempt.session_id, "position": attempt.position, "word": word}
    pressed = "true" if word == waiting.rating else "false"
    return (
        f'<button type="button" aria-pressed="{pressed}" data-rate="{_json(sent)}">'
        f"{word.capitalize()}</button>"
    )


def _json(value: dict[str, Any]) -> str:
    return html.escape(json.dumps(value))
