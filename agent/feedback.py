"""A few plain sentences about a grade, made by code from its points.

Invariant: every sentence rests on a point or a flag of the grade; there is no praise for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.choice import wanted_of
from agent.grades import Flag, PointGrade, UngradedReason

MOST_SHOWN = 3  # missed points named with their source; the rest are counted
_QUOTE_CHARS = 160
_SURE = 0.5  # a partial verdict less likely than this is told as a doubt

_FLAG_SENTENCES: dict[Flag, str] = {
    "empty": "There is no answer here to grade.",
    "injection": "Words addressed to the marker were left out of the grading.",
    "question_copied": "Repeating the question earns nothing; say what the answer is.",
    "keyword_list": "This is a list of terms; say in sentences how they belong together.",
    "off_topic": "None of the points looked for was found in this answer.",
    "sources_disagree": "The sources disagree on this question.",
}

_UNGRADED: dict[UngradedReason, str] = {
    "no_reference": "Not graded: there is nothing to grade this answer against.",
    "weak_retrieval": "Not graded: no source was found that answers this question.",
    "model_unavailable": "Not graded: the language model could not be reached.",
    "invalid_model_output": "Not graded: the language model gave no usable verdict.",
    "too_long": "Not graded: the answer has more than 100,000 characters.",
    "invalid_row": "Not graded: the row cannot be read.",
}


def feedback_for(points: Sequence[PointGrade], flags: Sequence[Flag]) -> str:
    """What was covered, what looks wrong, what was missed with its source, in that order."""
    parts = [_FLAG_SENTENCES[f] for f in flags]
    covered = [p for p in points if p.verdict == "covered"]
    if covered:
        parts.append(f"Covered {_count(len(covered), points)}: {_names(covered)}.")
    for point in points:
        if point.verdict == "contradicted":
            parts.append(_wrong(point))
    partial = [p for p in points if p.verdict == "partial"]
    sure = [p for p in partial if p.by == "candidate" or p.confidence >= _SURE]
    unsure = [p for p in partial if p not in sure]
    if sure:
        parts.append(f"Said in part: {_names(sure)}.")
    if unsure:
        parts.append(f"Not sure that this was said in full: {_names(unsure)}.")
    missing = [p for p in points if p.verdict == "missing"]
    wanted = wanted_of(points)
    if wanted is None:
        parts.extend(_missed(missing, "Missed"))
    elif len(covered) < wanted:
        parts.extend(_missed(missing, "Also to be had"))
    return " ".join(parts)


def feedback_ungraded(reason: UngradedReason) -> str:
    """One sentence that says why there is no mark."""
    return _UNGRADED[reason]


def _count(some: int, points: Sequence[PointGrade]) -> str:
    wanted = wanted_of(points)
    if wanted is not None:
        return (
            f"{some} points, of which {wanted} were asked for"
            if some > wanted
            else (f"{some} of the {wanted} points asked for")
        )
    return f"{some} of {len(points)} points" if len(points) != 1 else "the point"


def _names(points: Sequence[PointGrade]) -> str:
    shown = "; ".join(_short(p.text) for p in points[:MOST_SHOWN])
    rest = len(points) - MOST_SHOWN
    return f"{shown}; and {rest} more" if rest > 0 else shown


def _wrong(point: PointGrade) -> str:
    said = f" You said: “{_short(point.answer_span.quote)}”." if point.answer_span else ""
    return f"This looks wrong.{said} The source says: “{_source(point)}”."


def _missed(points: Sequence[PointGrade], label: str) -> list[str]:
    heaviest = sorted(points, key=lambda p: -p.weight)
    parts = [f"{label}: “{_source(p)}”." for p in heaviest[:MOST_SHOWN]]
    rest = len(heaviest) - MOST_SHOWN
    if rest > 0:
        parts.append(f"And {rest} more.")
    return parts


def _source(point: PointGrade) -> str:
    return _short(point.source_span.quote if point.source_span else point.text)


def _short(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > _QUOTE_CHARS:
        line = line[:_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
    return line.rstrip(" .;:")
