"""The debrief as HTML: per topic what was covered, missed and wrong, and what to read next.

Invariant: a mark of the candidate's own and a guess are told from the grader's verdicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.grades import Verdict
from agent.schedule import GOOD_FROM
from ui.markup import readable
from ui.views import SYMBOLS, WORDS, citation
from ui.web.asked import MOST_NAMED
from ui.web.html import act_html, cite_html, data, escape, source_html
from ui.web.mark_html import OTHERWISE
from ui.web.turn_html import note_html

if TYPE_CHECKING:
    from agent.debrief import PointLine, QuestionLine, Report, TopicReport

NO_ANSWERS = "<p>No question was answered, so there is nothing to report.</p>"
OPENING = 80  # characters by which a passage is told from others


def report_html(report: Report, note: str = "") -> str:
    """The debrief with its buttons."""
    tally = report.overall
    head = f'<div class="report">{note_html(note)}<p class="headline">Debrief</p>'
    if not tally.asked:
        return f"{head}{NO_ANSWERS}</div>"
    mean = "no mark" if tally.mean is None else f"mean {tally.mean:.0%}"
    counts = [f"{tally.graded} of {report.planned} questions graded ({mean})"]
    counts += tally.remainder("you")
    topics = "".join(_topic(topic) for topic in report.topics)
    return (
        f"{head}<p>{escape(', '.join(counts))}.</p>{topics}"
        f'<p class="doings keep">{_once_more(report)}{KEEP}</p></div>'
    )


KEEP = (
    act_html("Download as a page", {"do": "save", "form": "html"})
    + act_html("Download as Markdown", {"do": "save", "form": "markdown"})
    + '<button type="button" class="act" data-print="">Print</button>'
)


def _once_more(report: Report) -> str:
    """A button that asks again what was marked below "Good"; nothing where all was."""
    lines = [line for topic in report.topics for line in topic.questions]
    weak = [q.question_id for q in lines if q.score is not None and q.score < GOOD_FROM]
    if not weak:
        return ""
    asked = weak[:MOST_NAMED]
    wanted = data({"question_ids": asked})
    count = "one" if len(asked) == 1 else str(len(asked))
    label = f"Ask me the {count} below {GOOD_FROM:.0%} again" if len(lines) > 1 else "Once more"
    return f'<button type="button" class="act primary" data-practise="{wanted}">{label}</button>'


def _topic(topic: TopicReport) -> str:
    mean = "" if topic.tally.mean is None else f" · {topic.tally.mean:.0%}"
    groups: tuple[tuple[Verdict, tuple[PointLine, ...]], ...] = (
        ("contradicted", topic.wrong),
        ("missing", topic.missed),
        ("partial", topic.partial),
        ("covered", topic.covered),
    )
    body = "".join(_group(verdict, lines) for verdict, lines in groups if lines)
    reading = "".join(
        f"<li>“{escape(readable(c.quote, OPENING))}” {cite_html(c)}</li>"
        for c in map(citation, topic.read_next)
        if c
    )
    reading += "".join(f"<li>{escape(name)}</li>" for name in topic.further_reading)
    read = f'<p class="group">Read next</p><ul class="reading">{reading}</ul>' if reading else ""
    asked = "".join(
        f"<li><b>{escape(_outcome(line))}</b> {escape(line.question)}{_time(line.seconds)}</li>"
        for line in topic.questions
    )
    return (
        f'<p class="head">{escape(topic.topic + mean)}</p><ul class="asked">{asked}</ul>'
        f"{body}{read}"
    )


def _outcome(line: QuestionLine) -> str:
    if line.score is not None:
        return f"{line.score:.0%}"
    if line.reason == "not_my_topic":
        return "not your topic"
    return "skipped" if line.outcome == "skipped" else "not graded"


def _time(seconds: float | None) -> str:
    """The time that a question took, in minutes and seconds."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f' <span class="verdict">{minutes}:{rest:02d}</span>'


def _group(verdict: Verdict, lines: tuple[PointLine, ...]) -> str:
    items = "".join(_line(verdict, line) for line in lines)
    title = escape(WORDS[verdict].capitalize())
    return f'<p class="group">{title}</p><ul class="points">{items}</ul>'


def _line(verdict: Verdict, line: PointLine) -> str:
    own = " (marked by you)" if line.by == "candidate" else ""
    own = own or (" (a guess)" if line.unsure else "")
    said = ""
    if line.quote and verdict != "missing":
        said = f'<div class="quote">You: “{escape(line.quote)}”</div>'
    cited, other = citation(line.source), citation(line.other)
    source = source_html(cited, beside=line.text) if cited and verdict != "covered" else ""
    source += source_html(other, OTHERWISE) if other else ""
    return (
        f'<li class="{verdict}"><span class="symbol" aria-hidden="true">{SYMBOLS[verdict]}'
        f"</span> {escape(line.text + own)}{said}{source}</li>"
    )
