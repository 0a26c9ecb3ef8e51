"""The coverage map as HTML: a row of cells for each document and each topic of a study plan.

Invariant: how a question stands is told by a sign and in words, never by colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.text import one_line
from ui.web.html import data, escape
from ui.web.reader import LONGEST_NAME, cite_button, file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.web.library_coverage import Cell, Row, Standing

SIGNS: dict[Standing, str] = {
    "passed": "✓",
    "weak": "◐",
    "asked": "–",
    "new": "○",
    "unsourced": "∅",
}
WORDS: dict[Standing, str] = {
    "passed": "passed",
    "weak": "weak",
    "asked": "asked, not marked",
    "new": "never asked",
    "unsourced": "no source",
}
MEANINGS: dict[Standing, str] = {
    "passed": "60% or more last time",
    "weak": "less than 60% last time",
    "asked": "skipped, or it could not be graded",
    "new": "",
    "unsourced": "the document gives no answer to hold yours against",
}
DISPUTED, DISPUTED_WORDS = "≠", "sources disagree"
LONGEST_QUESTION = 120
PLANS, MINE, BUNDLED = "Your study plans", "Your documents", "Greenroom’s own library"
LOOKING = (
    '<p class="looking" role="status">Looking through your study plans, and where your documents '
    "and the library disagree…</p>"
)


def legend_html() -> str:
    """What the signs mean."""
    items = "".join(
        f'<li><span class="cell {standing}" aria-hidden="true">{sign}</span> {WORDS[standing]}'
        f"{_because(MEANINGS[standing])}</li>"
        for standing, sign in SIGNS.items()
    )
    return (
        "<p>Every question that can be asked of you. Choose one to practise it. Arrow keys move "
        f'within a row.</p><ul class="legend">{items}<li><span class="cell disputed" '
        f'aria-hidden="true">{DISPUTED}</span> {DISPUTED_WORDS}</li></ul>'
    )


def _because(meaning: str) -> str:
    return f" <small>({meaning})</small>" if meaning else ""


def rows_html(title: str, rows: Sequence[Row]) -> str:
    """The rows under a title of ours, if there is one; nothing where there are no rows."""
    head = f"<h2>{title}</h2>" if title else ""
    listed = "".join(_row(row) for row in rows)
    return f'<section class="map">{head}{listed}</section>' if rows else ""


def _row(row: Row) -> str:
    title = one_line(row.title, LONGEST_NAME) or "(no title)"
    document, start, end = row.place
    cells = "".join(_cell(cell, first=not i) for i, cell in enumerate(row.cells))
    shown = f'<div class="cells" role="group" aria-label="{escape(title)}">{cells}</div>'
    if not row.cells:
        shown = _without_questions(row)
    return (
        f'<div class="row"><div class="rowhead">{cite_button(title, document, start, end)} '
        f"<small>{_counts(row)}</small>{_practise(row, title)}</div>{shown}</div>"
    )


def _counts(row: Row) -> str:
    parts = [
        f"{n} {WORDS[s]}"
        for s, n in sorted(row.counts.items(), key=lambda c: list(SIGNS).index(c[0]))
    ]
    disputed = sum(cell.disputed for cell in row.cells)
    parts += [f"{disputed} where {DISPUTED_WORDS}"] if disputed else []
    return " · ".join(parts)


def _practise(row: Row, title: str) -> str:
    if not row.next_ids:
        return ""
    count = len(row.next_ids)
    words = f"Practise {count}" if count > 1 else "Practise it"
    asks = data({"question_ids": row.next_ids})
    return (
        f'<button type="button" class="small" data-practise="{asks}" '
        f'aria-label="{words}: {escape(title)}">{words}</button>'
    )


def _without_questions(row: Row) -> str:
    if not row.covered:
        return (
            f'<p class="none"><span class="cell unsourced" aria-hidden="true">'
            f"{SIGNS['unsourced']}</span> no source: none of your documents teaches this</p>"
        )
    if not row.sources:
        return '<p class="none">no questions</p>'
    links = ", ".join(cite_button(file_name(path), key, 0, 0) for key, path in row.sources)
    return f'<p class="none">no questions yet; read {links}</p>'


def _cell(cell: Cell, *, first: bool) -> str:
    """A map holds hundreds of cells, so library.js adds what all of them have: the request for
    their question, and the label as a tip."""
    words = WORDS[cell.standing]
    if cell.mark is not None:
        words += f", {cell.mark:.0%}"
    if cell.disputed:
        words += f", {DISPUTED_WORDS}"
    told = escape(f"{words}: {one_line(cell.question, LONGEST_QUESTION)}")
    sign = SIGNS[cell.standing] + (f"<sup>{DISPUTED}</sup>" if cell.disputed else "")
    classes = f"cell {cell.standing}" + (" disputed" if cell.disputed else "")
    reached = "" if first else ' tabindex="-1"'
    return (
        f'<button type="button" class="{classes}"{reached} '
        f'data-question="{escape(cell.question_id)}" aria-label="{told}">{sign}</button>'
    )
