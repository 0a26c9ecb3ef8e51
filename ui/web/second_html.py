"""What was said about a mark since, as HTML: answers tried again, disagreements.

Invariant: both marks are shown, and which of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.grades import Grade, PointGrade, Scored
from agent.second_look import Change, Comparison
from ui.views import WORDS, citation, direction
from ui.web.html import answer_html, escape, folded_html, source_html

if TYPE_CHECKING:
    from agent.addenda import Disagreement, Retry
    from agent.turns import Marked


def second_html(
    marked: Marked, retries: Sequence[Retry], disagreements: Sequence[Disagreement]
) -> str:
    """All second looks at one mark, in order."""
    return "".join(
        [
            *(_retry(marked, r, r.grade) for r in retries if r.grade),
            *(_disagreement(marked, d, d.regrade) for d in disagreements if d.regrade),
        ]
    )


def _retry(marked: Marked, retry: Retry, grade: Grade) -> str:
    found = Comparison(marked.question, marked.standing, grade, marked.all_said, retry.answer)
    return (
        f'<div class="second"><p class="group">Tried again: before {_mark(found.before)}, now '
        f"{_mark(found.after)}. The first mark counts.</p>{_changes(found.changes)}"
        f"{folded_html('What you wrote', answer_html(retry.answer))}</div>"
    )


def _disagreement(marked: Marked, about: Disagreement, regrade: Grade) -> str:
    found = Comparison(marked.question, about.before, regrade, marked.all_said, marked.all_said)
    changed = [c for c in found.changes if _verdict(c.before) != _verdict(c.after)]
    same = "" if changed else "<p>Each point got the verdict that it had.</p>"
    return (
        f'<div class="second"><p class="group">You disagreed: it was marked '
        f"{_mark(found.before)}, marked again {_mark(found.after)}.</p>"
        f"<p>Your reason: “{escape(about.reason)}”</p><p>It is kept with both marks, as a case to "
        f"improve the marking with; the first one counts.</p>{same}{_changes(changed)}</div>"
    )


def _changes(changes: Sequence[Change]) -> str:
    items = "".join(_change(change) for change in changes)
    return f'<ul class="changes">{items}</ul>' if items else ""


def _change(change: Change) -> str:
    before, after = _verdict(change.before), _verdict(change.after)
    said = f"still {after}" if before == after else f"{before}, now {after}"
    words, source = "", ""
    if change.after is not None:
        if change.after.answer_span and change.after.verdict != "missing":
            words = f'<div class="quote">You: “{escape(change.after.answer_span.quote)}”</div>'
        cited = citation(change.after.source_span)
        if cited and change.after.verdict != "covered":
            source = source_html(cited, beside=change.text)
    kind = direction(change.before, change.after)
    return f'<li class="{kind}"><b>{escape(said)}</b>: {escape(change.text)}{words}{source}</li>'


def _verdict(point: PointGrade | None) -> str:
    return WORDS[point.verdict] if point else "not graded"


def _mark(grade: Grade) -> str:
    return f"{grade.score:.0%}" if isinstance(grade, Scored) else "not graded"
