"""Plots as SVG that stands in the page: its words are text, its colours follow light and dark.

Invariant: the same plot gives the same bytes, and no series is told apart by colour alone.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from evals.result import Line, Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # stands for the colour of the page's text
# After Okabe and Ito's palette for the colour-blind, each light and dark enough for both grounds.
COLOURS = ("#2f86c9", "#d9661a", "#0e9f77", "#c774a4", "#8c8c8c")
MARKERS = "osD^v"
DASHES = ("-", "--", ":", "-.", (0, (5, 1)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\")
SIZE = (5.2, 3.5)  # inches
PLACES = 50  # dots this near, as parts of an axis of length 1, are drawn as one
SLANTED_FROM = 6  # bars


def svg(plot: Plot) -> str:
    """The plot as an ``<svg>`` element."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    # A label is text, whatever dollar signs it has.
    settings: dict[Any, Any] = dict.fromkeys(inked, INK) | {
        "text.parse_math": False, "svg.hashsalt": "greenroom", "svg.fonttype": "none",
        "font.size": 10.5, "font.family": "sans-serif", "axes.spines.top": False,
        "axes.spines.right": False, "hatch.linewidth": 0.6,
    }  # fmt: skip
    with rc_context(settings):
        height = SIZE[1] + (0.5 if len(plot.ticks) >= SLANTED_FROM else 0)
        canvas = Canvas(figsize=(SIZE[0], height), layout="constrained")
        canvas.patch.set_alpha(0)
        axes = canvas.add_subplot(facecolor="none")
        _draw(axes, plot)
        stream = io.StringIO()
        with warnings.catch_warnings():
            # Words stay words in the file: the reader's own fonts have what this one lacks.
            warnings.filterwarnings("ignore", "(?s)Glyph .* missing from")
            canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    drawn = stream.getvalue().replace(INK, "currentColor")
    named = f'<svg role="img" aria-label="{escape(f"{plot.title}. {plot.note}")}"'
    return named + drawn[drawn.index("<svg") + len("<svg") :]


def places(points: Sequence[tuple[float, float]]) -> dict[tuple[float, float], int]:
    """How many points there are at each place that is told apart."""
    found = Counter((round(x * PLACES) / PLACES, round(y * PLACES) / PLACES) for x, y in points)
    return dict(found)


def _draw(axes: Axes, plot: Plot) -> None:
    if plot.kind == "bars":
        _bars(axes, plot)
    for i, line in enumerate(plot.series if plot.kind != "bars" else ()):
        if plot.kind == "dots" and (i == 0 or len(plot.series) > 2):
            _dots(axes, line, i)
        else:
            x, y = zip(*line.points, strict=True) if line.points else ((), ())
            marked = len(x) <= 20 and not line.counts
            axes.plot(
                x, y, label=line.label, color=COLOURS[i % 5], linestyle=DASHES[i % 5],
                marker=MARKERS[i % 5] if marked else None, markersize=5,
            )  # fmt: skip
            _weighed(axes, line, i)
    if plot.diagonal:
        axes.plot((0, 1), (0, 1), color="#888888", linewidth=1, zorder=0)
    for limit in plot.limits:
        axes.axhline(limit, color="#888888", linewidth=1.2, linestyle="--", zorder=3)
    axes.set(xlabel=plot.x, ylabel=plot.y)
    if plot.unit:
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.grid(axis="y" if plot.kind == "bars" else "both", color="#888888", alpha=0.25)
    axes.set_axisbelow(True)
    if len(plot.series) > 1:
        axes.legend(frameon=False, fontsize=9.5)


def _weighed(axes: Axes, line: Line, number: int) -> None:
    """On a line, dots whose area is how much each of its points rests on."""
    most = max(line.counts, default=0)
    axes.scatter(
        [x for x, _ in line.points[: len(line.counts)]],
        [y for _, y in line.points[: len(line.counts)]],
        s=[14 + 130 * count / most for count in line.counts],
        marker=MARKERS[number % 5], color=COLOURS[number % 5], linewidths=0,
    )  # fmt: skip


def _dots(axes: Axes, line: Line, number: int) -> None:
    """Dots whose area is how many points there are."""
    found = places(line.points)
    most = max(found.values(), default=1)
    axes.scatter(
        [x for x, _ in found], [y for _, y in found],
        s=[12 + 110 * (count - 1) / max(most - 1, 4) for count in found.values()],
        label=line.label, marker=MARKERS[number % 5], color=COLOURS[number % 5], alpha=0.6,
        linewidths=0,
    )  # fmt: skip


def _bars(axes: Axes, plot: Plot) -> None:
    width = 0.8 / max(len(plot.series), 1)
    for i, line in enumerate(plot.series):
        left = (i - (len(plot.series) - 1) / 2) * width
        axes.bar(
            [x + left for x, _ in line.points], [y for _, y in line.points], width,
            label=line.label, color=COLOURS[i % 5], hatch=HATCHES[i % 5], edgecolor=INK,
            linewidth=0.4,
        )  # fmt: skip
    slanted = len(plot.ticks) >= SLANTED_FROM
    axes.set_xticks(range(len(plot.ticks)), plot.ticks, rotation=45 if slanted else 0,
                    ha="right" if slanted else "center", rotation_mode="anchor",
                    fontsize=8.5 if len(plot.ticks) > 12 else 9.5)  # fmt: skip
