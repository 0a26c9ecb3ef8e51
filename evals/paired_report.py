"""A comparison of two graders in words, for a terminal and for a page.

Invariant: "better" and "worse" are said only where the interval of a difference does not hold 0;
what was left out of the comparison is said.
"""

from __future__ import annotations

import math
from typing import Literal

from evals.figure_names import name_of
from evals.paired import Comparison, Difference
from evals.result import Table

Said = Literal["better", "worse", "may be chance", "no interval"]


def said_of(difference: Difference) -> Said:
    """What a difference says of this run against the other."""
    low, high = difference.apart.low, difference.apart.high
    if math.isnan(low):
        return "no interval"
    if low <= 0 <= high:
        return "may be chance"
    return "better" if (low > 0) == (difference.goal == "high") else "worse"


def verdict(comparison: Comparison) -> str:
    """The whole comparison in a sentence."""
    c = comparison
    if not c.differences:
        return f"{c.now} and {c.before} have no row in common that both marked."
    told: dict[Said, list[str]] = {}
    for difference in c.differences:
        told.setdefault(said_of(difference), []).append(name_of(difference.name))
    parts = [f"{said} in {', '.join(told[said])}" for said in ("better", "worse") if said in told]
    if "may be chance" in told:
        parts.append(f"a difference that may be chance in {', '.join(told['may be chance'])}")
    if "no interval" in told:
        parts.append(f"too few questions to say in {', '.join(told['no interval'])}")
    return f"{c.now}, held against {c.before}: {'; '.join(parts)}."


def comparison_as_text(comparison: Comparison) -> str:
    """The differences for a terminal, and what was left out."""
    c = comparison
    lines = [f"{c.name}: {c.now} against {c.before}, {c.rows} rows that both have"]
    lines += [f"  {line}" for line in (*_left_out(c), verdict(c))]
    lines += [
        f"  {d.name:<12}{d.before:>7.3f} → {d.now:.3f}  {d.apart.value:+.3f}{_interval(d)}"
        f", better in {_share(d)}: {said_of(d)}"
        for d in c.differences
    ]
    return "\n".join(lines)


def differences_as_table(comparison: Comparison) -> Table:
    """The differences for a page."""
    c = comparison
    left_out = "".join(f" {line[:1].upper()}{line[1:]}." for line in _left_out(c))
    return Table(
        f"{c.now} against {c.before}",
        f"{verdict(c)} On the {c.rows} answers that both have, each interval from the same draws "
        f"of whole questions for both. Where it holds 0, the difference may be chance.{left_out}",
        ("", c.before, c.now, "difference", "better in", "which says"),
        tuple(
            (
                name_of(d.name), d.before, d.now,
                f"{d.apart.value:+.2f}{_interval(d)}", _share(d), said_of(d),
            )
            for d in c.differences
        ),
    )  # fmt: skip


def _left_out(c: Comparison) -> list[str]:
    return [
        f"{count} rows {what}"
        for count, what in (
            (c.only_now, "only in this run"),
            (c.only_before, "only in the other run"),
            (c.ungraded, "marked by one of the two only"),
            (c.remarked, "with another answer, question or mark by people, left out"),
        )
        if count
    ]


def _interval(difference: Difference) -> str:
    apart = difference.apart
    return "" if math.isnan(apart.low) else f" [{apart.low:+.2f}, {apart.high:+.2f}]"


def _share(difference: Difference) -> str:
    return "–" if math.isnan(difference.better) else f"{difference.better:.0%} of draws"
