"""A suite's result as one HTML file that needs nothing beside it: figures, plots, worst cases.

Invariant: whatever stands in the data is shown as text; the page loads nothing and runs nothing.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from evals.gate import Change
from evals.result import Figure, Plot, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_ROWS = 50
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.over { font-weight: 600; } .over::before { content: "\\2717  "; }
.kept::before { content: "\\2713  "; }
figure { margin: 2rem 0; } figure svg { max-width: 100%; height: auto; background: #fff; }
figcaption { max-width: 40rem; } pre { overflow-x: auto; background: var(--soft); padding: 1rem; }
"""


def page(result: Result, changed: Sequence[Change] = ()) -> str:
    """The whole page."""
    parts = [
        f"<h1>Greenroom: {escape(result.suite)}</h1>",
        _faults(result.faults),
        _figures(result.figures, {change.figure.name: change for change in changed}),
        *(
            f"<figure>{_svg(p)}<figcaption>{escape(p.note)}</figcaption></figure>"
            for p in result.plots
        ),
        f"<h2>As the terminal shows it</h2><pre>{escape(result.text)}</pre>",
        _rows(result),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Greenroom: {escape(result.suite)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _faults(faults: Sequence[str]) -> str:
    if not faults:
        return ""
    listed = "".join(f'<li class="over">{escape(fault)}</li>' for fault in faults)
    return f"<h2>To mend</h2><ul>{listed}</ul>"


def _figures(figures: Sequence[Figure], changed: dict[str, Change]) -> str:
    if not figures:
        return ""
    before = "<th>Baseline</th>" if changed else ""
    body = "".join(_figure(figure, changed) for figure in figures)
    return (
        "<h2>Figures</h2><table><thead><tr><th>Figure</th><th>Value</th><th>95% interval</th>"
        f"<th>Limit</th>{before}</tr></thead><tbody>{body}</tbody></table>"
    )


def _figure(figure: Figure, changed: dict[str, Change]) -> str:
    interval = "" if math.isnan(figure.low) else f"{figure.low:.3f} to {figure.high:.3f}"
    limit = ""
    if figure.limit is not None:
        side = "at least" if figure.goal == "high" else "at most"
        limit = f'<span class="{"kept" if figure.kept else "over"}">{side} {figure.limit:g}</span>'
    cells = f'<td>{escape(figure.name)}</td><td class="n">{_number(figure.value)}</td>'
    cells += f'<td class="n">{interval}</td><td>{limit}</td>'
    if changed:
        change = changed.get(figure.name)
        mark = ' class="over"' if change and change.worse else ""
        cells += f"<td{mark}>{_number(change.before) if change else ''}</td>"
    return f"<tr>{cells}</tr>"


def _number(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.3f}"


def _rows(result: Result) -> str:
    if not result.rows:
        return ""
    shown = "\n".join(json.dumps(row, ensure_ascii=False) for row in result.rows[:SHOWN_ROWS])
    rest = len(result.rows) - SHOWN_ROWS
    more = f"<p>And {rest} more in rows.jsonl.</p>" if rest > 0 else ""
    first = f"<details><summary>The first ones</summary><pre>{escape(shown)}</pre></details>"
    return f"<h2>Cases</h2>{first}{more}"


def _svg(plot: Plot) -> str:
    """A plot as SVG, the same bytes for the same plot."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    with rc_context({"svg.hashsalt": "greenroom", "svg.fonttype": "path", "font.size": 11}):
        canvas = Canvas(figsize=(7, 4.2), layout="constrained")
        _draw(canvas.add_subplot(), plot)
        stream = io.StringIO()
        canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    drawn = stream.getvalue()
    return drawn[drawn.index("<svg") :]


def _draw(axes: Axes, plot: Plot) -> None:
    # Shape and dash tell the series apart in greyscale too.
    for i, line in enumerate(plot.series):
        x, y = zip(*line.points, strict=True) if line.points else ((), ())
        marker = "osD^v"[i % 5]
        if plot.kind == "lines":
            axes.plot(
                x, y, label=line.label, marker=marker, linestyle=("-", "--", ":", "-.")[i % 4]
            )
        else:
            axes.scatter(x, y, label=line.label, marker=marker, s=14, alpha=0.5)
    if plot.diagonal:
        axes.plot((0, 1), (0, 1), color="0.5", linewidth=1)
    axes.set(title=plot.title, xlabel=plot.x, ylabel=plot.y)
    axes.grid(alpha=0.3)
    if len(plot.series) > 1:
        axes.legend()
