"""The page on setup as HTML: who marks and how well, the state of the machine, what is stored.

Invariant: a figure is shown with the data it was measured on, or not at all; text from outside goes
through `escape`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.measured import Figure, Measured, MeasuredSet
from agent.profiles import Kind, Paper
from ui.doctor import PACKAGES, Finding
from ui.web.html import escape
from ui.web.setup import NAMES

if TYPE_CHECKING:
    from ui.web.setup import Marker

SIGNS = {"ok": ("✓", "fine"), "note": ("i", "note"), "problem": ("✗", "mend this")}
LOOKING = '<h2>Health</h2><p role="status" class="fine">Looking at the stores and the models…</p>'
PRIVATE = (
    '<h2>Health</h2><div class="health"><p class="fine">Who runs this app sees the state of the '
    "machine here.</p></div>"
)
USE = (
    "<h2>You and the job</h2><p>Used as data to choose and word questions, stored with your "
    "interviews, never sent anywhere; only a language model that was set up for this app reads "
    "them, to word questions.</p>"
)

SENIORITY = (
    '<h3>Your seniority</h3><p class="fine">Questions are worded for it where a language model '
    "runs. Empty and saved, it is forgotten.</p>"
)


def marker_html(marker: Marker) -> str:
    """Who marks, and how good they were measured to be."""
    grader = marker.grader
    where = "on this computer" if grader.name == "embedded" else "with a language model"
    who = f"the {grader.name} grader, version {grader.version} ({grader.model}), {where}"
    head = f'<h2>Who marks</h2><p class="who">Your answers are marked by {escape(who)}.</p>'
    if marker.measured is None:
        doubt = "Its accuracy was not measured." if not grader.measured else ""
        return f'{head}<p class="doubt">{doubt or "Its figures are in the eval report."}</p>'
    return f"{head}{_plainly(marker.measured)}{_sets(marker.measured)}"


def _plainly(measured: Measured) -> str:
    """The figures of our own answers, in sentences."""
    own = measured.sets[0]
    said = []
    if own.r is not None:
        over = f" over {own.answers} answers" if own.answers else ""
        asked = f" to {own.questions} questions" if own.questions else ""
        new = " it had never seen" if own.unseen_questions and asked else ""
        said.append(
            f"Its marks and those of {own.marked_by} correlate at {_figure(own.r)}{over}"
            f"{asked}{new} (1 would be the same order, 0 none)."
        )
    shares = {c.coverage: c.right for c in measured.risk_coverage}
    if 1.0 in shares:
        surest = min(shares)
        part = "half" if surest == 0.5 else f"{surest:.0%}"
        half = f", {shares[surest]:.0%} in the {part} it is surest of" if surest < 1 else ""
        said.append(
            f"{shares[1.0]:.0%} of its verdicts on key points are right{half}: so it asks you "
            "where it is unsure."
        )
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in said)


def _sets(measured: Measured) -> str:
    heads = ("Answers", "Marked by", "Questions seen in training", "r", "Macro-F1", "Right")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    rows = "".join(_set(one) for one in measured.sets)
    return (
        "<details><summary>All measurements</summary><div class='wide' tabindex='0' role='region' "
        f"aria-label='All measurements'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        "</table></div><p class='fine'>r is the correlation of marks; macro-F1 and right are of "
        "verdicts on key points; in brackets the 95% interval. The model card beside the weights "
        "says what it was trained on and what it gets wrong.</p></details>"
    )


def _set(one: MeasuredSet) -> str:
    name = escape(one.name) + (f", {one.answers}" if one.answers else "")
    seen = "no" if one.unseen_questions else "yes"
    cells = (escape(one.marked_by), seen, *map(_cell, (one.r, one.verdict_f1, one.verdicts_right)))
    written = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{written}</tr>'


def _cell(figure: Figure | None) -> str:
    return "–" if figure is None else escape(_figure(figure))


def _figure(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def health_html(findings: Sequence[Finding]) -> str:
    """What was looked at: what to mend first, then what is worth knowing, the rest on a click."""
    problems = [f for f in findings if f.state == "problem"]
    notes = [f for f in findings if f.state == "note"]
    fine = [f for f in findings if f.state == "ok" and f.name not in PACKAGES]
    packages = [f for f in findings if f.state == "ok" and f.name in PACKAGES]
    told = "Everything works." if not problems else _to_mend(len(problems))
    if packages:
        versions = ", ".join(f"{f.name} {f.detail}" for f in packages)
        fine.append(Finding("packages", "ok", versions))
    rest = f"<details><summary>What works ({len(fine)})</summary>{_list(fine)}</details>"
    return (
        f'<h2>Health</h2><div class="health"><p class="told">{told}</p>{_list(problems)}'
        f"{_list(notes)}{rest}</div>"
    )


def _to_mend(count: int) -> str:
    return "One thing needs mending:" if count == 1 else f"{count} things need mending:"


def _list(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    return f"<ul class='findings'>{''.join(map(_finding, findings))}</ul>"


def _finding(finding: Finding) -> str:
    sign, word = SIGNS[finding.state]
    what = "To do" if finding.state == "problem" else "If you want it"
    fix = f'<p class="fix">{what}: {escape(finding.fix)}</p>' if finding.fix else ""
    return (
        f'<li class="{finding.state}"><span class="sign" aria-hidden="true">{sign}</span>'
        f'<span class="for-readers">{word}: </span><b>{escape(finding.name)}</b> '
        f"{escape(finding.detail)}{fix}</li>"
    )


def paper_html(kind: Kind, paper: Paper | None) -> str:
    """What is stored of one kind; the text itself stands in the box below."""
    name = NAMES[kind]
    if paper is None:
        return f'<h3>Your {name}</h3><p class="fine">Nothing stored.</p>'
    return (
        f'<h3>Your {name}</h3><p class="fine">Stored: {escape(paper.name)}, '
        f"{len(paper.text):,} characters, {escape(paper.written[:10])}.</p>"
    )


def file_html(kind: Kind) -> str:
    """Where a file is chosen; setup.js reads it."""
    return (
        f'<label class="paper-file">Read it from a file <input type="file" data-paper="{kind}" '
        'accept=".txt,.md,.rst,.html,.htm,.pdf,.docx,.pptx,.epub"></label>'
    )


def folder_html(home: Path, *, shared: bool, database: bool = False) -> str:
    """Where the data is, how to back it up, what "everything" is. `shared`: there are accounts;
    `database`: interviews are on a database server."""
    if shared:
        return (
            "<h2>Your data</h2><p>Your interviews, your CV, your job description and your "
            "seniority are kept on the machine that runs this app. Forgetting deletes them there; "
            "documents stay.</p>"
        )
    place = f"<code>{escape(str(home))}</code>"
    where = f"Everything is in {place}, on this machine."
    if database:
        where = (
            f"Documents and questions are in {place}; interviews, marks, CV, job description and "
            "seniority in the database that <code>GREENROOM_DATABASE_URL</code> names."
        )
    return (
        f"<h2>Your data</h2><p>{where}</p>"
        "<p>To back it up: <code>greenroom backup FILE&#46;zip</code>; to bring it back: "
        "<code>greenroom restore FILE&#46;zip</code>. With another data folder, add "
        "<code>--home FOLDER</code>.</p>"
        "<p>Forgetting deletes your documents, interviews, marks, CV, job description and "
        "seniority. The bundled library stays.</p>"
    )


def status_html(text: str) -> str:
    """A line that a screen reader says."""
    return f'<p role="status">{escape(text)}</p>' if text else ""
