"""A suite's result as one HTML file that needs nothing beside it: figures, tables, plots, cases.

Invariant: whatever stands in the data is shown as text; the page loads nothing and runs nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from evals.gate import Change
from evals.html_overview import overview, reading_key
from evals.html_plots import svg
from evals.result import Cell, Figure, Plot, Result, Table
from evals.text_table import shown

SHOWN_ROWS = 20
PROSE = 40  # characters of a cell that may be broken
UNNAMED = '<span class="unseen">what</span>'  # a head for those who hear the table


def page(result: Result, changed: Sequence[Change] = ()) -> str:
    """The whole page; a result with parts has a section for each, with links to them on top."""
    style = (files("evals") / "report.css").read_text(encoding="utf-8")
    before = {change.figure.name: change for change in changed}
    parts = result.parts or (result,)
    names = [_name(part, i) for i, part in enumerate(parts)]
    several = len(parts) > 1
    body = [
        f"<h1>Greenroom: {escape(_title(result.suite))}</h1>",
        reading_key(),
        _faults(result.faults),
        overview(parts, names) if several else "",
        _not_measured(result.details.get("not_measured")),
        *(
            _section(part, name, f"part{i}", before)
            for i, (part, name) in enumerate(zip(parts, names, strict=True))
        ),
        _rows(result),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Greenroom: {escape(result.suite)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _title(suite: str) -> str:
    return "every suite" if suite == "all" else suite


def _name(part: Result, number: int) -> str:
    return f"{part.suite}: {part.title}" if part.title else part.suite or str(number)


def _section(part: Result, name: str, anchor: str, before: Mapping[str, Change]) -> str:
    plots = "".join(_plot(plot) for plot in part.plots)
    first, *others = [_table(t) for t in sorted(part.tables, key=lambda t: t.folded)] or [""]
    told = escape(part.text)
    unfolded = "" if part.tables else " open"  # it is told nowhere else
    return (
        f'<section id="{anchor}"><h2>{escape(name)}</h2>{_notes(part.notes)}{first}'
        + (f'<div class="plots">{plots}</div>' if plots else "")
        + "".join(others)
        + _figures(part.figures, before, folded=bool(part.tables))
        + f"<details{unfolded}><summary>As the terminal shows it</summary>{_pre(told)}</details>"
        + "</section>"
    )


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="note">{escape(note)}</p>' for note in notes)


def _plot(plot: Plot) -> str:
    return (
        f"<figure><h3>{escape(plot.title)}</h3>{svg(plot)}"
        f"<figcaption>{escape(plot.note)}</figcaption></figure>"
    )


def _table(table: Table) -> str:
    kinds = [_kind([row[i] for row in table.rows]) for i in range(len(table.head))]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(cell) or UNNAMED}</th>'
        for kind, cell in zip(kinds, table.head, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, kinds, row))}</tr>" for row in table.rows)
    drawn = (
        f"<p>{escape(table.note)}</p>{_wide(table.title)}<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
    title = escape(table.title)
    if table.folded:
        return f"<details><summary>{title}</summary>{drawn}</details>"
    return f"<h3>{title}</h3>{drawn}"


def _wide(of: str) -> str:
    """The start of a box that scrolls sideways, by the keyboard too."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="{escape(of)}">'


def _kind(column: Sequence[Cell]) -> str:
    """The class of a column: numbers, words that must not be broken, or prose."""
    words = [cell for cell in column if isinstance(cell, str)]
    if not words:
        return "n"
    return "t" if max(map(len, words)) > PROSE else "w"


def _cell(kind: str, cell: Cell) -> str:
    return f'<td class="{kind}">{escape(shown(cell))}</td>'


def _faults(faults: Sequence[str]) -> str:
    if not faults:
        return ""
    listed = "".join(f'<li class="over">{escape(fault)}</li>' for fault in faults)
    return f"<h2>To mend</h2><ul>{listed}</ul>"


def _not_measured(lines: Sequence[str] | None) -> str:
    if not lines:
        return ""
    return f"<h2>Not measured</h2><ul>{''.join(f'<li>{escape(x)}</li>' for x in lines)}</ul>"


def _figures(figures: Sequence[Figure], changed: Mapping[str, Change], *, folded: bool) -> str:
    """The figures as they are kept and compared, by their full names."""
    if not figures:
        return ""
    mine = [changed[f.name] for f in figures if f.name in changed]
    before = '<th scope="col" class="n">baseline</th>' if mine else ""
    body = "".join(_figure(figure, changed if mine else {}) for figure in figures)
    drawn = (
        f'{_wide("Figures by name")}<table><thead><tr><th scope="col">figure</th>'
        '<th scope="col" class="n">value</th><th scope="col" class="n">95% interval</th>'
        f'<th scope="col">limit</th>{before}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    if folded and not any(change.worse for change in mine) and all(f.kept for f in figures):
        return f"<details><summary>Figures by name</summary>{drawn}</details>"
    return f"<h3>Figures by name</h3>{drawn}"


def _figure(figure: Figure, changed: Mapping[str, Change]) -> str:
    interval = "" if math.isnan(figure.low) else f"{figure.low:.3f} to {figure.high:.3f}"
    limit = ""
    if figure.limit is not None:
        side = "at least" if figure.goal == "high" else "at most"
        limit = f'<span class="{"kept" if figure.kept else "over"}">{side} {figure.limit:g}</span>'
    cells = f'<td>{escape(figure.name)}</td><td class="n">{_number(figure.value)}</td>'
    cells += f'<td class="n">{interval}</td><td class="w">{limit}</td>'
    if changed:
        change = changed.get(figure.name)
        mark = "n over" if change and change.worse else "n"
        cells += f'<td class="{mark}">{_number(change.before) if change else ""}</td>'
    return f"<tr>{cells}</tr>"


def _number(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{round(value, 3) + 0.0:.3f}"  # no -0.000


def _rows(result: Result) -> str:
    if not result.rows:
        return ""
    listed = "\n".join(json.dumps(row, ensure_ascii=False) for row in result.rows[:SHOWN_ROWS])
    rest = len(result.rows) - SHOWN_ROWS
    more = f"<p>And {rest} more in rows.jsonl.</p>" if rest > 0 else ""
    first = "<details><summary>The first cases, as they are kept</summary>"
    return f"{first}{_pre(escape(listed))}{more}</details>"


def _pre(drawn: str) -> str:
    return f'<pre tabindex="0">{drawn}</pre>'
