"""What the page says beside an interview, as HTML: to a command typed in place of an answer, and of
its length.

Invariant: what was typed is escaped.
"""

from __future__ import annotations

from agent.hint_costs import PRICE
from ui.text import one_line
from ui.web.asked import commands
from ui.web.html import escape


def _help() -> str:
    rows = "".join(
        f"<li><b>{escape('!' + name)}</b> {escape(told)}</li>" for name, told in commands().items()
    )
    return (
        "<p>Write your answer; Ctrl+Enter sends it. Or write one of these alone:</p>"
        f'<ul class="commands">{rows}</ul><p>{escape(PRICE)}</p>'
    )


HELP = _help()


def unknown_html(typed: str) -> str:
    """There is no such command."""
    return f"<p>There is no !{escape(one_line(typed, 40))}; !help lists what there is.</p>"


def noted_html(word: str) -> str:
    """A rating was kept."""
    return f"<p>Noted: {escape(one_line(word.lower(), 20))}. Its next date follows from that.</p>"


def fewer_html(told: str) -> str:
    """There are fewer questions than were asked for; nothing where nothing is told."""
    return f'<p role="status" class="told">{escape(told)}</p>' if told else ""
