"""The page before an interview, as HTML: why this topic, what to go on with, what is past.

Invariant: names of topics come from documents and are escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.attempts import moment
from ui.text import one_line
from ui.web.html import act_html, escape, folded_html

if TYPE_CHECKING:
    from agent.records import SessionSummary
    from ui.web.beginning import Beginning

LONGEST_NAME = 60  # characters of topics named
NAMED = 2  # topics of an interview that are named


def reason_html(here: Beginning) -> str:
    """Why the chosen topic and role are chosen."""
    return f"<p>{escape(here.reason)}</p>"


def open_html(here: Beginning) -> str:
    """Interviews to go on with; nothing where there is none."""
    return "".join(
        act_html(
            f"Go on with {_name(s)}<small>{_when(s)}, {s.graded} of {s.total} marked</small>",
            {"do": "open", "session": s.id},
            "go-on",
        )
        for s in here.open
    )


def below_html(here: Beginning) -> str:
    """What there is to be asked about, and past interviews to read again."""
    rows = "".join(
        f"<li>{act_html(_name(s), {'do': 'open', 'session': s.id}, 'link')} "
        f"<span>{_when(s)} · {s.graded} of {s.total} marked{_mean(s)}</span></li>"
        for s in here.past
    )
    past = ""
    if rows:
        past = folded_html("Past interviews", f'<ul class="past">{rows}</ul>', "history")
    return f"<p>{escape(here.welcome)}</p>{past}"


def _name(summary: SessionSummary) -> str:
    shown = ", ".join(summary.topics[:NAMED])
    more = len(summary.topics) - NAMED
    rest = f" and {more} more" if more > 0 else ""
    return escape(one_line(shown, LONGEST_NAME) + rest)


def _when(summary: SessionSummary) -> str:
    local = moment(summary.started).astimezone()
    return escape(f"{local.day} {local:%B, %H:%M}")


def _mean(summary: SessionSummary) -> str:
    return "" if summary.mean is None else f" · mean {summary.mean:.0%}"
