"""Turns, grades and reports as HTML for the web page.

Invariant: whatever a person, a document, a model or a file name says goes through `escape`, after
which neither HTML nor Markdown can be made of it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from agent.grades import Grade, Verdict
from ui.text import plain
from ui.views import SYMBOLS, WORDS, Citation, PointView, citation, grade_view

if TYPE_CHECKING:
    from agent.debrief import PointLine, Report, TopicReport
    from agent.turns import Marked, Turn, Unsure

Passage = Callable[[Citation], tuple[str, str, str]]
"""The text before a cited passage, the passage, and the text after it."""

_MARKDOWN = {ord(c): f"&#{ord(c)};" for c in "*_`~[]()#+-!|$\\{}:@/"}


def escape(text: str) -> str:
    """Text that is shown as it stands; line breaks are kept."""
    shown = html.escape(plain(text)).replace("&#x27;", "'").translate(_MARKDOWN)
    return shown.replace("\n", "<br>")


def answer_html(text: str) -> str:
    """What the candidate wrote."""
    return f'<div class="said">{escape(text) or "<i>(empty)</i>"}</div>'


def prompt_html(turn: Turn) -> str:
    """A question, a follow-up or a confirmation, with the note that comes before it."""
    note = f'<p class="note">{escape(turn.note)}</p>' if turn.note else ""
    if turn.kind == "question":
        topic = escape(turn.question.topic) if turn.question else ""
        head = f"Question {turn.place} of {turn.total} · {topic}"
    else:
        head = "Follow-up" if turn.kind == "follow_up" else "One moment"
    return (
        f'<div class="turn">{note}<p class="head">{head}</p>'
        f'<p class="prompt">{escape(turn.prompt)}</p></div>'
    )


def marked_html(marked: Marked, passage: Passage) -> str:
    """The mark of an answer; points not yet said stay hidden while the question goes on."""
    grade = marked.standing if marked.closed else marked.grade
    tips = "".join(f"<li>{escape(tip)}</li>" for tip in marked.coaching)
    coaching = f'<div class="tips"><b>Tips</b><ul>{tips}</ul></div>' if tips else ""
    return grade_html(grade, passage, whole=marked.closed, after=coaching)


def grade_html(grade: Grade, passage: Passage, *, whole: bool, after: str = "") -> str:
    """A grade with its evidence on both sides."""
    view = grade_view(grade)
    shown = [p for p in view.points if whole or p.verdict_id != "missing"]
    points = "".join(_point(p, passage, with_source=whole) for p in shown)
    remarks = "".join(f'<p class="remark">{escape(r)}</p>' for r in view.remarks)
    listed = f'<ul class="points">{points}</ul>' if points else ""
    more = "" if view.percent is not None else f"<p>{escape(view.feedback)}</p>"
    return (
        f'<div class="grade"><p class="headline">{escape(view.headline)}</p>'
        f'{remarks}{listed}{more}{after}<p class="grader">{escape(view.grader)}</p></div>'
    )


def _point(point: PointView, passage: Passage, *, with_source: bool) -> str:
    sure = f", {point.sure}" if point.sure else ""
    said = f'<div class="quote">You: “{escape(point.said)}”</div>' if point.said else ""
    source = source_html(point.citation, passage) if with_source and point.citation else ""
    return (
        f'<li class="{point.verdict_id}"><span class="symbol" aria-hidden="true">{point.symbol}'
        f"</span> {escape(point.text)} "
        f'<span class="verdict">{escape(point.verdict + sure)}</span>{said}{source}</li>'
    )


def source_html(cited: Citation, passage: Passage) -> str:
    """A source passage that opens on a click, the cited words marked in what stands around."""
    before, quote, after = passage(cited)
    place = f"{cited.place}, characters {cited.start} to {cited.end}"
    return (
        f'<details class="source"><summary>Source: {escape(place)}</summary>'
        f"<blockquote>{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}</blockquote>"
        "</details>"
    )


def unsure_html(unsure: Iterable[Unsure], passage: Passage) -> str:
    """The points put to the candidate: their words and the source side by side."""
    return (
        '<div class="unsure">'
        + "".join(_unsure(number, u, passage) for number, u in enumerate(unsure, 1))
        + "</div>"
    )


def _unsure(number: int, unsure: Unsure, passage: Passage) -> str:
    words = escape(unsure.answer_span.quote) if unsure.answer_span else "<i>nothing located</i>"
    cited = citation(unsure.source_span)
    quote = escape(passage(cited)[1]) if cited else escape(unsure.text)
    place = escape(cited.place) if cited else "Key point"
    return (
        f'<p class="prompt">{number}. {escape(unsure.text)}</p><table><tr>'
        f"<td><b>Your words</b><br>“{words}”</td><td><b>{place}</b><br>“{quote}”</td></tr></table>"
        f'<p class="grader">A guess: {escape(WORDS[unsure.guess])}.</p>'
    )


def report_html(report: Report, passage: Passage) -> str:
    """The debrief: per topic what was covered, missed and wrong, and what to read next."""
    tally = report.overall
    mean = "no mark" if tally.mean is None else f"mean {tally.mean:.0%}"
    counts = [f"{tally.graded} graded ({mean})"]
    counts += [f"{tally.ungraded} not graded"] if tally.ungraded else []
    counts += [f"{tally.skipped} skipped"] if tally.skipped else []
    if tally.self_marked:
        counts.append(f"{tally.self_marked:.0%} of the points marked by you")
    topics = "".join(_topic(topic, passage) for topic in report.topics)
    return (
        f'<div class="report"><p class="head">Debrief</p><p>{escape(", ".join(counts))}.</p>'
        f"{topics}</div>"
    )


def _topic(topic: TopicReport, passage: Passage) -> str:
    mean = "" if topic.tally.mean is None else f" · {topic.tally.mean:.0%}"
    groups: tuple[tuple[Verdict, tuple[PointLine, ...]], ...] = (
        ("covered", topic.covered),
        ("partial", topic.partial),
        ("missing", topic.missed),
        ("contradicted", topic.wrong),
    )
    body = "".join(_group(verdict, lines, passage) for verdict, lines in groups if lines)
    cited = [c for c in map(citation, topic.read_next) if c]
    reading = "".join(f"<li>{source_html(c, passage)}</li>" for c in cited)
    reading += "".join(f"<li>{escape(name)}</li>" for name in topic.further_reading)
    read = f'<p class="group">Read next</p><ul class="reading">{reading}</ul>' if reading else ""
    return f'<p class="head">{escape(topic.topic + mean)}</p>{body}{read}'


def _group(verdict: Verdict, lines: tuple[PointLine, ...], passage: Passage) -> str:
    items = ""
    for line in lines:
        own = " (marked by you)" if line.by == "candidate" else ""
        own = own or (" (a guess)" if line.unsure else "")
        cited = citation(line.source) if verdict != "covered" else None
        source = source_html(cited, passage) if cited else ""
        items += (
            f'<li class="{verdict}"><span class="symbol" aria-hidden="true">{SYMBOLS[verdict]}'
            f"</span> {escape(line.text + own)}{source}</li>"
        )
    title = escape(WORDS[verdict].capitalize())
    return f'<p class="group">{title}</p><ul class="points">{items}</ul>'


def verdicts_html(turn: Turn) -> str:
    """What the candidate said of the points that were put."""
    verdicts = turn.verdicts or {}
    lines = [
        f"{number}. {WORDS[verdicts[u.id]] if u.id in verdicts else 'left as guessed'}"
        for number, u in enumerate(turn.unsure, 1)
    ]
    return f'<div class="said">{"<br>".join(escape(line) for line in lines)}</div>'
