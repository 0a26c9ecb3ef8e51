"""A debrief written out as one HTML file that needs nothing beside it: to keep, to print, to send.

Invariant: nothing that a candidate or a document says can become markup, and the file loads and
runs nothing.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.export import file_of, in_a_line
from agent.grades import Scored

if TYPE_CHECKING:
    from agent.addenda import Disagreement
    from agent.debrief import PointLine, QuestionLine, Report, Tally, TopicReport
    from corpus.schema import Span

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a202c;background:#fff}h1{font-size:1.5rem}h2{margin-top:2rem;border-bottom:1px solid "
    "#cbd5e1}h3{font-size:1rem;margin-bottom:.3rem}li{margin:.4em 0;overflow-wrap:anywhere}"
    ".quote{margin:.2em 0 .2em 1em;color:#475569;font-size:.95em}.where{font-size:.85em}"
    "@media(prefers-color-scheme:dark){body{color:#e2e8f0;background:#0f172a}.quote{color:#a8b4c4}}"
    "@media print{body{margin:0;max-width:none;color:#000;background:#fff}h2,h3{break-after:avoid}"
    "li{break-inside:avoid}}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_GROUPS = ("Wrong", "Missed", "In part", "Covered")  # what to work on comes first


def to_html(report: Report, disagreements: Sequence[Disagreement] = ()) -> str:
    """The report as a whole HTML document in UTF-8, ending with a line break."""
    ended = report.finished or "still running"
    topics = "".join(_topic(topic) for topic in report.topics)
    title = f"Interview of {_text(report.started[:10])}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{_text(report.started)} to {_text(ended)}, {_text(report.session_id)}. "
        f"{_tally(report.overall)}</p>{topics}{_disagreed(disagreements)}</body></html>\n"
    )


def _topic(topic: TopicReport) -> str:
    questions = "".join(f"<li>{_question(line)}</li>" for line in topic.questions)
    parts = [
        f"<h2>{_text(topic.topic)}</h2><p>{_tally(topic.tally)}</p><ul>{questions}</ul>",
    ]
    verdicts = (topic.wrong, topic.missed, topic.partial, topic.covered)
    for title, points in zip(_GROUPS, verdicts, strict=True):
        if points:
            items = "".join(f"<li>{_point(point)}</li>" for point in points)
            parts.append(f"<h3>{title}</h3><ul>{items}</ul>")
    reading = [f"“{_text(s.quote)}” {_where(s)}" for s in topic.read_next]
    reading += [_text(name) for name in topic.further_reading]
    if reading:
        items = "".join(f"<li>{line}</li>" for line in reading)
        parts.append(f"<h3>Read next</h3><ul>{items}</ul>")
    return "".join(parts)


def _question(line: QuestionLine) -> str:
    mark = line.outcome if line.score is None else f"{line.score:.0%}"
    reason = f" ({_text(line.reason.replace('_', ' '))})" if line.reason else ""
    return f"{_text(line.question)} <b>{mark}</b>{reason}"


def _point(point: PointLine) -> str:
    own = " (marked by yourself)" if point.by == "candidate" else ""
    own = own or (" (a guess)" if point.unsure else "")
    lines = [_text(point.text) + own]
    if point.quote:
        lines.append(f'<div class="quote">You: “{_text(point.quote)}”</div>')
    for label, span in (("Source", point.source), ("Another source", point.other)):
        if span:
            lines.append(f'<div class="quote">{label}: “{_text(span.quote)}” {_where(span)}</div>')
    return "".join(lines)


def _where(span: Span) -> str:
    """The file's name and the place in it."""
    place = f"{_text(file_of(span))}, characters {span.start} to {span.end}"
    return f'<span class="where">({place})</span>'


def _disagreed(disagreements: Sequence[Disagreement]) -> str:
    items = "".join(
        f"<li>{_mark(d.before)}, marked again {_mark(d.regrade)}: “{_text(d.reason)}”</li>"
        for d in disagreements
    )
    return f"<h2>Disagreed with</h2><ul>{items}</ul>" if items else ""


def _mark(grade: object) -> str:
    return f"{grade.score:.0%}" if isinstance(grade, Scored) else "not graded"


def _tally(tally: Tally) -> str:
    mean = "" if tally.mean is None else f", mean {tally.mean:.0%}"
    counts = f"{tally.asked} asked, {tally.graded} graded{mean}"
    return ", ".join([counts, *tally.remainder("yourself")]) + "."


def _text(text: str) -> str:
    return html.escape(in_a_line(text))
