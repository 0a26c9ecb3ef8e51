"""The top of a report: how to read it, and a line for each of its sections.

Invariant: an overview shows figures that stand in a section below, under the same value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from evals.figure_names import NAMES
from evals.result import Figure, Result

# The figures that say most of a section, by the end of their names; the first that are there count.
HEADLINES = {
    **{name: NAMES[name] for name in ("r", "verdict_f1", "f1_2way")},
    "answer_exact": "quotes of answers that are exact",
    "source_exact": "quotes of sources that are exact",
    "speaks": "quotes that speak to their point",
    "supported": "sources that carry their point",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro-F1",
    "ndcg_at_10": "nDCG@10",
    "recall_at_10": "recall@10",
    "empty, mean mark": "mean mark of empty answers",
    "wrong answers, mean rise": "mean rise of wrong answers",
    "rank correlation of debrief and ability": "debriefs rank candidates, rank correlation",
    "interviews that end": "interviews that end",
}
SHOWN = 2  # figures of a section
KEY = (
    ("Figures and intervals",
     "“0.62 [0.55, 0.68]” is a figure and its 95% interval: whole questions (or queries) are drawn "
     "again and again, and 95 draws of 100 give a figure between the two. Two figures whose "
     "intervals overlap widely may differ by chance."),
    ("The floors beside a grader",
     "They do not understand a word. “constant” gives every answer the markers' mean mark, "
     "“length” gives more to longer answers, “word-overlap” the share of the reference's words "
     "that an answer has. A grader has to be better than all three."),
    ("r, Spearman",
     "How well marks rise and fall with the markers'; 1 is perfect, 0 is chance."),
    ("RMSE, MAE, bias",
     "How far marks are from the markers', on a scale from 0 to 1; 0 is perfect. A bias above 0 is "
     "too kind."),
    ("QWK", "Agreement on marks rounded to quarters, less what chance gives; 1 is perfect."),
    ("F1, accuracy, AUC",
     "How often labels or verdicts are the markers'. Macro-F1 and balanced accuracy weigh every "
     "label alike, so that guessing the commonest does not pay. AUC is 0.5 for chance."),
    ("ECE, risk and coverage",
     "Whether confidence may be believed. ECE is how far it is from the share that was right, 0 is "
     "perfect. Risk and coverage: how many errors there are among the surest answers."),
    ("✓ and ✗", "A figure that has a limit keeps or breaks it."),
)  # fmt: skip


def reading_key() -> str:
    """How to read the page, folded."""
    terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(said)}</dd>" for term, said in KEY)
    return f"<details><summary>How to read this page</summary><dl>{terms}</dl></details>"


def overview(parts: Sequence[Result], names: Sequence[str]) -> str:
    """A table of the sections with links to them, and the figures that say most of each."""
    body = "".join(
        f'<tr><td class="w"><a href="#part{i}">{escape(name)}</a></td>'
        f'<td>{"<br>".join(_told(part)) or "–"}</td><td class="w">{_limits(part)}</td></tr>'
        for i, (part, name) in enumerate(zip(parts, names, strict=True))
    )
    return (
        '<nav aria-label="Sections"><div class="wide" tabindex="0" role="group" '
        'aria-label="Overview"><table><thead><tr><th scope="col">section</th>'
        '<th scope="col">what says most, with its 95% interval</th><th scope="col">limits</th>'
        f"</tr></thead><tbody>{body}</tbody></table></div></nav>"
    )


def _told(part: Result) -> Iterator[str]:
    own = [figure for figure in part.figures if figure.goal is not None]
    found = [
        (end, figure) for end in HEADLINES for figure in own if figure.name.split("/")[-1] == end
    ]
    for end, figure in found[:SHOWN]:
        yield escape(f"{HEADLINES[end]}: {_value(figure)}")


def _value(figure: Figure) -> str:
    if math.isnan(figure.value):
        return "not defined"
    shown = f"{round(figure.value, 2) + 0.0:.2f}"  # no -0.00
    return shown if math.isnan(figure.low) else f"{shown} [{figure.low:.2f}, {figure.high:.2f}]"


def _limits(part: Result) -> str:
    bound = [figure for figure in part.figures if figure.limit is not None]
    broken = sum(not figure.kept for figure in bound)
    bad = [f"{broken} of {len(bound)} broken"] if broken else []
    bad += [f"{len(part.faults)} to mend"] if part.faults else []
    if bad:
        return f'<span class="over">{", ".join(bad)}</span>'
    return f'<span class="kept">{len(bound)} kept</span>' if bound else "–"
