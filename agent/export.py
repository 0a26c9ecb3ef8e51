"""A session written out: as JSON values, and as Markdown to keep or print.

Invariant: nothing that a candidate or a document says can become markup of the Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from agent.addenda import Disagreement, Retry
from agent.debrief import PointLine, Report, Tally, TopicReport
from agent.grades import Scored
from agent.records import TurnRecord
from corpus.schema import Span

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_ITEM_SIGN = re.compile(r"\A(\d{0,9})([-+.)])")
# Signs that steer a terminal, turn the direction of writing, or are no text.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(
    report: Report,
    turns: Sequence[TurnRecord],
    retries: Sequence[Retry] = (),
    cases: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The report and what is behind it as JSON values: ``{"report": …, "turns": […], "retries": …,
    "cases": …}``; a case is a mark that was disagreed with."""
    return {
        "report": asdict(report),
        "turns": [asdict(t) for t in turns],
        "retries": [asdict(r) for r in retries],
        "cases": [dict(c) for c in cases],
    }


def to_markdown(report: Report, disagreements: Sequence[Disagreement] = ()) -> str:
    """The report as Markdown, ending with a line break."""
    ended = report.finished or "still running"
    lines = [
        f"# Interview {_plain(report.session_id)}",
        "",
        f"{report.started} to {ended}. {_tally(report.overall)}",
    ]
    for topic in report.topics:
        lines += ["", f"## {_plain(topic.topic)}", "", _tally(topic.tally), *_topic(topic)]
    if disagreements:
        lines += ["", "## Disagreed with", ""]
        lines += [f"- {_marks(d)}: “{_short(d.reason)}”" for d in disagreements]
    return "\n".join(lines) + "\n"


def _marks(about: Disagreement) -> str:
    """Both marks of a disagreement."""
    before, after = (
        f"{g.score:.2f}" if isinstance(g, Scored) else "not graded"
        for g in (about.before, about.regrade)
    )
    return f"{before}, graded again {after}"


def _topic(topic: TopicReport) -> list[str]:
    lines = [""]
    for question in topic.questions:
        mark = f"{question.score:.2f}" if question.score is not None else question.outcome
        reason = f" ({question.reason.replace('_', ' ')})" if question.reason else ""
        lines.append(f"- {_plain(question.question)} — {mark}{reason}")
    for title, points in (
        ("Wrong", topic.wrong),  # what to work on comes first
        ("Missed", topic.missed),
        ("In part", topic.partial),
        ("Covered", topic.covered),
    ):
        if points:
            lines += ["", f"### {title}", "", *(line for p in points for line in _point(p))]
    if topic.read_next or topic.further_reading:
        lines += ["", "### Read next", ""]
        lines += [f"- {_plain(file_of(s))}: “{_short(s.quote)}”" for s in topic.read_next]
        lines += [f"- {_plain(text)}" for text in topic.further_reading]
    return lines


def _point(point: PointLine) -> list[str]:
    marked = " (marked by yourself)" if point.by == "candidate" else ""
    guess = " (a guess)" if point.unsure else ""
    lines = [f"- {_plain(point.text)}{marked}{guess}"]
    if point.quote:
        lines.append(f"  - you: “{_short(point.quote)}”")
    if point.source:
        lines.append(f"  - {_plain(file_of(point.source))}: “{_short(point.source.quote)}”")
    if point.other:
        lines.append(f"  - but {_plain(file_of(point.other))}: “{_short(point.other.quote)}”")
    return lines


def _tally(tally: Tally) -> str:
    mean = f"mean {tally.mean:.2f} over {tally.graded} graded" if tally.graded else "none graded"
    return ", ".join([f"{tally.asked} asked", mean, *tally.remainder("yourself")]) + "."


def file_of(span: Span) -> str:
    """The file's name; the folder it lies in is nobody else's business."""
    return span.path if span.path.startswith("library:") else PurePath(span.path).name


def in_a_line(text: str) -> str:
    """A text without its line breaks, and without signs that nobody can read."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def _short(text: str, most: int = 300) -> str:
    line = " ".join(text.split())
    return _plain(line if len(line) <= most else line[: most - 1] + "…")


def _plain(text: str) -> str:
    """A text as Markdown that shows it letter for letter, also where it begins a list's item."""
    escaped = _MARKUP.sub(r"\\\1", in_a_line(text))
    return _ITEM_SIGN.sub(r"\1\\\2", escaped)
