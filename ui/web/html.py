"""Turns, grades and reports as HTML for the web page.

Invariant: whatever a person, a document, a model or a file name says goes through `escape`, after
which neither HTML nor Markdown can be made of it.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.grades import Grade, Verdict
from ui.text import plain
from ui.views import SYMBOLS, WORDS, Citation, PointView, citation, grade_view

if TYPE_CHECKING:
    from agent.debrief import PointLine, QuestionLine, Report, TopicReport
    from agent.turns import Marked, Turn, Unsure

Passage = Callable[[Citation], tuple[str, str, str]]
"""The text before a cited passage, the passage, and the text after it."""

NO_ANSWERS = "<p>No question was answered, so there is nothing to report.</p>"
OTHERWISE = "Another source says otherwise: "
OPENING = 60  # characters by which a passage is told from others
LONGEST = 1500  # characters of an answer shown at once
_MARKDOWN = {ord(c): f"&#{ord(c)};" for c in "*_`~[]()#+-=!|$\\{}:@/."}


def escape(text: str) -> str:
    """Text that is shown as it stands; line breaks are kept."""
    shown = html.escape(plain(text)).replace("&#x27;", "'").translate(_MARKDOWN)
    return shown.replace("\n", "<br>")


def answer_html(text: str) -> str:
    """What the candidate wrote; the end of a very long answer opens on a click."""
    shown = escape(text[:LONGEST]) or "<i>(nothing)</i>"
    if len(text) > LONGEST:
        more = f"<summary>… {len(text) - LONGEST:,} more characters</summary>"
        shown += f"<details>{more}{escape(text[LONGEST:])}</details>"
    return f'<div class="said">{shown}</div>'


def prompt_html(turn: Turn) -> str:
    """A question, a follow-up or a confirmation, with the note that comes before it."""
    head = f"Question {turn.place} of {turn.total}"
    if turn.kind == "follow_up":
        head += " · Follow-up"
    elif turn.question is not None:
        head += f" · {escape(turn.question.topic)}"
    return (
        f'<div class="turn">{note_html(turn.note)}<p class="head">{head}</p>'
        f'<p class="prompt">{escape(turn.prompt)}</p></div>'
    )


def note_html(note: str) -> str:
    """What the interviewer says beside the question: a hint, why it is asked, a skip."""
    return f'<p class="note">{escape(note)}</p>' if note else ""


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
        f"{remarks}{listed}{more}{after}"
        f'<p class="grader">Marked by the {escape(view.grader)}</p></div>'
    )


def _point(point: PointView, passage: Passage, *, with_source: bool) -> str:
    sure = f", {point.sure}" if point.sure else ""
    # What was compared with a point that is missing says nothing of it.
    quoted = point.said if point.verdict_id != "missing" else None
    said = f'<div class="quote">You: “{escape(quoted)}”</div>' if quoted else ""
    source = source_html(point.citation, passage) if with_source and point.citation else ""
    if with_source and point.other:
        source += source_html(point.other, passage, OTHERWISE)
    return (
        f'<li class="{point.verdict_id}"><span class="symbol" aria-hidden="true">{point.symbol}'
        f"</span> {escape(point.text)} "
        f'<span class="verdict">{escape(point.verdict + sure)}</span>{said}{source}</li>'
    )


def source_html(cited: Citation, passage: Passage, label: str = "Source: ") -> str:
    """A source passage that opens on a click, the cited words marked in what stands around."""
    before, quote, after = passage(cited)
    return (
        f'<details class="source"><summary>{escape(label + cited.place)}</summary>'
        f"<blockquote>{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"
        f'<p class="grader">Characters {cited.start} to {cited.end}</p></blockquote></details>'
    )


def unsure_html(number: int, unsure: Unsure) -> str:
    """A point put to the candidate: their words and the source side by side, and the guess."""
    words = (
        f"“{escape(unsure.answer_span.quote)}”" if unsure.answer_span else "<i>Nothing found</i>"
    )
    cited = citation(unsure.source_span)
    quote = escape(cited.quote if cited else unsure.text)
    place = escape(cited.place) if cited else "Key point"
    return (
        f'<div class="unsure"><p class="point">{number}. {escape(unsure.text)}</p>'
        f'<div class="sides"><div><b>Your words</b><p>{words}</p></div>'
        f"<div><b>{place}</b><p>“{quote}”</p></div></div>"
        f'<p class="grader">My guess: {escape(WORDS[unsure.guess])}</p></div>'
    )


def report_html(report: Report, passage: Passage, note: str = "") -> str:
    """The debrief: per topic what was covered, missed and wrong, and what to read next."""
    tally = report.overall
    head = f'<div class="report">{note_html(note)}<p class="headline">Debrief</p>'
    if not tally.asked:
        return f"{head}{NO_ANSWERS}</div>"
    mean = "no mark" if tally.mean is None else f"mean {tally.mean:.0%}"
    counts = [f"{tally.graded} of {report.planned} questions graded ({mean})"]
    counts += [f"{tally.ungraded} not graded"] if tally.ungraded else []
    counts += [f"{tally.skipped} skipped"] if tally.skipped else []
    if tally.self_marked:
        counts.append(f"{tally.self_marked:.0%} of the points marked by you")
    topics = "".join(_topic(topic, passage) for topic in report.topics)
    return f"{head}<p>{escape(', '.join(counts))}.</p>{topics}</div>"


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
    reading = "".join(
        f"<li>{source_html(c, passage, f'“{_opening(c.quote)}” in ')}</li>" for c in cited
    )
    reading += "".join(f"<li>{escape(name)}</li>" for name in topic.further_reading)
    read = f'<p class="group">Read next</p><ul class="reading">{reading}</ul>' if reading else ""
    asked = "".join(
        f"<li><b>{escape(_outcome(line))}</b> {escape(line.question)}</li>"
        for line in topic.questions
    )
    return (
        f'<p class="head">{escape(topic.topic + mean)}</p><ul class="asked">{asked}</ul>'
        f"{body}{read}"
    )


def _outcome(line: QuestionLine) -> str:
    if line.score is not None:
        return f"{line.score:.0%}"
    return "skipped" if line.outcome == "skipped" else "not graded"


def _opening(text: str) -> str:
    """The first words of a passage, to tell it from others."""
    words = " ".join(text.split())
    return words if len(words) <= OPENING else words[:OPENING].rpartition(" ")[0] + "…"


def _group(verdict: Verdict, lines: tuple[PointLine, ...], passage: Passage) -> str:
    items = ""
    for line in lines:
        own = " (marked by you)" if line.by == "candidate" else ""
        own = own or (" (a guess)" if line.unsure else "")
        cited = citation(line.source) if verdict != "covered" else None
        source = source_html(cited, passage) if cited else ""
        if other := citation(line.other):
            source += source_html(other, passage, OTHERWISE)
        items += (
            f'<li class="{verdict}"><span class="symbol" aria-hidden="true">{SYMBOLS[verdict]}'
            f"</span> {escape(line.text + own)}{source}</li>"
        )
    title = escape(WORDS[verdict].capitalize())
    return f'<p class="group">{title}</p><ul class="points">{items}</ul>'


def verdicts_html(turn: Turn) -> str:
    """What the candidate said of the points that were put."""
    verdicts = turn.verdicts or {}
    lines = "".join(
        f"<li><b>{escape(WORDS[verdicts[u.id]] if u.id in verdicts else 'left as guessed')}</b>: "
        f"{escape(u.text)}</li>"
        for u in turn.unsure
    )
    return f'<div class="said"><ul>{lines}</ul></div>'
