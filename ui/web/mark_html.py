"""A mark with its evidence on both sides, as HTML, and what one may do about it.

Invariant: while a question goes on, neither its missing points nor its sources are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.choice import enough_of, wanted_of
from agent.grades import Grade, Scored
from ui.views import WORDS, Citation, PointView, citation, grade_view
from ui.web.html import escape, folded_html, source_html

if TYPE_CHECKING:
    from agent.grades import PointGrade
    from agent.turns import Marked
    from corpus.schema import Question

OTHERWISE = "Another source says otherwise"
MARGIN = 0.25  # around a mark: `Scored.confidence` is the chance that a person's lies within
NO_ANSWER = "<p>Neither the documents nor the library hold an answer to this question.</p>"


def marked_html(marked: Marked, second: str = "") -> str:
    """The mark of an answer; `second` is what was said about it since, as HTML."""
    if not marked.closed:
        return grade_html(marked.grade, whole=False)
    tips = "".join(f"<li>{escape(tip)}</li>" for tip in marked.coaching)
    after = f'<div class="tips"><b>Tips</b><ul>{tips}</ul></div>' if tips else ""
    after += _hinted(marked)
    after += (
        '<div class="doings">'
        + folded_html("Why this mark", why_html(marked.standing), "why")
        + folded_html("Show a good answer", good_html(marked.question), "good")
        + _form("retry", marked.number, "Try again", RETRY, "Mark it")
        + _form("disagree", marked.number, "I disagree", DISAGREE, "Keep it, and mark again")
        + "</div>"
    )
    return grade_html(marked.standing, whole=True, after=after + second)


RETRY = "Answer once more; both marks are shown side by side, and the first one counts."
DISAGREE = "What is wrong with this mark? It is marked again, and both marks are kept."


def grade_html(grade: Grade, *, whole: bool, after: str = "") -> str:
    """A grade with its evidence on both sides."""
    view = grade_view(grade)
    shown = [p for p in view.points if whole or p.verdict_id != "missing"]
    points = "".join(_point(p, with_source=whole) for p in shown)
    remarks = "".join(f'<p class="remark">{escape(r)}</p>' for r in view.remarks)
    listed = f'<ul class="points">{points}</ul>' if points else ""
    more = "" if view.percent is not None else f"<p>{escape(view.feedback)}</p>"
    return (
        f'<div class="grade"><p class="headline">{escape(view.headline)}</p>{_band(grade)}'
        f"{remarks}{listed}{more}{after}"
        f'<p class="grader">Marked by the {escape(view.grader)}</p></div>'
    )


def why_html(grade: Grade) -> str:
    """How a mark came about: per point what was compared, how sure, and who marked it."""
    if not isinstance(grade, Scored):
        return "<p>There is no mark, so nothing is counted.</p>"
    low, high = max(0.0, grade.score - MARGIN), min(1.0, grade.score + MARGIN)
    total = sum(p.weight for p in grade.points) or 1.0
    rows = "".join(_reason(p, p.weight / total) for p in grade.points)
    wanted = wanted_of(grade.points)
    counted = "by their weight" if wanted is None else f"of which the best {wanted} count"
    return (
        f"<p>The mark is counted from these points, {counted}. The chance that a person’s "
        f"mark lies between {low:.0%} and {high:.0%} is {grade.confidence:.0%}.</p>"
        f'<ul class="whys">{rows}</ul>'
    )


def good_html(question: Question) -> str:
    """A good answer: the one that was written for the question, else its points, each with the
    passage that carries it."""
    points = "".join(
        f"<li>{escape(p.text)}{_cited(citation(p.span), beside=p.text)}</li>"
        for p in question.key_points
    )
    listed = f"<ul>{points}</ul>" if points else ""
    if question.model_answer:
        return f"<p>{escape(question.model_answer)}</p><p><b>It makes these points:</b></p>{listed}"
    if listed:
        enough = enough_of(question.question, len(question.key_points))
        makes = "these points" if enough is None else f"{enough} of these points"
        return f"<p>A good answer makes {makes}:</p>{listed}"
    spans = question.reference.spans if question.reference else ()
    return "".join(_cited(citation(span), "It stands in") for span in spans) or NO_ANSWER


def _point(point: PointView, *, with_source: bool) -> str:
    sure = f", {point.sure}" if point.sure else ""
    # What was compared with a point that is missing says nothing of it.
    quoted = point.said if point.verdict_id != "missing" else None
    said = f'<div class="quote">You: “{escape(quoted)}”</div>' if quoted else ""
    source = ""
    if with_source:
        source = _cited(point.citation, beside=point.text) + _cited(point.other, OTHERWISE)
    return (
        f'<li class="{point.verdict_id}"><span class="symbol" aria-hidden="true">{point.symbol}'
        f"</span> {escape(point.text)} "
        f'<span class="verdict">{escape(point.verdict + sure)}</span>{said}{source}</li>'
    )


def _cited(cited: Citation | None, label: str = "Source", beside: str = "") -> str:
    return source_html(cited, label, beside) if cited else ""


def _band(grade: Grade) -> str:
    """The mark on a scale, with the range in which a person's is likely to lie."""
    if not isinstance(grade, Scored):
        return ""
    low, high = max(0.0, grade.score - MARGIN), min(1.0, grade.score + MARGIN)
    return (
        f'<div class="band" aria-hidden="true">'
        f'<span class="range" style="left:{low:.0%};width:{high - low:.0%}"></span>'
        f'<span class="tick" style="left:{grade.score:.0%}"></span></div>'
    )


def _hinted(marked: Marked) -> str:
    texts = {p.id: p.text for p in _points(marked.standing)}
    return "".join(
        f'<p class="remark">Hinted at, so it earns at most {most:.0%}: {escape(texts[point])}</p>'
        for point, most in marked.hinted.items()
        if point in texts
    )


def _points(grade: Grade) -> Sequence[PointGrade]:
    return grade.points if isinstance(grade, Scored) else ()


def _reason(point: PointGrade, share: float) -> str:
    who = "marked by you" if point.by == "candidate" else f"{point.confidence:.0%} sure"
    words = point.answer_span.quote if point.answer_span else ""
    against = f"compared with “{escape(words)}”" if words else "nothing of yours came near it"
    earns = f"it earns {point.score:.0%} of a weight of {share:.0%}" if share else "not needed"
    return (
        f"<li>{escape(point.text.rstrip('.'))}: {against}; {WORDS[point.verdict]}, {who}; "
        f"{earns}.</li>"
    )


def _form(do: str, number: int, label: str, told: str, send: str) -> str:
    """A box to write in, below a mark; page.js hands it over."""
    return folded_html(
        label,
        f'<form data-do="{do}" data-turn="{number}"><label>{told}<textarea rows="4"></textarea>'
        f'</label><button class="act primary">{send}</button></form>',
        do,
    )
